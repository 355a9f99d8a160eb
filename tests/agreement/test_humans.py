"""The whole report among annotators."""

import math
from itertools import combinations

import numpy as np
import pytest
from sklearn.metrics import cohen_kappa_score
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from dashboard.agreement import Undefined, agreement_report, human_report
from dashboard.agreement.gwet import gwet_raters
from dashboard.agreement.intervals import wilson
from dashboard.agreement.krippendorff import alpha, coincidences, label_counts
from dashboard.agreement.result import COEFFICIENTS
from dashboard.agreement.weights import linear_weights

LABELS = ["I", "P", "C"]


def draw(n, raters, seed=0, gaps=0.2):
    rng = np.random.default_rng(seed)
    truth = rng.choice(3, (n, 1), p=[0.2, 0.3, 0.5])
    codes = np.where(rng.random((n, raters)) < 0.75, truth, rng.integers(0, 3, (n, raters)))
    return np.where(rng.random((n, raters)) < gaps, -1, codes)


def report(ratings, **options):
    return human_report(ratings, categories=LABELS, **{"resamples": 500} | options)


def test_two_annotators_agree_as_a_judge_and_a_person_would():
    ratings = draw(150, 2)
    found = report(ratings, resamples=10_000)
    expected = agreement_report(ratings[:, 0], ratings[:, 1], categories=LABELS)
    assert found.n == expected.n
    assert found.percent == expected.percent
    for name in COEFFICIENTS:
        ours, theirs = getattr(found, name), getattr(expected, name)
        assert ours.value == pytest.approx(theirs.value, abs=1e-12)
        assert (ours.low, ours.high) == pytest.approx((theirs.low, theirs.high), abs=0.01)
    for label in LABELS:
        assert found.per_label[label].f1.value == pytest.approx(expected.per_label[label].f1.value)


def test_kappas_are_means_over_pairs_weighted_by_shared_items():
    ratings = draw(200, 4)
    values, weights = [], []
    for a, b in combinations(range(4), 2):
        both = (ratings[:, [a, b]] >= 0).all(axis=1)
        values.append(cohen_kappa_score(ratings[both, a], ratings[both, b], weights="linear"))
        weights.append(both.sum())
    expected = np.average(values, weights=weights)
    assert report(ratings).kappa_linear.value == pytest.approx(expected, abs=1e-12)


def test_alpha_and_gwet_take_all_annotators_at_once():
    ratings = draw(200, 4)
    paired = ratings[(ratings >= 0).sum(axis=1) > 1]
    found = report(ratings)
    expected = alpha(coincidences(ratings, 3), "ordinal")
    assert found.alpha_ordinal.value == pytest.approx(expected, abs=1e-12)
    expected = gwet_raters(label_counts(paired, 3), linear_weights(3))
    assert found.gwet_ac2_linear.value == pytest.approx(expected, abs=1e-12)


def test_fleiss_kappa_equals_statsmodels_where_all_label_everything():
    ratings = draw(200, 4, gaps=0)
    expected = statsmodels_fleiss(label_counts(ratings, 3))
    assert report(ratings).fleiss_kappa.value == pytest.approx(expected, abs=1e-10)


def test_the_pooled_table_counts_each_pair_in_both_directions():
    found = report([[0, 0, 1], [2, 2, -1], [1, -1, -1]])
    assert found.counts == (2, 0, 1, 0)
    assert found.confusion == ((2, 2, 0), (2, 0, 0), (0, 0, 2))
    assert found.percent.value == 0.5
    assert found.per_label["I"].f1.value == 0.5
    assert found.per_label["I"].precision == found.per_label["I"].f1
    assert [found.prevalence["human"][label].value for label in LABELS] == pytest.approx(
        [1 / 3, 1 / 6, 1 / 2]
    )


def test_percent_of_one_pair_an_item_has_the_interval_of_a_share():
    ratings = draw(90, 2, gaps=0)
    found = report(ratings).percent
    agreed = int((ratings[:, 0] == ratings[:, 1]).sum())
    assert (found.low, found.high) == pytest.approx(wilson(agreed, 90)[:2])


def test_a_rater_copied_does_not_narrow_the_interval():
    ratings = draw(120, 2, gaps=0)
    pair = report(ratings, resamples=4000).alpha_ordinal
    copied = report(np.hstack([ratings, ratings]), resamples=4000).alpha_ordinal
    assert copied.high - copied.low > 0.6 * (pair.high - pair.low)


def test_intervals_are_those_of_resampled_items():
    ratings = draw(80, 3)
    rng = np.random.default_rng(1)
    values = [alpha(coincidences(ratings[rng.integers(0, 80, 80)], 3), "ordinal") for _ in range(3000)]
    found = report(ratings, resamples=10_000).alpha_ordinal
    expected = np.quantile(values, [0.025, 0.975])
    assert (found.low, found.high) == pytest.approx(tuple(expected), abs=0.015)


def test_identical_answers_of_a_question_widen_the_interval():
    ratings, question = draw(60, 3), np.repeat(np.arange(60), 4)
    items = report(ratings[question], resamples=4000).kappa_linear
    questions = report(ratings[question], clusters=question, resamples=4000).kappa_linear
    assert questions.value == pytest.approx(items.value)
    assert (questions.high - questions.low) / (items.high - items.low) == pytest.approx(2, rel=0.1)


@pytest.mark.parametrize("clustered", [False, True])
def test_the_order_of_items_changes_nothing(clustered):
    ratings, question = draw(90, 3), np.arange(90) // 4
    order = np.random.default_rng(3).permutation(90)
    assert report(ratings[order], clusters=question[order] if clustered else None) == report(
        ratings, clusters=question if clustered else None
    )


def test_a_pair_in_which_kappa_is_undefined_is_left_out():
    full = draw(100, 2, gaps=0)
    third = np.full((100, 1), -1)
    ratings = np.vstack([np.hstack([full, third]), [[-1, 2, 2]] * 5])
    found = report(ratings)
    assert found.kappa.value == pytest.approx(cohen_kappa_score(full[:, 0], full[:, 1]), abs=1e-12)
    assert found.n == 105


@pytest.mark.parametrize("ratings", [[[0], [1]], [[0, None], [None, 1]], np.zeros((0, 3))])
def test_no_item_with_two_labels_is_undefined(ratings):
    found = report(ratings)
    assert found.n == 0
    for name in ("percent", *COEFFICIENTS):
        assert math.isnan(getattr(found, name).value)
        assert getattr(found, name).reason == Undefined.NO_PAIRS


def test_one_category_is_undefined_with_its_reason():
    found = report([[1, 1, 1]] * 20)
    assert found.alpha_ordinal.reason == found.kappa.reason == Undefined.ONE_CATEGORY
    assert found.percent.value == 1.0
    assert found.percent.low == pytest.approx(wilson(20, 20).low)


@pytest.mark.parametrize("arguments", [([0, 1],), ([[0, 1]], [1, 2])])
def test_a_wrong_shape_is_named(arguments):
    ratings, clusters = (*arguments, None)[:2]
    with pytest.raises(ValueError, match="one row an item"):
        report(ratings, clusters=clusters)
