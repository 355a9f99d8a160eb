"""Measures of rankings: by hand on small cases, and against other implementations on random ones."""

import math
from math import log2

import ir_measures
import numpy as np
import pytest
from scipy import stats

from dashboard.retrieval.evaluation.intervals import Estimate, mean_interval, paired_difference
from dashboard.retrieval.evaluation.measures import Measured, measure

NAN = math.nan


def values(found: Measured) -> dict[str, list[float]]:
    return {name: of.tolist() for name, of in found.values.items()}


def test_graded_measures_equal_those_computed_by_hand() -> None:
    # Relevant are 11 and 12; 13 is graded 1, too little to be relevant; 99 has no grade; 14 is not found.
    grades = {1: {11: 3, 12: 2, 13: 1, 14: 2, 15: 0}}
    found = measure(grades, {1: [13, 99, 12, 11]}, k=4, relevant_from=2)
    gained = 1 / log2(2) + 2 / log2(4) + 3 / log2(5)
    best = 3 / log2(2) + 2 / log2(3) + 2 / log2(4) + 1 / log2(5)
    assert found.questions == (1,)
    assert values(found) == {
        "nDCG@4": [pytest.approx(gained / best)],
        "MRR@4": [pytest.approx(1 / 3)],
        "P@4": [2 / 4],
        "recall@4": [pytest.approx(2 / 3)],
        "success@4": [1.0],
        "judged@4": [3 / 4],
    }


def test_what_lies_behind_the_cut_counts_for_nothing() -> None:
    found = values(measure({1: {5: 1, 6: 1}}, {1: [7, 8, 5, 6]}, k=2))
    assert found == {
        "nDCG@2": [0.0],
        "MRR@2": [0.0],
        "P@2": [0.0],
        "recall@2": [0.0],
        "success@2": [0.0],
        "judged@2": [0.0],
    }


def test_a_question_without_a_relevant_segment_is_a_failure_but_has_no_recall() -> None:
    found = values(measure({1: {5: 0}, 2: {5: 1}}, {1: [5], 2: [5]}, k=1, relevant_from=2))
    assert found["success@1"] == found["MRR@1"] == found["P@1"] == [0.0, 0.0]
    assert found["recall@1"] == [pytest.approx(NAN, nan_ok=True)] * 2
    assert found["nDCG@1"] == [pytest.approx(NAN, nan_ok=True), 1.0]


def test_unjudged_is_counted_and_is_not_the_same_as_graded_irrelevant() -> None:
    unjudged = values(measure({1: {5: 1}}, {1: [8, 9, 5]}, k=3))
    irrelevant = values(measure({1: {5: 1, 8: 0, 9: 0}}, {1: [8, 9, 5]}, k=3))
    assert unjudged.pop("judged@3") == [pytest.approx(1 / 3)]
    assert irrelevant.pop("judged@3") == [1.0]
    assert unjudged == irrelevant


def test_only_questions_with_a_grade_and_a_ranking_are_measured() -> None:
    found = measure({1: {5: 1}, 2: {}, 3: {5: 1}}, {3: [5], 2: [5], 1: [], 9: [5]}, k=10)
    assert found.questions == (1, 3)
    assert values(found)["success@10"] == [0.0, 1.0]
    assert values(found)["P@10"] == [0.0, 0.1]
    assert values(found)["judged@10"] == [pytest.approx(NAN, nan_ok=True), 1.0]
    assert measure({}, {}).questions == ()


@pytest.mark.parametrize("ids", [(2, 10, 9), (10, 9, 2), (9, 2, 10)])
def test_the_order_given_is_measured_whatever_the_ids_would_make_of_a_tie(ids: tuple[int, ...]) -> None:
    for place, segment in enumerate(ids, start=1):
        found = values(measure({1: {segment: 1}}, {1: ids}, k=3))
        assert found["MRR@3"] == [pytest.approx(1 / place)]
        assert found["nDCG@3"] == [pytest.approx(1 / log2(place + 1))]


