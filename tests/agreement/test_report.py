"""The whole report between people and a judge."""

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.agreement import Undefined, agreement_report
from dashboard.agreement.intervals import bootstrap, wilson
from dashboard.agreement.kappa import kappa_linear
from dashboard.agreement.result import COEFFICIENTS

LABELS = ["I", "P", "C"]


def draw(n, seed=0, agree=0.7):
    rng = np.random.default_rng(seed)
    human = rng.choice(3, n, p=[0.2, 0.3, 0.5])
    return human, np.where(rng.random(n) < agree, human, rng.integers(0, 3, n))


def report(human, judge, **options):
    return agreement_report(human, judge, categories=LABELS, **{"resamples": 500} | options)


def every_figure(found):
    yield found.percent
    yield from (getattr(found, name) for name in COEFFICIENTS)
    for figures in found.per_label.values():
        yield from figures
    for figures in found.prevalence.values():
        yield from figures.values()


def test_json_has_the_promised_keys_and_is_json():
    found = json.loads(json.dumps(report(*draw(60)).to_json(), allow_nan=False))
    assert list(found) == [
        "n",
        "counts",
        "labels",
        "confusion",
        "percent",
        "kappa",
        "kappa_linear",
        "kappa_quadratic",
        "gwet_ac1",
        "gwet_ac2_linear",
        "alpha_nominal",
        "alpha_ordinal",
        "alpha_interval",
        "fleiss_kappa",
        "spearman",
        "kendall",
        "per_label",
        "prevalence",
    ]
    assert list(found["counts"]) == ["matched", "judge_only", "human_only", "unscored"]
    assert found["labels"] == LABELS
    assert list(found["kappa"]) == ["value", "low", "high", "n"]
    assert list(found["per_label"]["P"]) == ["precision", "recall", "f1"]
    assert list(found["prevalence"]) == ["human", "judge"]
    assert np.sum(found["confusion"]) == found["n"] == 60


def test_values_and_intervals_are_those_of_the_parts():
    human, judge = draw(120)
    found = report(human, judge)
    table = np.array(found.confusion)
    assert found.kappa_linear.value == kappa_linear(table)
    assert (found.kappa_linear.low, found.kappa_linear.high) == bootstrap(table, kappa_linear, resamples=500)[
        :2
    ]
    agreed = int((human == judge).sum())
    assert (found.percent.low, found.percent.high) == pytest.approx(wilson(agreed, 120)[:2])
    given, right = int((judge == 1).sum()), int(((judge == 1) & (human == 1)).sum())
    precision = found.per_label["P"].precision
    assert precision.n == given
    assert (precision.low, precision.high) == pytest.approx(wilson(right, given)[:2])
    for figure in every_figure(found):
        assert figure.low <= figure.value <= figure.high


def test_items_that_do_not_match_are_counted_and_left_out():
    human = [0, 1, 2, None, None, 2, None, None]
    judge = [0, 1, None, 1, None, None, None, 2]
    unscored = [False, False, False, False, True, True, False, False]
    found = report(human, judge, unscored=unscored)
    assert found.counts == (2, 2, 1, 2)
    assert found.n == 2
    assert found.confusion == ((1, 0, 0), (0, 1, 0), (0, 0, 0))


def test_an_unreadable_reply_changes_no_figure():
    human, judge = draw(50)
    plain = report(human, judge)
    with_more = report(
        np.append(human, [0, 2]), np.append(judge, [-1, -1]), unscored=[False] * 50 + [True] * 2
    )
    assert with_more.counts.unscored == 2
    assert list(every_figure(with_more)) == list(every_figure(plain))


def test_nothing_in_common_is_undefined_everywhere():
    for found in (report([0, None], [None, 1]), report([], [])):
        for figure in every_figure(found):
            assert math.isnan(figure.value) and math.isnan(figure.low)
            assert figure.reason == Undefined.NO_PAIRS
            assert figure.n == 0


