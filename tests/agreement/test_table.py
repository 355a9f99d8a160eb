"""Codes and count tables."""

import numpy as np
import pytest

from dashboard.agreement.table import as_codes, cluster_tables, count_table, distinct


def test_none_and_nan_are_no_label():
    assert as_codes([0, None, 2, -1], 3).tolist() == [0, -1, 2, -1]
    assert as_codes([0.0, np.nan, 2.0], 3).tolist() == [0, -1, 2]
    assert as_codes([], 3).tolist() == []


@pytest.mark.parametrize("wrong", [3, -2, 0.5, np.inf])
def test_a_code_outside_the_categories_is_refused_by_name(wrong):
    with pytest.raises(ValueError, match=rf"from 0 to 2.*found {wrong}"):
        as_codes([0, wrong], 3)


def test_rows_are_human_and_gaps_are_skipped():
    human, judge = np.array([0, 0, 2, -1, 1]), np.array([1, 1, 2, 0, -1])
    assert count_table(human, judge, 3).tolist() == [[0, 2, 0], [0, 0, 0], [0, 0, 1]]


def test_cluster_tables_add_up_to_the_table():
    rng = np.random.default_rng(0)
    human, judge, question = rng.integers(-1, 3, (3, 200))
    tables = cluster_tables(human, judge, question, 3)
    assert (tables.sum(axis=0) == count_table(human, judge, 3)).all()


@pytest.mark.parametrize("largest", [2, 10**6])
def test_distinct_entries_with_their_multiplicities_rebuild_the_stack(largest):
    stack = np.random.default_rng(0).integers(-1, 2, size=(60, 2, 2))
    stack = np.where(stack == 1, largest, stack)
    entries, inverse, times = distinct(stack)
    assert len(np.unique(entries, axis=0)) == len(entries)
    assert (entries[inverse] == stack).all()
    assert (np.bincount(inverse) == times).all()
    shuffled, _, _ = distinct(stack[::-1])
    assert (shuffled == entries).all()
