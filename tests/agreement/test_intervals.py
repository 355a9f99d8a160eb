"""Wilson's interval and the bootstrap."""

import math

import numpy as np
import pytest
from scipy.stats import bootstrap as scipy_bootstrap
from statsmodels.stats.proportion import proportion_confint

from dashboard.agreement import Undefined
from dashboard.agreement.gwet import gwet_ac1
from dashboard.agreement.intervals import bootstrap, bootstrap_clusters, percentile, wilson
from dashboard.agreement.kappa import kappa, kappa_linear
from dashboard.agreement.percent import percent
from dashboard.agreement.resampling import cluster_units, resampled_totals
from dashboard.agreement.table import cluster_tables, distinct

TABLE = np.array([[12, 5, 1], [6, 20, 9], [2, 8, 57]])


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    # Newcombe, Statistics in Medicine 17 (1998), table I, method 3.
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_equals_the_textbook(successes, n, low, high):
    assert wilson(successes, n)[:2] == pytest.approx((low, high), abs=5e-5)


def test_wilson_equals_statsmodels_and_never_leaves_0_to_1():
    for n in (1, 7, 500):
        for successes in range(n + 1):
            low, high = wilson(successes, n)[:2]
            assert 0 <= low < high <= 1
            expected = proportion_confint(successes, n, method="wilson")
            assert (low, high) == pytest.approx(expected, abs=1e-12)
    assert wilson(0, 5).low == 0.0
    assert wilson(5, 5).high == 1.0


def test_wilson_of_nothing_is_nan_with_a_reason():
    low, high, _, reason = wilson(0, 0)
    assert math.isnan(low) and math.isnan(high) and reason == Undefined.NO_PAIRS


@pytest.mark.parametrize("measure", [kappa_linear, gwet_ac1])
def test_drawing_tables_is_the_bootstrap_of_items(measure):
    rows, columns = np.indices(TABLE.shape)
    human, judge = np.repeat(rows.ravel(), TABLE.ravel()), np.repeat(columns.ravel(), TABLE.ravel())

    def of_items(human, judge, axis):
        cells = human * 3 + judge
        counts = np.stack([(cells == cell).sum(axis=axis) for cell in range(9)], axis=-1)
        return measure(counts.reshape(*counts.shape[:-1], 3, 3))

    expected = scipy_bootstrap(
        (human, judge),
        of_items,
        paired=True,
        vectorized=True,
        method="percentile",
        n_resamples=10_000,
        rng=np.random.default_rng(8),
    ).confidence_interval
    found = bootstrap(TABLE, measure)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=0.01)


@pytest.mark.parametrize("copies", [1, 50])
def test_totals_have_the_mean_and_variance_of_a_multinomial(copies):
    # One copy is drawn item by item, fifty copies by binomials; both in the middle case.
    times = np.array([1, 3, 40]) * copies
    n = times.sum()
    drawn = np.concatenate(list(resampled_totals(np.eye(3), times, 20_000, 4)))
    assert (drawn.sum(axis=1) == n).all()
    share = times / n
    covariance = n * (np.diag(share) - np.outer(share, share))
    np.testing.assert_allclose(drawn.mean(axis=0), times, atol=5 * np.sqrt(n / 4 / 20_000))
    np.testing.assert_allclose(np.cov(drawn.T), covariance, atol=0.06 * covariance.max())


def test_large_stacks_come_in_blocks_that_hold_every_resample():
    units = np.zeros((2, 60, 60))
    units[0, 0, 0] = units[1, 5, 5] = 1
    blocks = list(resampled_totals(units, np.array([30, 70]), 3000, 1))
    assert len(blocks) > 1
    drawn = np.concatenate(blocks)
    assert drawn.shape == (3000, 60, 60)
    assert (drawn.sum(axis=(1, 2)) == 100).all()


def test_a_fixed_seed_repeats_and_another_seed_differs():
    assert bootstrap(TABLE, kappa) == bootstrap(TABLE, kappa)
    assert bootstrap(TABLE, kappa) != bootstrap(TABLE, kappa, seed=1)
    tables = np.random.default_rng(0).integers(0, 3, size=(40, 3, 3))
    assert bootstrap_clusters(tables, kappa) == bootstrap_clusters(tables[::-1], kappa)