def test_a_segment_that_comes_twice_counts_at_its_first_place() -> None:
    assert values(measure({1: {5: 1}}, {1: [5, 5, 7]}, k=3))["P@3"] == [pytest.approx(1 / 3)]


def test_measures_equal_those_of_ir_measures_on_random_rankings() -> None:
    rng = np.random.default_rng(11)
    grades, rankings = {}, {}
    for question in range(60):
        judged = rng.choice(40, size=int(rng.integers(5, 25)), replace=False).tolist()
        grades[question] = {segment: int(rng.integers(0, 4)) for segment in judged} | {40: 3}
        rankings[question] = rng.permutation(41)[: int(rng.integers(1, 30))].tolist()
    found = measure(grades, rankings, k=5, relevant_from=2)
    qrels = {str(q): {str(s): g for s, g in given.items()} for q, given in grades.items()}
    run = {str(q): {str(s): 1 / (1 + r) for r, s in enumerate(of)} for q, of in rankings.items()}
    for name in ("nDCG@5", "RR(rel=2)@5", "P(rel=2)@5", "R(rel=2)@5", "Success(rel=2)@5", "Judged@5"):
        ours = {"RR(rel=2)@5": "MRR@5", "R(rel=2)@5": "recall@5", "Judged@5": "judged@5"}.get(
            name, name.replace("(rel=2)", "").replace("Success", "success")
        )
        asked = ir_measures.parse_measure(name)
        theirs = {int(one.query_id): one.value for one in ir_measures.iter_calc([asked], qrels, run)}
        assert found.values[ours].tolist() == pytest.approx(
            [theirs[question] for question in found.questions]
        )
        assert found.values[ours].mean() == pytest.approx(
            ir_measures.calc_aggregate([asked], qrels, run)[asked]
        )


def test_the_interval_of_a_mean_is_that_of_a_percentile_bootstrap_over_questions() -> None:
    drawn = np.random.default_rng(3).beta(2, 5, size=80)
    found = mean_interval(np.append(drawn, NAN))
    theirs = stats.bootstrap(
        (drawn,), np.mean, n_resamples=10_000, method="percentile", rng=np.random.default_rng(1)
    ).confidence_interval
    assert (found.value, found.n) == (pytest.approx(drawn.mean()), 80)
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high), abs=0.002)
    assert mean_interval(drawn) == mean_interval(drawn)


def test_a_share_has_wilsons_interval_also_when_every_question_succeeds() -> None:
    theirs = stats.binomtest(111, 126).proportion_ci(method="wilson")
    found = mean_interval(np.array([1.0] * 111 + [0.0] * 15))
    assert (found.low, found.high) == pytest.approx((theirs.low, theirs.high))
    assert mean_interval(np.ones(10)) == Estimate(1.0, pytest.approx(0.7225, abs=1e-4), 1.0, 10)


def test_a_mean_without_variation_or_without_questions_has_no_interval() -> None:
    assert mean_interval(np.full(9, 0.3)).to_json() == {"value": 0.3, "low": None, "high": None, "n": 9}
    assert mean_interval(np.full(3, NAN)).to_json() == {"value": None, "low": None, "high": None, "n": 0}


def test_a_difference_is_paired_by_question() -> None:
    hard_and_easy = np.random.default_rng(4).random(100)
    better = hard_and_easy + np.tile([0.01, 0.03], 50)
    found = paired_difference(np.append(hard_and_easy, 0.5), np.append(better, NAN))
    assert (found.value, found.n) == (pytest.approx(0.02), 100)
    assert 0.01 < found.low < 0.02 < found.high < 0.03
    # Differences that are all 0 or 1 are no share: one gain of ten does not show that anything is better.
    assert paired_difference(np.zeros(10), np.array([1.0] + [0.0] * 9)).low == 0.0
    assert math.isnan(paired_difference(np.zeros(5), np.zeros(5)).low)
