import json
import math
from pathlib import Path

import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score, confusion_matrix, f1_score

from dashboard.errors import NotFound
from dashboard.labels import Label
from dashboard.models import JudgeConfig, Phase
from dashboard.services.agreement import (
    disagreements,
    find_judge,
    judge_agreement,
    side_by_side,
)
from dashboard.services.exporting import export
from dashboard.services.figures import in_words
from dashboard.services.figures import of_project as figures
from dashboard.services.project import Project
from tests.support import project as made

HUMAN = "CCCPPIICCPICPCIC"
JUDGE = "CCPPPIPCCCICICIC"
"""Labels of sixteen answers, in their order."""

OTHER_JUDGE = JudgeConfig("other", "answer-relevance", "1", "another-model", {"temperature": 0.5})


def _sides(project: Project, phase: Phase | None = Phase.BLIND, annotator: str = ""):
    judge = find_judge(project)
    return side_by_side(project, judge.judge_id if judge else None, annotator, phase)


def _human(project: Project, phase: Phase | None = Phase.BLIND, annotator: str = "") -> dict[int, str]:
    sides = _sides(project, phase, annotator)
    return {
        int(answer_id): "IPC"[code]
        for answer_id, code in zip(sides.answer_ids, sides.human, strict=True)
        if code >= 0
    }


