"""The corrected share: formulas by hand, coverage by simulation, refusals."""

import json
import math

import numpy as np
import pytest

from dashboard.agreement import Undefined
from dashboard.agreement.clustered import effective_size
from dashboard.agreement.corrected import ESTIMATES, corrected_rate
from dashboard.agreement.intervals import wilson

Z = 1.959963984540054


def rate(human, judge, **options):
    return corrected_rate(human, judge, categories=["I", "P", "C"], **options)


def simulate(rng, labelled, others, share=0.7, tpr=0.9, tnr=0.8):
    truth = rng.random(labelled + others) < share
    called = np.where(truth, rng.random(len(truth)) < tpr, rng.random(len(truth)) >= tnr)
    human = np.where(np.arange(len(truth)) < labelled, 2 * truth, -1)
    return human, 2 * called.astype(int)


# 50 labelled answers: 32 right called so, 4 right not, 3 wrong called right, 11 wrong not.
HUMAN = [2] * 36 + [0] * 14 + [-1] * 150
JUDGE = [2] * 32 + [1] * 4 + [2] * 3 + [0] * 11 + [2] * 90 + [1] * 60


def test_plain_shares_have_the_interval_of_wilson():
    found = rate(HUMAN, JUDGE)
    for figure, hits, n in (
        (found.human_only, 36, 50),
        (found.judge_only, 125, 200),
        (found.true_positive_rate, 32, 36),
        (found.true_negative_rate, 11, 14),
    ):
        assert (figure.value, figure.n) == (pytest.approx(hits / n), n)
        assert (figure.low, figure.high) == pytest.approx(wilson(hits, n)[:2])


def test_the_power_tuned_mean_equals_a_count_by_hand():
    found = rate(HUMAN, JUDGE)
    # Covariance of the 50 pairs 32/50 - 0.72 * 0.70; variance of all 200 calls 0.625 * 0.375.
    power = (0.64 - 0.72 * 0.70) / ((1 + 50 / 150) * 0.625 * 0.375)
    assert found.power == pytest.approx(power, abs=1e-12)
    assert found.ppi.value == pytest.approx(0.72 + power * (0.60 - 0.70), abs=1e-12)
    # The labelled part errs by Var(Y - power f) / 50, the other by power^2 Var(f) / 150.
    residual = 0.72 * 0.28 - 2 * power * (0.64 - 0.72 * 0.70) + power**2 * 0.70 * 0.30
    variance = residual / 50 + power**2 * 0.60 * 0.40 / 150 + 0.5 / 50**2
    shrink = math.sqrt(variance / (0.72 * 0.28 / 50))
    low, high = wilson(36, 50)[:2]
    assert found.ppi.low == pytest.approx(found.ppi.value - shrink * (0.72 - low), abs=1e-12)
    assert found.ppi.high == pytest.approx(found.ppi.value + shrink * (high - 0.72), abs=1e-12)


def test_rogan_and_gladen_equals_a_count_by_hand():
    found = rate(HUMAN, JUDGE)
    j = 32 / 36 + 11 / 14 - 1
    assert found.youden_j.value == pytest.approx(j)
    assert found.rogan_gladen.value == pytest.approx((0.60 + 11 / 14 - 1) / j)
    # Lang and Reiczigel 2014: one hit and one miss more in the two rates, z^2 / 2 in the share.
    n = 150 + Z**2
    q, p, s = (90 + Z**2 / 2) / n, 33 / 38, 12 / 16
    centre = (q + s - 1) / (p + s - 1)
    of_p, of_s = p * (1 - p) / 38, s * (1 - s) / 16
    spread = math.sqrt(q * (1 - q) / n + centre**2 * of_p + (1 - centre) ** 2 * of_s) / (p + s - 1)
    middle = centre + 2 * Z**2 * (centre * of_p - (1 - centre) * of_s)
    assert (found.rogan_gladen.low, found.rogan_gladen.high) == pytest.approx(
        (middle - Z * spread, min(1, middle + Z * spread)), abs=1e-12
    )


