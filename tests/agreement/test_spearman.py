"""Spearman's rho against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import spearmanr

from dashboard.agreement.spearman import rank_correlation, spearman
from dashboard.agreement.table import count_table

labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=60)


@settings(deadline=None)
@given(labels)
def test_ties_are_ranked_as_scipy_ranks_them(pairs):
    human, judge = np.array(pairs).T
    found = spearman(count_table(human, judge, 4))
    if len(set(human)) < 2 or len(set(judge)) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(human, judge).statistic, abs=1e-12)


def test_a_judge_that_is_uniformly_too_kind_still_correlates_perfectly():
    assert spearman(np.array([[0, 5, 0], [0, 0, 5], [0, 0, 0]])) == 1.0


def test_a_stack_of_tables_gives_what_each_table_gives():
    stack = np.random.default_rng(5).integers(0, 9, size=(7, 3, 3))
    np.testing.assert_allclose(spearman(stack), [spearman(table) for table in stack], atol=1e-15)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 9), st.floats(0, 1)), min_size=3, max_size=40))
def test_two_measures_are_ranked_as_scipy_ranks_them(pairs):
    first, second = np.array(pairs).T
    found = rank_correlation(first, second)
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(spearmanr(first, second).statistic, abs=1e-12)


def test_without_two_different_items_there_is_no_rank_correlation():
    assert np.isnan(rank_correlation([], []))
    assert np.isnan(rank_correlation([3], [0.5]))