def test_identical_answers_of_a_question_widen_the_interval():
    rng = np.random.default_rng(6)
    human = rng.integers(0, 3, 60)
    judge = np.where(rng.random(60) < 0.7, human, rng.integers(0, 3, 60))
    five = np.repeat(np.arange(60), 5)
    tables = cluster_tables(human[five], judge[five], five, 3)
    items = bootstrap(tables.sum(axis=0), kappa_linear)
    questions = bootstrap_clusters(tables, kappa_linear)
    assert (questions.high - questions.low) / (items.high - items.low) == pytest.approx(5**0.5, rel=0.05)


def test_clusters_of_one_answer_give_the_interval_of_items():
    human, judge = np.random.default_rng(6).integers(0, 3, (2, 300))
    tables = cluster_tables(human, judge, np.arange(300), 3)
    assert bootstrap_clusters(tables, kappa)[:2] == pytest.approx(
        bootstrap(tables.sum(axis=0), kappa)[:2], abs=0.01
    )


def test_cluster_units_are_the_distinct_cluster_tables():
    rng = np.random.default_rng(9)
    kinds, clusters = rng.integers(0, 4, 500), rng.permutation(np.arange(500) // 3)
    cells = np.eye(4).reshape(4, 2, 2)
    units, times = cluster_units(kinds, clusters, cells)
    expected, _, often = distinct(cluster_tables(kinds // 2, kinds % 2, clusters, 2))
    found = {tuple(unit.ravel()): count for unit, count in zip(units, times, strict=True)}
    assert found == {tuple(u.ravel()): c for u, c in zip(expected, often, strict=True)}


def test_undefined_resamples_are_dropped_and_counted():
    values = np.linspace(0, 1, 1000)
    values[:20] = np.nan
    interval = percentile(values)
    assert interval.dropped == 20
    assert interval[:2] == pytest.approx(np.quantile(values[20:], [0.025, 0.975]))
    assert not interval.reason


def test_too_many_undefined_resamples_give_no_interval():
    values = np.linspace(0, 1, 1000)
    values[:26] = np.nan
    interval = percentile(values)
    assert math.isnan(interval.low) and math.isnan(interval.high)
    assert (interval.dropped, interval.reason) == (26, Undefined.UNSTABLE)


def test_a_table_that_is_often_undefined_when_resampled_says_so():
    interval = bootstrap(np.array([[0, 0, 0], [0, 1, 0], [0, 0, 9]]), kappa)
    assert interval.reason == Undefined.UNSTABLE
    assert interval.dropped > 2500


def test_no_disagreement_gives_no_interval_rather_than_one_of_zero_width():
    interval = bootstrap(np.diag([20, 20, 20]), percent)
    assert math.isnan(interval.low)
    assert interval.reason == Undefined.NO_VARIATION


def test_no_items_give_no_interval():
    assert bootstrap(np.zeros((3, 3)), kappa).reason == Undefined.NO_PAIRS
    assert bootstrap_clusters(np.zeros((0, 3, 3)), kappa).reason == Undefined.NO_PAIRS


@pytest.mark.parametrize("shares", [[1 / 3, 1 / 3, 1 / 3], [0.05, 0.1, 0.85]])
@pytest.mark.parametrize("truth", [0.3, 0.6, 0.85])
def test_the_interval_covers_the_truth_about_95_times_in_100(shares, truth):
    # A judge that copies people's label with this chance, and else draws from the same shares.
    cells = truth * np.diag(shares) + (1 - truth) * np.outer(shares, shares)
    assert kappa(cells) == pytest.approx(truth) == kappa_linear(cells)
    rng, covered, runs = np.random.default_rng(12), 0, 600
    for table in rng.multinomial(200, cells.ravel(), size=runs).reshape(-1, 3, 3):
        low, high, *_ = bootstrap(table, kappa_linear, resamples=1000)
        covered += low <= truth <= high
    assert 0.92 <= covered / runs <= 0.97
