"""Krippendorff's alpha against his own example and his definition."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from dashboard.agreement.krippendorff import (
    alpha,
    alpha_interval,
    alpha_nominal,
    alpha_ordinal,
    coincidences,
)

# Krippendorff, "Computing Krippendorff's Alpha-Reliability" (2011), section D:
# four observers, twelve units, five categories, missing values.
_ = np.nan
RELIABILITY_DATA = np.array(
    [
        [1, 2, 3, 3, 2, 1, 4, 1, 2, _, _, _],
        [1, 2, 3, 3, 2, 2, 4, 1, 2, 5, _, 3],
        [_, 3, 3, 3, 2, 3, 4, 2, 2, 5, 1, _],
        [1, 2, 3, 3, 2, 4, 4, 1, 2, 5, 1, _],
    ]
).T


def by_definition(ratings, k, level):
    pairs = []
    for unit in ratings:
        given = [int(code) for code in unit if code >= 0]
        pairs += [(a, b, 1 / (len(given) - 1)) for a, b in permutations(given, 2)]
    n_of = [sum(w for a, _, w in pairs if a == c) for c in range(k)]

    def distance(a, b):
        low, high = min(a, b), max(a, b)
        if level == "nominal":
            return float(a != b)
        if level == "interval":
            return (a - b) ** 2
        return (sum(n_of[low : high + 1]) - (n_of[low] + n_of[high]) / 2) ** 2

    n = sum(n_of)
    observed = sum(w * distance(a, b) for a, b, w in pairs) / n
    cells = [(a, b) for a in range(k) for b in range(k)]
    expected = sum(n_of[a] * n_of[b] * distance(a, b) for a, b in cells) / (n * (n - 1))
    return 1 - observed / expected


def test_published_example_with_missing_data():
    found = coincidences(RELIABILITY_DATA - 1, 5)
    assert found.sum() == pytest.approx(40)
    assert alpha(found, "nominal") == pytest.approx(0.743, abs=5e-4)
    assert alpha(found, "ordinal") == pytest.approx(0.815, abs=5e-4)
    assert alpha(found, "interval") == pytest.approx(0.849, abs=5e-4)


@settings(deadline=None)
@given(arrays(np.int64, (8, 4), elements=st.integers(-1, 3)))
def test_any_gaps_give_the_value_of_the_definition(ratings):
    pairable = ratings[(ratings >= 0).sum(axis=1) > 1]
    if len(set(pairable[pairable >= 0])) < 2:
        assert np.isnan(alpha(coincidences(ratings, 4), "ordinal"))
        return
    for level in ("nominal", "ordinal", "interval"):
        expected = by_definition(ratings, 4, level)
        assert alpha(coincidences(ratings, 4), level) == pytest.approx(expected, abs=1e-9)


def test_a_table_of_two_raters_gives_the_same_as_their_ratings():
    ratings = np.random.default_rng(2).integers(0, 3, size=(50, 2))
    table = np.zeros((3, 3))
    np.add.at(table, (ratings[:, 0], ratings[:, 1]), 1)
    found = coincidences(ratings, 3)
    assert alpha_nominal(table) == pytest.approx(alpha(found, "nominal"), abs=1e-14)
    assert alpha_ordinal(table) == pytest.approx(alpha(found, "ordinal"), abs=1e-14)
    assert alpha_interval(table) == pytest.approx(alpha(found, "interval"), abs=1e-14)


def test_a_stack_of_tables_gives_what_each_table_gives():
    stack = np.random.default_rng(5).integers(0, 9, size=(7, 3, 3))
    np.testing.assert_allclose(alpha_ordinal(stack), [alpha_ordinal(t) for t in stack], atol=1e-15)


@pytest.mark.parametrize("table", [np.zeros((3, 3)), np.diag([0, 12, 0])])
def test_nan_without_items_and_with_one_category(table):
    assert np.isnan(alpha_nominal(table))
    assert np.isnan(alpha_ordinal(table))
    assert np.isnan(alpha_interval(table))