def test_one_category_is_undefined_for_kappa_alpha_and_spearman_only():
    found = report([2] * 30, [2] * 30)
    for name in (
        "kappa",
        "kappa_linear",
        "kappa_quadratic",
        "alpha_nominal",
        "alpha_ordinal",
        "alpha_interval",
        "fleiss_kappa",
        "spearman",
        "kendall",
    ):
        figure = getattr(found, name)
        assert math.isnan(figure.value)
        assert (figure.n, figure.reason) == (30, Undefined.ONE_CATEGORY)
    assert found.percent.value == 1.0
    assert 0.88 < found.percent.low < found.percent.high == 1.0
    assert (found.gwet_ac1.value, found.gwet_ac1.reason) == (1.0, Undefined.NO_VARIATION)
    assert math.isnan(found.gwet_ac1.low)


def test_a_label_one_side_never_gave_is_undefined_for_that_side():
    found = report([0, 0, 1, 2, 2, 1], [0, 0, 0, 2, 2, 2])
    partial = found.per_label["P"]
    assert partial.precision.reason == Undefined.LABEL_ABSENT
    assert (partial.precision.n, partial.recall.n, partial.f1.n) == (0, 2, 2)
    assert partial.recall.value == 0.0
    assert partial.recall.high > 0.4


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_items_changes_nothing(random, clustered):
    human, judge = draw(80)
    human[:5] = -1
    question = np.arange(80) // 3
    order = list(range(80))
    random.shuffle(order)
    clusters = question if clustered else None
    moved = question[order] if clustered else None
    options = {"resamples": 50}
    assert report(human[order], judge[order], clusters=moved, **options) == report(
        human, judge, clusters=clusters, **options
    )


def test_a_fixed_seed_repeats_and_another_seed_differs():
    human, judge = draw(80)
    assert report(human, judge) == report(human, judge)
    assert report(human, judge) != report(human, judge, seed=1)


def test_identical_answers_of_a_question_widen_every_interval_of_a_share():
    human, judge = draw(60)
    question = np.repeat(np.arange(60), 4)
    items = report(human[question], judge[question], resamples=4000)
    questions = report(human[question], judge[question], clusters=question, resamples=4000)
    pairs = zip(every_figure(items), every_figure(questions), strict=True)
    for alone, together in pairs:
        assert together.value == alone.value
        assert (together.high - together.low) / (alone.high - alone.low) == pytest.approx(2, rel=0.2)


def test_questions_with_one_answer_each_are_items():
    human, judge = draw(60)
    ids = [f"Q{number}" for number in range(60)]
    assert report(human, judge, clusters=ids) == report(human, judge)


def test_full_agreement_over_few_questions_is_wide():
    question = np.repeat(np.arange(6), 50)
    human = np.repeat([0, 1, 2, 0, 1, 2], 50)
    found = report(human, human, clusters=question)
    assert found.percent.value == 1.0
    assert (found.percent.low, found.percent.high) == pytest.approx(wilson(6, 6)[:2])
    assert found.per_label["I"].recall.low == pytest.approx(wilson(2, 2).low)
    assert found.kappa.reason == Undefined.NO_VARIATION


def test_any_ordered_categories_will_do():
    found = agreement_report([0, 1, 2, 3, 3], [0, 1, 1, 3, 2], categories="0123", resamples=50)
    assert found.labels == ("0", "1", "2", "3")
    assert len(found.confusion) == 4


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 1], [0]), "one entry an item; found lengths"),
        (([0, 3], [0, 1]), "found 3"),
        (([0, 1], [0, 1], {"categories": ["I"]}), "two or more different names"),
        (([0, 1], [0, 1], {"unscored": [True, False]}), "unscored item has no judge label"),
    ],
)
def test_a_wrong_argument_is_named(arguments, message):
    *arrays, options = arguments if len(arguments) == 3 else (*arguments, {})
    with pytest.raises(ValueError, match=message):
        agreement_report(*arrays, **{"categories": LABELS} | options)
