"""Every figure of a plain table, as the command line prints it."""

import csv
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score, confusion_matrix

from dashboard.errors import NotFound, RecordError
from dashboard.models import JudgeConfig
from dashboard.services.agreement import Method
from dashboard.services.figures import in_words, of_project, of_table
from dashboard.services.project import Project
from tests.support import project as made

QUICK = Method(resamples=200)
FIGURE = {"value", "low", "high", "n"}


def table(
    folder: Path, rows: Iterable[tuple[Any, ...]], header: str = "item,rater,label", delimiter: str = ","
) -> Path:
    path = folder / "rótulos.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(header + "\r\n")
        csv.writer(file, delimiter=delimiter).writerows(rows)
    return path


def labelled(folder: Path, **labels: str) -> Path:
    """Write a table in which each rater labels the items in order; a space is no line at all."""
    rows = [
        (item, rater, label.replace("-", ""))
        for rater, given in labels.items()
        for item, label in enumerate(given)
        if label != " "
    ]
    return table(folder, rows)


def drawn(folder: Path, n: int = 90, people: int = 3) -> tuple[Path, np.ndarray]:
    rng = np.random.default_rng(5)
    truth = rng.integers(0, 3, (n, 1))
    codes = np.where(rng.random((n, people + 1)) < 0.75, truth, rng.integers(0, 3, (n, people + 1)))
    names = [*(f"P{number}" for number in range(people)), "gpt"]
    rows = [(f"a{i}", name, "IPC"[codes[i, j]]) for i in range(n) for j, name in enumerate(names)]
    return table(folder, rows), codes


def test_figures_equal_scikit_learn_on_the_same_labels(tmp_path: Path) -> None:
    path, codes = drawn(tmp_path, people=1)
    found = of_table(path, "gpt", method=QUICK)
    assert found["confusion"] == confusion_matrix(codes[:, 0], codes[:, 1]).tolist()
    assert found["kappa_linear"]["value"] == pytest.approx(
        cohen_kappa_score(codes[:, 0], codes[:, 1], weights="linear"), abs=1e-10
    )
    assert (found["judge"], found["annotator"], found["phase"], found["n"]) == ("gpt", None, None, 90)


def test_every_promised_figure_is_there_and_all_of_it_is_json(tmp_path: Path) -> None:
    path, _ = drawn(tmp_path)
    found = of_table(path, "gpt", other_judge="P2", method=Method(0.1, "neg_rmse", 200, 7))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    test = found["alt_test"]
    assert (test["score"], test["epsilon"], test["left_out"]) == ("neg_rmse", 0.1, [])
    assert [one["annotator"] for one in test["annotators"]] == ["P0", "P1"]
    corrected = found["corrected_rate"]
    assert corrected["category"] == "C"
    figures = [
        *(
            found[name]
            for name in ("percent", "kappa_linear", "fleiss_kappa", "kendall", "auc", "labels_needed")
        ),
        *(corrected[name] for name in ("human_only", "judge_only", "ppi", "rogan_gladen", "youden_j")),
        *(test[name] for name in ("winning_rate", "advantage_probability")),
        *found["comparison"]["difference"].values(),
        found["humans"]["alpha_ordinal"],
    ]
    assert all(figure.keys() >= FIGURE for figure in figures)
    assert found["comparison"]["mcnemar"].keys() == {"only_first", "only_second", "p_exact", "p_mid"}
    assert (found["resamples"], found["seed"]) == (200, 7)
    assert "alternative-annotator test, epsilon 0.1: " in in_words(found)


def test_the_human_side_is_the_agreed_label_else_the_majority_and_ties_are_left_out(tmp_path: Path) -> None:
    path = labelled(tmp_path, Ana="CCCC ", Bia="CPPI ", Caio="P PI ", adjudicated=" C  I", gpt="CCPCI")
    found = of_table(path, "gpt", method=QUICK)
    # C by majority, C by adjudication of a tie, P and I by majority, I by adjudication alone.
    assert found["confusion"] == [[1, 0, 1], [0, 1, 0], [0, 0, 2]]
    assert found["counts"]["tied"] == 0
    assert found["humans"]["n"] == 4
    tied = of_table(labelled(tmp_path, Ana="CC", Bia="CP", gpt="CC"), "gpt", method=QUICK)
    assert (tied["n"], tied["counts"]["tied"], tied["counts"]["judge_only"]) == (1, 1, 0)


def test_one_annotator_is_compared_alone(tmp_path: Path) -> None:
    path = labelled(tmp_path, Ana="CCPI", Bia="PPPP", adjudicated="IIII", gpt="CCPI")
    assert of_table(path, "gpt", annotator="Ana", method=QUICK)["percent"]["value"] == 1
    found = of_table(path, "gpt", annotator="Bia", method=QUICK)
    assert (found["percent"]["value"], found["annotator"]) == (0.25, "Bia")


def test_an_empty_label_is_unscored_of_the_judge_and_none_of_a_person(tmp_path: Path) -> None:
    found = of_table(labelled(tmp_path, Ana="CC-P", gpt="C-CP"), "gpt", method=QUICK)
    assert found["counts"] == {"matched": 2, "judge_only": 1, "human_only": 0, "unscored": 1, "tied": 0}


def test_any_categories_in_any_spelling(tmp_path: Path) -> None:
    rows = [(i, rater, label) for rater in ("Ana", "gpt") for i, label in enumerate(("1", "2.0", " 5 ", "3"))]
    found = of_table(table(tmp_path, rows), "gpt", tuple("12345"), method=QUICK)
    assert found["labels"] == list("12345")
    assert np.diagonal(found["confusion"]).tolist() == [1, 1, 1, 0, 1]
    lower = of_table(labelled(tmp_path, Ana="cp", gpt="CP"), "gpt", method=QUICK)
    assert lower["percent"]["value"] == 1


