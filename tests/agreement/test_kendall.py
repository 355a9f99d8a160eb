"""Kendall's tau-b against scipy."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau

from dashboard.agreement.kendall import kendall
from dashboard.agreement.table import count_table

labels = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=3, max_size=60)


@settings(deadline=None)
@given(labels)
def test_ties_count_as_scipy_counts_them(pairs):
    human, judge = np.array(pairs).T
    found = kendall(count_table(human, judge, 4))
    if len(set(human)) < 2 or len(set(judge)) < 2:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(kendalltau(human, judge).statistic, abs=1e-12)


def test_a_judge_that_is_uniformly_too_kind_still_correlates_perfectly():
    assert kendall(np.array([[0, 5, 0], [0, 0, 5], [0, 0, 0]])) == 1.0


def test_a_stack_of_tables_gives_what_each_table_gives():
    stack = np.random.default_rng(5).integers(0, 9, size=(7, 3, 3))
    np.testing.assert_allclose(kendall(stack), [kendall(table) for table in stack], atol=1e-15)
