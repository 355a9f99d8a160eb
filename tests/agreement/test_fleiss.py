"""Fleiss' kappa against statsmodels and a published example."""

import numpy as np
import pytest
from statsmodels.stats.inter_rater import fleiss_kappa as statsmodels_fleiss

from dashboard.agreement.fleiss import fleiss_kappa, scott_pi

# The worked example of Wikipedia's article "Fleiss' kappa": ten subjects, fourteen raters, five
# categories; kappa is 0.210.
COUNTS = np.array(
    [
        [0, 0, 0, 0, 14],
        [0, 2, 6, 4, 2],
        [0, 0, 3, 5, 6],
        [0, 3, 9, 2, 0],
        [2, 2, 8, 1, 1],
        [7, 7, 0, 0, 0],
        [3, 2, 6, 3, 0],
        [2, 5, 3, 2, 2],
        [6, 5, 2, 1, 0],
        [0, 2, 2, 3, 7],
    ]
)


def pair_shares(counts):
    raters = counts.sum(axis=1)
    pairs = counts[:, :, None] * counts[:, None, :] - counts[:, :, None] * np.eye(counts.shape[1])
    return (pairs / (raters * (raters - 1))[:, None, None]).sum(axis=0)


def test_the_published_example():
    assert fleiss_kappa(pair_shares(COUNTS)) == pytest.approx(0.210, abs=5e-4)


def test_random_tables_equal_statsmodels():
    rng = np.random.default_rng(1)
    for k, raters in ((2, 3), (3, 2), (5, 6)):
        counts = rng.multinomial(raters, rng.dirichlet(np.ones(k)), size=40)
        assert fleiss_kappa(pair_shares(counts)) == pytest.approx(statsmodels_fleiss(counts), abs=1e-10)


def test_two_raters_are_scott_pi():
    # Scott 1955: agreement 0.7, chance 0.5 ** 2 + 0.5 ** 2.
    assert scott_pi(np.array([[35, 20], [10, 35]])) == pytest.approx((0.7 - 0.5) / (1 - 0.5))


@pytest.mark.parametrize("table", [np.zeros((3, 3)), np.diag([0, 0, 25])])
def test_nan_without_items_and_with_one_category(table):
    assert np.isnan(scott_pi(table))