def test_youden_has_the_interval_of_two_shares():
    # Newcombe, Statistics in Medicine 17 (1998), table II, method 10: 56/70 - 48/80.
    human, judge = [2] * 70 + [0] * 80, [2] * 56 + [0] * 14 + [2] * 48 + [0] * 32
    j = rate(human, judge).youden_j
    assert (j.value, j.low, j.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize(
    ("labelled", "others", "share", "tpr", "tnr"),
    [
        (100, 900, 0.7, 0.9, 0.8),
        (100, 900, 0.7, 0.9, 0.5),
        (50, 500, 0.9, 0.9, 0.8),
        (200, 200, 0.3, 0.8, 0.9),
    ],
)
def test_intervals_cover_and_the_judge_never_widens_them(labelled, others, share, tpr, tnr):
    rng, runs = np.random.default_rng(5), 2000
    covered = dict.fromkeys(("human_only", "ppi", "rogan_gladen"), 0)
    refused, widest = 0, 0.0
    for _ in range(runs):
        found = rate(*simulate(rng, labelled, others, share, tpr, tnr))
        refused += found.rogan_gladen.reason == Undefined.WEAK_JUDGE
        for name in covered:
            figure = getattr(found, name)
            covered[name] += figure.low <= share <= figure.high
        alone = found.human_only
        widest = max(widest, (found.ppi.high - found.ppi.low) / (alone.high - alone.low))
    assert 0.93 <= covered["ppi"] / runs <= 0.97
    assert widest <= 1.02
    assert 0.93 <= covered["human_only"] / runs <= 0.975
    assert 0.93 <= covered["rogan_gladen"] / (runs - refused) <= 0.98


def test_a_judge_that_guesses_changes_nothing_and_is_refused():
    rng = np.random.default_rng(1)
    found = rate(*simulate(rng, 200, 2000, 0.6, 0.5, 0.5))
    assert found.ppi.value == pytest.approx(found.human_only.value, abs=0.02)
    assert found.rogan_gladen.reason == Undefined.WEAK_JUDGE
    assert math.isnan(found.rogan_gladen.value)
    assert found.youden_j.low < 0 < found.youden_j.high


def test_a_judge_that_says_the_opposite_is_not_used():
    found = rate(*simulate(np.random.default_rng(2), 100, 900, 0.6, 0.1, 0.1))
    assert (found.power, found.ppi) == (0.0, found.human_only)


def test_everything_labelled_leaves_nothing_to_correct():
    found = rate(HUMAN[:50], JUDGE[:50])
    assert found.ppi == found.human_only
    assert found.rogan_gladen.reason == Undefined.NO_UNLABELLED


def test_answers_to_the_same_question_widen_every_interval():
    rng = np.random.default_rng(3)
    human, judge = simulate(rng, 100, 400)
    four = np.repeat(np.arange(500), 4)
    items, questions = rate(human[four], judge[four]), rate(human[four], judge[four], clusters=four)
    for name in ("human_only", "judge_only", "ppi", "rogan_gladen", "youden_j"):
        alone, together = getattr(items, name), getattr(questions, name)
        assert together.value == pytest.approx(alone.value)
        assert (together.high - together.low) / (alone.high - alone.low) == pytest.approx(2, rel=0.12)
    assert rate(human, judge, clusters=np.arange(500)) == rate(human, judge)


def test_an_effective_size_is_n_or_the_number_of_clusters_at_its_ends():
    hits = np.random.default_rng(0).random(600) < 0.5
    assert effective_size(hits, None) == 600
    assert effective_size(hits, np.arange(600) % 100) > 400
    assert effective_size(np.repeat(hits, 3), np.repeat(np.arange(600), 3)) == pytest.approx(600, rel=0.01)
    assert effective_size(np.ones(12, bool), np.arange(12) // 3) == 4


@pytest.mark.parametrize(
    ("human", "judge", "defined", "reason"),
    [
        ([], [], set(), Undefined.NO_PAIRS),
        ([2, 0], [-1, -1], set(), Undefined.NO_PAIRS),
        ([-1, -1], [2, 0], {"judge_only"}, Undefined.NO_PAIRS),
        ([2, -1], [2, 0], {"human_only", "judge_only", "ppi", "true_positive_rate"}, Undefined.ONE_CATEGORY),
    ],
)
def test_too_little_is_undefined_with_its_reason(human, judge, defined, reason):
    found = rate(human, judge)
    for name in ESTIMATES:
        figure = getattr(found, name)
        assert math.isnan(figure.value) != (name in defined), name
        assert bool(figure.reason) != (name in defined)
    assert found.rogan_gladen.reason == reason
    json.dumps(found.to_json(), allow_nan=False)
