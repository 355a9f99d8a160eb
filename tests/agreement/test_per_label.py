"""Precision, recall, F1 and prevalence by label."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import precision_recall_fscore_support

from dashboard.agreement.per_label import f1, precision, recall
from dashboard.agreement.prevalence import human_prevalence, judge_prevalence


@settings(deadline=None)
@given(arrays(np.int64, (3, 3), elements=st.integers(0, 20)).filter(lambda t: t.sum() > 0))
def test_equal_scikit_learn_and_are_nan_where_it_divides_by_zero(table):
    rows, columns = np.indices((3, 3))
    human, judge = np.repeat(rows.ravel(), table.ravel()), np.repeat(columns.ravel(), table.ravel())
    expected = precision_recall_fscore_support(human, judge, labels=[0, 1, 2], zero_division=np.nan)
    np.testing.assert_allclose(precision(table), expected[0], atol=1e-12)
    np.testing.assert_allclose(recall(table), expected[1], atol=1e-12)
    given_at_all = table.sum(axis=0) + table.sum(axis=1) > 0
    np.testing.assert_allclose(f1(table)[given_at_all], expected[2][given_at_all], atol=1e-12)
    assert np.isnan(f1(table)[~given_at_all]).all()


def test_prevalence_keeps_the_sides_apart():
    table = np.array([[1, 2, 1], [0, 0, 0], [0, 0, 4]])
    assert human_prevalence(table).tolist() == [0.5, 0.0, 0.5]
    assert judge_prevalence(table).tolist() == [0.125, 0.25, 0.625]


def test_prevalence_without_items_is_nan():
    assert np.isnan(human_prevalence(np.zeros((3, 3)))).all()
