"""Cut points: every way to cut by hand, and honest figures by cross-validation."""

import json
import math

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, cohen_kappa_score

from dashboard.agreement import Undefined
from dashboard.agreement.cut_points import ALTERNATIVES, cut_points


def cut(scores, human, **options):
    return cut_points(scores, human, **{"categories": ["I", "P", "C"], "resamples": 200} | options)


def draw(n=200, seed=0):
    rng = np.random.default_rng(seed)
    human = rng.integers(0, 3, n)
    scores = np.clip(np.where(rng.random(n) < 0.75, human + (human > 0), rng.integers(0, 4, n)), 0, 3)
    return scores / 3.0, human


def apply(scores, lowest):
    return sum((scores >= start).astype(int) for start in lowest)


def test_every_alternative_equals_scikit_learn():
    scores, human = draw()
    found = cut(scores, human)
    # Two cuts among four scores and "never", in order and with repetition.
    assert len(found.alternatives) == 15
    for one in found.alternatives:
        labels = apply(scores, one.lowest)
        expected = cohen_kappa_score(human, labels, weights="linear")
        assert one.kappa_linear == pytest.approx(expected, abs=1e-10)
        assert one.percent == pytest.approx(accuracy_score(human, labels))
        assert one.cost == pytest.approx(np.abs(human - labels).mean())
        assert (one.too_kind, one.too_strict) == ((labels > human).sum(), (labels < human).sum())
    assert found.chosen == found.alternatives[0]
    assert found.chosen.kappa_linear == max(one.kappa_linear for one in found.alternatives)


def test_cuts_that_part_perfectly_are_found():
    scores = np.repeat([0.0, 1.0, 2.0, 3.0], 20)
    found = cut(scores, np.repeat([0, 1, 1, 2], 20))
    assert found.chosen.lowest == (1.0, 3.0)
    assert (found.chosen.kappa_linear, found.chosen.cost) == (1.0, 0.0)
    assert found.held_out["percent"].value == 1.0


def test_a_score_that_tells_nothing_is_worth_nothing_where_it_was_not_fitted():
    rng = np.random.default_rng(8)
    scores, human = rng.random(100), rng.integers(0, 3, 100)
    found = cut(scores, human)
    assert found.chosen.kappa_linear > 0.05
    assert found.held_out["kappa_linear"].value < found.chosen.kappa_linear
    assert found.held_out["kappa_linear"].low < 0


def test_a_category_may_be_given_never():
    found = cut(np.repeat([0.0, 1.0], 30), np.repeat([0, 2], 30))
    assert found.chosen.lowest == (1.0, 1.0)
    assert any(math.isinf(one.lowest[-1]) for one in found.alternatives)
    assert None in [one["lowest"][-1] for one in found.to_json()["alternatives"]]


def test_many_scores_are_cut_at_their_quantiles():
    rng = np.random.default_rng(1)
    human = rng.integers(0, 3, 500)
    found = cut(human + rng.normal(0, 0.3, 500), human)
    assert 200 < len(found.alternatives) <= ALTERNATIVES
    assert found.held_out["kappa_linear"].value > 0.75


def test_a_question_is_never_on_both_sides():
    # Each question has its own score, and people's label does not depend on it.
    rng = np.random.default_rng(4)
    question = np.repeat(np.arange(40), 5)
    human = rng.integers(0, 3, 40)[question]
    together, apart = cut(question / 40, human, clusters=question), cut(question / 40, human)
    assert together.held_out["percent"].n == 200
    assert together.held_out["percent"].low < apart.held_out["percent"].low


def test_the_same_seed_repeats_and_the_order_of_items_does_not_change_the_choice():
    scores, human = draw()
    order = np.random.default_rng(2).permutation(200)
    assert cut(scores, human) == cut(scores, human)
    assert cut(scores[order], human[order]).chosen == cut(scores, human).chosen


@pytest.mark.parametrize(
    ("scores", "human", "reason"),
    [
        ([], [], Undefined.TOO_FEW_SCORES),
        ([np.nan] * 50, [0, 2] * 25, Undefined.TOO_FEW_SCORES),
        ([0, 1] * 3, [0, 2] * 3, Undefined.TOO_FEW_SCORES),
        ([0, 1] * 30, [2, 2] * 30, Undefined.ONE_CATEGORY),
        ([1, 1] * 30, [0, 2] * 30, Undefined.ONE_CATEGORY),
    ],
)
def test_too_little_is_undefined_with_its_reason(scores, human, reason):
    found = cut(scores, human)
    assert found.chosen is None and not found.alternatives
    assert found.reason == reason
    assert all(math.isnan(figure.value) for figure in found.held_out.values())
    json.dumps(found.to_json(), allow_nan=False)