def test_figures_equal_scikit_learn_on_the_exported_labels(empty: Project, tmp_path: Path) -> None:
    ids = made.a_project(empty.store, len(HUMAN)).answer_ids
    for answer_id, human, judge in zip(ids, HUMAN, JUDGE, strict=True):
        made.label(empty.store, answer_id, human)
        made.judge(empty.store, answer_id, judge)
    export(empty, "jsonl", tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    human = [row["annotations"][-1]["label"] for row in rows]
    judge = [row["judgements"][0]["label"] for row in rows]

    found = figures(empty)

    assert ("".join(human), "".join(judge)) == (HUMAN, JUDGE)
    labels = ["I", "P", "C"]
    assert found["labels"] == labels
    assert found["n"] == len(HUMAN)
    assert found["confusion"] == confusion_matrix(human, judge, labels=labels).tolist()
    assert found["percent"]["value"] == pytest.approx(accuracy_score(human, judge))
    for name, weights in (("kappa", None), ("kappa_linear", "linear"), ("kappa_quadratic", "quadratic")):
        assert found[name]["value"] == pytest.approx(
            cohen_kappa_score(human, judge, labels=labels, weights=weights)
        )
        assert found[name]["low"] < found[name]["value"] < found[name]["high"]
    f1 = f1_score(human, judge, labels=labels, average=None)
    assert [found["per_label"][label]["f1"]["value"] for label in labels] == pytest.approx(list(f1))
    assert (found["judge"], found["annotator"], found["phase"]) == ("relevance", None, "blind")
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert "kappa_linear" in in_words(found)


def test_the_majority_counts_and_a_tie_is_counted_but_not_settled(empty: Project) -> None:
    majority, tied, alone, split = made.a_project(empty.store, 4).answer_ids
    for annotator, label in (("Ana", "C"), ("Bia", "P"), ("Caio", "C")):
        made.label(empty.store, majority, label, annotator)
    for annotator, label in (("Ana", "C"), ("Bia", "P")):
        made.label(empty.store, tied, label, annotator)
    made.label(empty.store, alone, "I")
    for annotator, label in (("Ana", "C"), ("Bia", "P"), ("Caio", "I")):
        made.label(empty.store, split, label, annotator)
    for answer_id in (majority, tied, alone, split):
        made.judge(empty.store, answer_id, "C")

    assert _human(empty) == {majority: "C", alone: "I"}
    assert _sides(empty).tied == 2
    found = figures(empty)
    assert (found["n"], found["counts"]["tied"]) == (2, 2)
    assert (found["counts"]["matched"], found["counts"]["judge_only"]) == (2, 0)


def test_the_newest_adjudication_wins_over_every_label(empty: Project) -> None:
    first, second, *_rest = made.a_project(empty.store).answer_ids
    for annotator, label in (("Ana", "C"), ("Bia", "C"), ("Caio", "P")):
        made.label(empty.store, first, label, annotator)
    made.label(empty.store, second, "C", "Ana")
    made.label(empty.store, second, "I", "Bia")
    made.adjudicate(empty.store, first, "P")
    made.adjudicate(empty.store, first, "I")
    made.adjudicate(empty.store, second, "P")

    assert _human(empty) == {first: "I", second: "P"}
    assert _sides(empty).tied == 0
    assert _human(empty, annotator="Ana") == {first: "C", second: "C"}


def test_one_annotator_is_compared_alone(empty: Project) -> None:
    ids = made.a_project(empty.store, 4).answer_ids
    for answer_id, label in zip(ids, "CCPI", strict=True):
        made.label(empty.store, answer_id, label, "Ana")
        made.label(empty.store, answer_id, "P", "Bia")
        made.judge(empty.store, answer_id, label)

    assert figures(empty, annotator="Ana")["percent"]["value"] == 1
    assert figures(empty, annotator="Bia")["percent"]["value"] == 0.25
    assert figures(empty, annotator="Bia")["annotator"] == "Bia"


def test_the_last_label_of_the_chosen_phase_counts(empty: Project) -> None:
    first, second, *_rest = made.a_project(empty.store).answer_ids
    made.label(empty.store, first, "I")
    made.label(empty.store, first, "P")
    made.label(empty.store, first, "C", phase=Phase.REVEALED)
    made.label(empty.store, second, "C", phase=Phase.REVEALED)

    assert _human(empty) == {first: "P"}
    assert _human(empty, Phase.REVEALED) == {first: "C", second: "C"}
    assert _human(empty, None) == {first: "C", second: "C"}
    assert [figures(empty, phase=one)["counts"]["human_only"] for one in ("blind", "any")] == [1, 2]


def test_an_unscored_reply_is_counted_and_never_a_label(empty: Project) -> None:
    ids = made.a_project(empty.store, 4).answer_ids
    for answer_id, judge in zip(ids, ("C", None, None, "I"), strict=True):
        made.label(empty.store, answer_id, "I")
        made.judge(empty.store, answer_id, judge)

    found = figures(empty)

    assert (found["n"], found["counts"]["unscored"]) == (2, 2)
    assert sum(map(sum, found["confusion"])) == 2
    assert found["percent"]["value"] == 0.5


def test_judges_are_chosen_by_name_and_else_the_one_with_most_judgements(empty: Project) -> None:
    first, second, *_rest = made.a_project(empty.store).answer_ids
    made.judge(empty.store, first, "C", OTHER_JUDGE)
    made.judge(empty.store, first, "C")
    made.judge(empty.store, second, "C")
    made.label(empty.store, first, "C")

    assert figures(empty)["judge"] == "relevance"
    assert figures(empty, judge="other")["judge"] == "other"
    assert figures(empty, judge="other")["n"] == 1
    with pytest.raises(NotFound, match=r"no judge “none”\. Choose one of: 2 · relevance .*, 1 · other "):
        figures(empty, judge="none")
    with pytest.raises(NotFound, match=r"no annotator “Zeca”\. Choose one of: Ana\."):
        figures(empty, annotator="Zeca")
    with pytest.raises(NotFound, match=r"no phase later\. Choose one of: blind, revealed, any\."):
        figures(empty, phase="later")


def test_without_labels_every_figure_is_undefined_and_not_zero(empty: Project) -> None:
    found = figures(empty)

    assert (found["n"], found["judge"]) == (0, None)
    assert found["kappa_linear"]["value"] is None
    assert found["kappa_linear"]["reason"]
    assert math.isnan(judge_agreement(_sides(empty)).percent.value)
    assert "-" in in_words(found)


def test_annotators_are_compared_with_each_other(empty: Project) -> None:
    ids = made.a_project(empty.store, 6).answer_ids
    for answer_id, ana, bia in zip(ids, "CCPPIC", "CCPIIC", strict=True):
        made.label(empty.store, answer_id, ana, "Ana")
        made.label(empty.store, answer_id, bia, "Bia")

    humans = figures(empty)["humans"]

    assert humans["n"] == 6
    assert humans["percent"]["value"] == pytest.approx(5 / 6)


def test_disagreements_come_farthest_apart_first(empty: Project) -> None:
    ids = made.a_project(empty.store, 4).answer_ids
    for answer_id, human, judge in zip(ids, "CPCC", ("C", "C", "I", None), strict=True):
        made.label(empty.store, answer_id, human)
        made.judge(empty.store, answer_id, judge)

    assert disagreements(_sides(empty)) == [
        (ids[2], Label.CORRECT, Label.INCORRECT),
        (ids[1], Label.PARTIAL, Label.CORRECT),
    ]
