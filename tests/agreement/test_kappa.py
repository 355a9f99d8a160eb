"""Percent and the kappas against scikit-learn and statsmodels."""

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import accuracy_score, cohen_kappa_score
from statsmodels.stats.inter_rater import cohens_kappa

from dashboard.agreement.kappa import kappa, kappa_linear, kappa_quadratic
from dashboard.agreement.percent import percent
from dashboard.agreement.weights import linear_weights, quadratic_weights

MEASURES = [(kappa, None), (kappa_linear, "linear"), (kappa_quadratic, "quadratic")]

tables = st.integers(2, 6).flatmap(
    lambda k: arrays(np.int64, (k, k), elements=st.integers(0, 40)).filter(lambda t: t.sum() > 0)
)


def unroll(table):
    rows, columns = np.indices(table.shape)
    return np.repeat(rows.ravel(), table.ravel()), np.repeat(columns.ravel(), table.ravel())


@settings(deadline=None)
@given(tables)
def test_percent_equals_scikit_learn(table):
    assert percent(table) == pytest.approx(accuracy_score(*unroll(table)), abs=1e-12)


@pytest.mark.parametrize(("measure", "weights"), MEASURES)
@settings(deadline=None)
@given(table=tables)
def test_kappas_equal_scikit_learn_or_are_nan_with_it(measure, weights, table):
    human, judge = unroll(table)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = cohen_kappa_score(human, judge, labels=range(len(table)), weights=weights)
    np.testing.assert_allclose(measure(table), expected, rtol=0, atol=1e-12, equal_nan=True)


@pytest.mark.parametrize(("measure", "weights"), MEASURES)
def test_kappas_equal_statsmodels(measure, weights):
    rng = np.random.default_rng(3)
    for k in (2, 3, 5):
        table = rng.integers(1, 30, size=(k, k))
        expected = cohens_kappa(table, wt=weights, return_results=False)
        assert measure(table) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize(("measure", "_"), MEASURES)
def test_a_stack_of_tables_gives_what_each_table_gives(measure, _):
    stack = np.random.default_rng(5).integers(0, 9, size=(4, 5, 3, 3))
    alone = [[measure(table) for table in row] for row in stack]
    np.testing.assert_allclose(measure(stack), alone, rtol=0, atol=1e-15)


@pytest.mark.parametrize(("measure", "_"), MEASURES)
@pytest.mark.parametrize("table", [np.zeros((3, 3)), np.diag([0, 0, 25])])
def test_kappas_are_nan_without_items_and_with_one_category(measure, _, table):
    assert np.isnan(measure(table))


def test_kappas_are_zero_not_nan_when_only_the_judge_is_constant():
    assert kappa_linear(np.array([[0, 0, 4], [0, 0, 3], [0, 0, 9]])) == 0.0


def test_percent_without_items_is_nan():
    assert np.isnan(percent(np.zeros((3, 3))))


def test_weights_are_the_published_ones_for_three_categories():
    assert linear_weights(3).tolist() == [[1, 0.5, 0], [0.5, 1, 0.5], [0, 0.5, 1]]
    assert quadratic_weights(3).tolist() == [[1, 0.75, 0], [0.75, 1, 0.75], [0, 0.75, 1]]
