"""Area under the curve against scikit-learn, its interval against definition and simulation."""

import math

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from dashboard.agreement import Undefined
from dashboard.agreement.auc import auc
from dashboard.agreement.intervals import Z


def draw(n, seed=0, levels=4):
    rng = np.random.default_rng(seed)
    positive = rng.random(n) < 0.6
    return np.round(rng.normal(positive * 1.2, 1) * levels) / levels, positive


def test_values_equal_scikit_learn_with_ties():
    for seed in range(10):
        scores, positive = draw(80, seed)
        assert auc(scores, positive).value == pytest.approx(roc_auc_score(positive, scores), abs=1e-12)


def test_the_interval_is_that_of_delong():
    scores, positive = draw(60)
    high, low = scores[positive], scores[~positive]
    wins = (high[:, None] > low) + 0.5 * (high[:, None] == low)
    area = wins.mean()
    error = math.sqrt(wins.mean(axis=1).var(ddof=1) / len(high) + wins.mean(axis=0).var(ddof=1) / len(low))
    odds, reach = math.log(area / (1 - area)), Z * error / (area * (1 - area))
    expected = [1 / (1 + math.exp(-(odds + side * reach))) for side in (-1, 1)]
    found = auc(scores, positive)
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)


def test_the_interval_covers_the_truth_about_95_times_in_100():
    # Two normals, 1 apart: the area is Phi(1 / sqrt(2)).
    truth, rng, covered = 0.7602499, np.random.default_rng(2), 0
    for _ in range(1000):
        positive = np.arange(100) < 40
        found = auc(rng.normal(positive, 1), positive)
        covered += found.low <= truth <= found.high
    assert 0.93 <= covered / 1000 <= 0.97


def test_answers_to_the_same_question_widen_the_interval():
    scores, positive = draw(80)
    four = np.repeat(np.arange(80), 4)
    items, questions = auc(scores[four], positive[four]), auc(scores[four], positive[four], four)
    assert questions.value == items.value
    assert (questions.high - questions.low) / (items.high - items.low) == pytest.approx(2, rel=0.05)
    assert auc(scores, positive, np.arange(80)) == auc(scores, positive)


def test_items_without_a_score_are_left_out():
    scores, positive = draw(40)
    scores[:10] = np.nan
    assert auc(scores, positive) == auc(scores[10:], positive[10:])


@pytest.mark.parametrize(
    ("scores", "positive", "reason", "n"),
    [
        ([], [], Undefined.TOO_FEW_SCORES, 0),
        ([np.nan], [True], Undefined.TOO_FEW_SCORES, 0),
        ([1, 2, 3], [True] * 3, Undefined.ONE_CATEGORY, 3),
        ([1, 2, 3], [False] * 3, Undefined.ONE_CATEGORY, 3),
    ],
)
def test_one_kind_or_none_is_undefined(scores, positive, reason, n):
    found = auc(scores, positive)
    assert math.isnan(found.value)
    assert (found.reason, found.n) == (reason, n)


def test_perfect_or_useless_scores_have_a_value_without_an_interval():
    for scores, value in (([1, 2, 3, 4], 1.0), ([4, 3, 2, 1], 0.0), ([1, 1, 1, 1], 0.5)):
        found = auc(scores, [False, False, True, True])
        assert (found.value, found.reason) == (value, Undefined.NO_VARIATION)
