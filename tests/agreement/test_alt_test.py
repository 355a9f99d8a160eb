"""The alternative-annotator test by hand, by its definition, and where it cannot be made."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import t as student
from scipy.stats import ttest_1samp
from statsmodels.stats.multitest import multipletests

from dashboard.agreement import Undefined
from dashboard.agreement.alt_test import alt_test, benjamini_yekutieli

NAMES = ("Ana", "Bia", "Caio")


def run(ratings, judge, **options):
    people = NAMES[: np.shape(ratings)[1]] if np.ndim(ratings) == 2 else NAMES
    chosen = {"values": [0, 0.5, 1], "annotators": people, "resamples": 200} | options
    return alt_test(ratings, judge, **chosen)


def draw(n=80, people=3, seed=0, gaps=0.2, skill=0.7):
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 3, (n, 1))
    codes = np.where(rng.random((n, people + 1)) < skill, truth, rng.integers(0, 3, (n, people + 1)))
    ratings = np.where(rng.random((n, people)) < gaps, -1, codes[:, 1:])
    return ratings, codes[:, 0]


def by_definition(ratings, judge, score, epsilon):
    """Return the p-values and shares as the paper defines them, one item after the other."""
    values = np.array([0, 0.5, 1])

    def closeness(label, others):
        if score == "accuracy":
            return np.mean([label == other for other in others])
        return -np.sqrt(np.mean([(values[label] - values[other]) ** 2 for other in others]))

    ps, shares = [], []
    for person in range(ratings.shape[1]):
        ahead = []
        for labels, verdict in zip(ratings, judge, strict=True):
            others = [label for at, label in enumerate(labels) if at != person and label >= 0]
            if labels[person] >= 0 and others and verdict >= 0:
                by_judge, by_human = closeness(verdict, others), closeness(labels[person], others)
                ahead.append((by_judge >= by_human, by_human >= by_judge))
        if len(ahead) < 30:
            continue
        of_judge, of_human = np.array(ahead, dtype=float).T
        ps.append(ttest_1samp(of_human - of_judge, epsilon, alternative="less").pvalue)
        shares.append(of_judge.mean())
    return ps, shares


def test_a_small_table_worked_by_hand():
    # 19 answers: all agree. 7: Caio alone says I, the judge is with the others. 4: the judge alone.
    ratings = [[2, 2, 2]] * 19 + [[2, 2, 0]] * 7 + [[2, 2, 2]] * 4
    found = run(ratings, [2] * 26 + [0] * 4)
    ana, bia, caio = found.contests
    # Ana: 4 times ahead, 26 ties. Mean 4/30, variance (4 - 30 (4/30)^2) / 29, t = -1.0561.
    assert (ana.judge, ana.human, ana.n) == (26 / 30, 1.0, 30)
    assert ana.p == pytest.approx(student.cdf((4 / 30 - 0.2) / math.sqrt((4 - 16 / 30) / 29 / 30), 29))
    assert bia == replace(ana, annotator="Bia")
    # Caio: 4 times ahead, 7 times behind. Mean -0.1, variance (11 - 0.3) / 29, t = -2.7051.
    assert (caio.judge, caio.human) == (26 / 30, 23 / 30)
    assert caio.p == pytest.approx(student.cdf(-0.3 / math.sqrt(10.7 / 29 / 30), 29))
    # Benjamini and Yekutieli: the least of three is multiplied by 3 (1 + 1/2 + 1/3).
    assert caio.p_adjusted == pytest.approx(caio.p * 5.5)
    assert [contest.won for contest in found.contests] == [False, False, True]
    assert found.winning_rate.value == pytest.approx(1 / 3)
    assert found.advantage.value == pytest.approx(26 / 30)
    assert found.passed is False


@pytest.mark.parametrize("score", ["accuracy", "neg_rmse"])
@pytest.mark.parametrize("epsilon", [0.0, 0.1, 0.2])
def test_random_tables_equal_the_definition(score, epsilon):
    for seed in range(8):
        ratings, judge = draw(seed=seed)
        judge[::9] = -1
        found = run(ratings, judge, score=score, epsilon=epsilon)
        ps, shares = by_definition(ratings, judge, score, epsilon)
        assert [one.p for one in found.contests] == pytest.approx(ps, abs=1e-10)
        assert found.advantage.value == pytest.approx(np.mean(shares), abs=1e-12)
        wins = multipletests(ps, 0.05, method="fdr_by")[0]
        assert found.winning_rate.value == pytest.approx(wins.mean())
        assert found.advantage.low < found.advantage.value < found.advantage.high


def test_adjusted_p_values_equal_statsmodels():
    rng = np.random.default_rng(3)
    for m in (1, 2, 7):
        p = rng.random(m) ** 3
        np.testing.assert_allclose(benjamini_yekutieli(p), multipletests(p, method="fdr_by")[1], atol=1e-14)


def test_a_copy_of_everybody_wins_and_noise_does_not():
    ratings, _ = draw(200, gaps=0, skill=0.9)
    good = run(ratings, np.median(ratings, axis=1).astype(int))
    bad = run(ratings, np.random.default_rng(1).integers(0, 3, 200))
    assert (good.winning_rate.value, good.passed) == (1.0, True)
    assert (bad.winning_rate.value, bad.passed) == (0.0, False)


def test_identical_labels_win_without_variance():
    found = run([[1, 1, 1]] * 40, [1] * 40)
    assert [contest.p for contest in found.contests] == [0.0] * 3
    assert found.winning_rate.value == found.advantage.value == 1.0
    assert found.advantage.reason == Undefined.NO_VARIATION
    assert run([[1, 1, 1]] * 40, [1] * 40, epsilon=0.0).winning_rate.value == 0.0


def test_an_annotator_with_few_items_is_left_out_and_named():
    ratings = np.array([[2, 2, -1]] * 20 + [[2, 2, 2]] * 29)
    found = run(ratings, [2] * 49)
    assert [contest.annotator for contest in found.contests] == ["Ana", "Bia"]
    assert (found.left_out, found.n) == (("Caio",), 49)


@pytest.mark.parametrize(
    ("ratings", "judge", "reason"),
    [
        (np.zeros((0, 3)), [], Undefined.TOO_FEW_PEOPLE),
        ([[0], [1], [2]] * 20, [0, 1, 2] * 20, Undefined.TOO_FEW_PEOPLE),
        ([[0, -1], [-1, 1]] * 40, [0, 1] * 40, Undefined.TOO_FEW_PEOPLE),
        ([[0, 1]] * 40, [-1] * 40, Undefined.TOO_FEW_PEOPLE),
        ([[0, 1]] * 29, [0] * 29, Undefined.TOO_FEW_ITEMS),
    ],
)
def test_too_little_is_undefined_with_its_reason(ratings, judge, reason):
    found = run(ratings, judge)
    assert found.passed is None and not found.contests
    for figure in (found.winning_rate, found.advantage):
        assert math.isnan(figure.value) and figure.reason == reason
    assert json.loads(json.dumps(found.to_json(), allow_nan=False))["passed"] is None


def test_a_wrong_shape_is_named():
    with pytest.raises(ValueError, match="one column an annotator; found shapes"):
        run([0, 1], [0, 1])


def test_answers_to_the_same_question_widen_the_interval():
    ratings, judge = draw(60, gaps=0)
    four = np.repeat(np.arange(60), 4)
    items = run(ratings[four], judge[four], resamples=4000).advantage
    questions = run(ratings[four], judge[four], clusters=four, resamples=4000).advantage
    assert questions.value == items.value
    assert (questions.high - questions.low) / (items.high - items.low) == pytest.approx(2, rel=0.1)
