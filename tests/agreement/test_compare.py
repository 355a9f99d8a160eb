"""Two judges: the paired bootstrap and McNemar's test."""

import json
import math

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar as statsmodels_mcnemar

from dashboard.agreement import Undefined, agreement_report
from dashboard.agreement.compare import COMPARED, compare_judges
from dashboard.agreement.mcnemar import mcnemar

LABELS = ["I", "P", "C"]


def draw(n=200, seed=0):
    rng = np.random.default_rng(seed)
    human = rng.integers(0, 3, n)
    sides = [np.where(rng.random(n) < skill, human, rng.integers(0, 3, n)) for skill in (0.8, 0.6)]
    return human, *sides


def compare(*sides, **options):
    return compare_judges(*sides, categories=LABELS, **{"resamples": 500} | options)


def test_mcnemar_equals_the_textbook():
    # Fagerland, Lydersen and Laake 2013: airway hyper-responsiveness, 1 and 7 discordant pairs.
    found = mcnemar(1, 7)
    assert (found.p_exact, found.p_mid) == (pytest.approx(0.0703, abs=5e-5), pytest.approx(0.0391, abs=5e-5))


def test_mcnemar_equals_statsmodels():
    for only_first, only_second in ((0, 5), (3, 3), (12, 25), (200, 150)):
        table = [[10, only_first], [only_second, 20]]
        expected = statsmodels_mcnemar(table, exact=True).pvalue
        assert mcnemar(only_first, only_second).p_exact == pytest.approx(expected, abs=1e-10)


def test_mcnemar_is_symmetric_and_1_without_a_difference():
    assert mcnemar(3, 9).p_mid == mcnemar(9, 3).p_mid
    assert (mcnemar(0, 0).p_exact, mcnemar(0, 0).p_mid) == (1.0, 1.0)
    # Mid-p of equal counts: 1 less half the probability of 2 of 4.
    assert mcnemar(2, 2).p_mid == pytest.approx(1 - 6 / 16 / 2)


def test_differences_are_those_of_the_two_reports():
    human, first, second = draw()
    found = compare(human, first, second)
    one, other = (agreement_report(human, side, categories=LABELS, resamples=10) for side in (first, second))
    for name in COMPARED:
        expected = getattr(one, name).value - getattr(other, name).value
        assert found.difference[name].value == pytest.approx(expected, abs=1e-12)
    assert found.mcnemar == mcnemar(
        int(((first == human) & (second != human)).sum()), int(((first != human) & (second == human)).sum())
    )


def test_the_interval_is_that_of_drawn_items():
    human, first, second = draw(120)
    rng = np.random.default_rng(4)
    items = rng.integers(0, 120, (4000, 120))
    values = (first[items] == human[items]).mean(axis=1) - (second[items] == human[items]).mean(axis=1)
    found = compare(human, first, second, resamples=10_000).difference["percent"]
    assert (found.low, found.high) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])), abs=0.012)


def test_judges_alike_narrow_the_interval_of_their_difference():
    human, first, _ = draw()
    like = np.where(np.arange(200) < 10, (first + 1) % 3, first)
    found = compare(human, first, like).difference["percent"]
    alone = agreement_report(human, first, categories=LABELS, resamples=500).percent
    assert found.high - found.low < 0.7 * (alone.high - alone.low)


def test_only_items_that_all_three_labelled_count():
    found = compare([0, 1, 2, None, 1], [0, 1, None, 1, 1], [0, 2, 2, 1, -1])
    assert found.n == 2
    assert (found.mcnemar.only_first, found.mcnemar.only_second) == (1, 0)


def test_equal_judges_have_no_interval_and_no_items_no_value():
    human, first, _ = draw()
    same = compare(human, first, first)
    assert all(figure.value == 0 for figure in same.difference.values())
    assert same.difference["kappa"].reason == Undefined.NO_VARIATION
    nothing = compare([None], [0], [1])
    assert all(math.isnan(figure.value) for figure in nothing.difference.values())
    assert nothing.difference["percent"].reason == Undefined.NO_PAIRS
    json.dumps(nothing.to_json(), allow_nan=False)


def test_one_category_is_undefined_for_kappa():
    found = compare([2] * 30, [2] * 30, [2] * 30)
    assert found.difference["kappa_linear"].reason == Undefined.ONE_CATEGORY


def test_answers_to_the_same_question_widen_the_interval():
    sides = np.stack(draw(60))
    four = np.repeat(np.arange(60), 4)
    items, questions = (
        compare(*sides[:, four], clusters=ids, resamples=4000).difference["kappa_linear"]
        for ids in (None, four)
    )
    assert (questions.high - questions.low) / (items.high - items.low) == pytest.approx(2, rel=0.1)
