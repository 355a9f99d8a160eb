"""Gwet's coefficients against the figures published with irrCAC."""

import numpy as np
import pytest

from dashboard.agreement.gwet import gwet, gwet_ac1, gwet_ac2_linear, gwet_raters
from dashboard.agreement.krippendorff import item_coincidences, label_counts
from dashboard.agreement.table import as_codes
from dashboard.agreement.weights import identity_weights, linear_weights, quadratic_weights

# irrCAC, cont3x3abstractors: 100 pregnancies, two abstractors, Ectopic / AIU / NIU.
ABSTRACTORS = np.array([[13, 0, 0], [0, 20, 7], [0, 4, 56]])

# irrCAC, cac.raw4raters (Gwet 2014, page 120): 12 units, 4 raters, categories 1 to 5.
_ = np.nan
FOUR_RATERS = np.array(
    [
        [1, 1, _, 1],
        [2, 2, 3, 2],
        [3, 3, 3, 3],
        [3, 3, 3, 3],
        [2, 2, 2, 2],
        [1, 2, 3, 4],
        [4, 4, 4, 4],
        [1, 1, 2, 1],
        [2, 2, 2, 2],
        [_, 5, 5, 5],
        [_, _, 1, 1],
        [_, _, 3, _],
    ]
)


def test_two_raters_equal_the_published_example():
    assert gwet_ac1(ABSTRACTORS) == pytest.approx(0.8493305, abs=5e-8)
    assert gwet_ac2_linear(ABSTRACTORS) == pytest.approx(0.900, abs=5e-4)
    assert gwet(ABSTRACTORS, quadratic_weights(3)) == pytest.approx(0.940, abs=5e-4)


def test_four_raters_with_gaps_equal_the_published_example():
    counts = label_counts(as_codes(FOUR_RATERS - 1, 5), 5)
    assert gwet_raters(counts, identity_weights(5)) == pytest.approx(0.77544, abs=5e-6)
    assert gwet_raters(counts, linear_weights(5)) == pytest.approx(0.859, abs=5e-4)
    assert gwet_raters(counts, quadratic_weights(5)) == pytest.approx(0.91400, abs=5e-6)


def test_many_raters_are_a_table_of_pair_shares_when_every_item_has_two_labels():
    codes = as_codes(FOUR_RATERS[:-1] - 1, 5)
    raters = (codes >= 0).sum(axis=1)[:, None, None]
    shares = (item_coincidences(codes, 5) / raters).sum(axis=0)
    expected = gwet_raters(label_counts(codes, 5), linear_weights(5))
    assert gwet_ac2_linear(shares) == pytest.approx(expected, abs=1e-14)


def test_linear_ac2_equals_a_count_by_hand():
    # Agreement (1 + 0.5) / 2; shares 0.75, 0.25, 0; chance 5 / 6 * 2 * 0.1875.
    table = np.array([[1, 1, 0], [0, 0, 0], [0, 0, 0]])
    assert gwet_ac2_linear(table) == pytest.approx((0.75 - 0.3125) / (1 - 0.3125), abs=1e-15)


def test_one_category_throughout_is_defined_because_chance_is_zero():
    assert gwet_ac1(np.diag([0, 0, 25])) == 1.0


def test_nan_without_pairs():
    assert np.isnan(gwet_ac1(np.zeros((3, 3))))
    assert np.isnan(gwet_raters([[1, 0, 0], [0, 0, 1]], identity_weights(3)))
    assert np.isnan(gwet_raters(np.zeros((0, 3)), identity_weights(3)))