def test_semicolons_scores_and_decimal_commas(tmp_path: Path) -> None:
    rows = [(f"a{i}", "Ana", "IPC"[i % 3], "") for i in range(60)]
    rows += [(f"a{i}", "gpt", "IPC"[i % 3], f"{i % 3 / 2}".replace(".", ",")) for i in range(60)]
    found = of_table(table(tmp_path, rows, "item;rater;label;score", ";"), "gpt", method=QUICK)
    assert found["auc"]["value"] == 1
    assert found["cut_points"]["chosen"]["lowest"] == [0.5, 1.0]
    assert found["cut_points"]["held_out"]["percent"]["value"] == 1


def test_without_scores_the_area_is_that_of_the_labels(tmp_path: Path) -> None:
    found = of_table(labelled(tmp_path, Ana="CCPI" * 5, gpt="CPPI" * 5), "gpt", method=QUICK)
    assert found["auc"]["value"] == pytest.approx(0.5 * 1 + 0.5 * 0.75)
    assert found["cut_points"]["reason"] == "too_few_scores"


@pytest.mark.parametrize(
    ("labels", "reason"),
    [
        ({"gpt": "CCC"}, "no_pairs"),
        ({"Ana": "C", "gpt": "C"}, "one_category"),
        ({"Ana": "CCC", "gpt": "---"}, "no_pairs"),
        ({"Ana": "CC  ", "gpt": "  CC"}, "no_pairs"),
        ({"Ana": "CCCC", "Bia": "CCCC", "gpt": "CCCC"}, "one_category"),
    ],
)
def test_degenerate_tables_give_nulls_with_reasons(
    tmp_path: Path, labels: dict[str, str], reason: str
) -> None:
    found = json.loads(
        json.dumps(of_table(labelled(tmp_path, **labels), "gpt", method=QUICK), allow_nan=False)
    )
    figure = found["kappa_linear"]
    assert (figure["value"], figure["reason"]) == (None, reason)
    assert found["alt_test"]["winning_rate"]["reason"] in {"too_few_people", "too_few_items"}
    assert found["alt_test"]["passed"] is None
    assert found["labels_needed"]["value"] is None
    assert found["corrected_rate"]["rogan_gladen"]["value"] is None
    assert in_words(found)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("item,rater\n1,Ana", "lacks the columns label: found item, rater"),
        ("", "lacks the columns item, rater, label: found"),
        ("item,rater,label\n", "has no labels: found only its first line"),
        ("item,rater,label\n1,Ana,C\n2,Ana,X", "line 3: the label is “X”. Use one of I, P, C"),
        ("item,rater,label\n1,Ana,C\n\n2,Ana", "line 4: expected 3 cells, found 2"),
        ("item,rater,label\n1,,C", "line 2: there is no rater"),
        ("item,rater,label\n ,Ana,C", "line 2: there is no item"),
        ("item,rater,label\n1,Ana,C\n1,Bia,C\n1,Ana,P", "line 4: Ana has a label for 1 in line 2, too"),
        ("item,rater,label,score\n1,Ana,C,alta", "line 2: the score is “alta”"),
        ('item,rater,label\n1,Ana,"C\n', "line 2: not CSV (unexpected end of data)"),
        (b"item,rater,label\n1,Jo\xe3o,C", "line 2: not UTF-8, found the byte 0xe3"),
        (None, "cannot be read: No such file"),
    ],
)
def test_a_bad_file_is_named_with_its_line(tmp_path: Path, content: str | bytes | None, message: str) -> None:
    path = tmp_path / "ruim.csv"
    if content is not None:
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    with pytest.raises(RecordError, match="ruim") as raised:
        of_table(path, "gpt")
    assert message in str(raised.value)


def test_a_wrong_choice_is_named(tmp_path: Path) -> None:
    path = labelled(tmp_path, Ana="CP", gpt="CP")
    with pytest.raises(NotFound, match=r"called “juiz”\. Choose one of: Ana, gpt\."):
        of_table(path, "juiz")
    with pytest.raises(NotFound, match=r"called “gpt”\. Choose one of: Ana\."):
        of_table(path, "gpt", annotator="gpt")
    with pytest.raises(RecordError, match="neg_rmse needs categories that are numbers: found C, P"):
        of_table(path, "gpt", ("C", "P"), method=Method(alt_score="neg_rmse"))
    for categories in (("C",), ("C", "C"), ("",)):
        with pytest.raises(RecordError, match="Two or more different categories are needed"):
            of_table(path, "gpt", categories)


def test_a_project_gives_the_same_figures_as_its_table(empty: Project, tmp_path: Path) -> None:
    human, judge, other = "CCPIPCIC" * 5, "CPPIICIC" * 5, "CCPICCIC" * 5
    ids = made.a_project(empty.store, len(human)).answer_ids
    rival = JudgeConfig("rival", "answer-relevance", "1", "other-model")
    for answer_id, ana, first, second in zip(ids, human, judge, other, strict=True):
        made.label(empty.store, answer_id, ana, "Ana")
        made.judge(empty.store, answer_id, first)
        made.judge(empty.store, answer_id, second, rival)
    path = labelled(tmp_path, Ana=human, relevance=judge, rival=other)

    stored = of_project(empty, "relevance", other_judge="rival", method=QUICK)
    plain = of_table(path, "relevance", other_judge="rival", method=QUICK)

    assert stored.pop("phase") == "blind" and plain.pop("phase") is None
    # Only the project has scores.
    assert plain.pop("cut_points")["reason"] == "too_few_scores"
    assert stored.pop("cut_points")["chosen"]["lowest"][0] == pytest.approx(2 / 3)
    assert stored == plain
