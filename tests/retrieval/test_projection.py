"""The plane of the map: values computed by hand, and vectors that do not differ."""

import math

import numpy as np
import pytest

from dashboard.retrieval.projection import fit_plane


def test_the_first_direction_is_the_one_in_which_vectors_differ_most() -> None:
    # Deviations from the mean (1, 1): 3 twice along x, 1 twice along y. Variances 18/3 and 2/3: 9 to 1.
    vectors = np.array([[4, 1], [-2, 1], [1, 2], [1, 0]], dtype=np.float32)
    plane = fit_plane(vectors)
    assert plane.shares == pytest.approx((0.9, 0.1))
    places = plane.places(vectors)
    np.testing.assert_allclose(np.abs(places), [[3, 0], [3, 0], [0, 1], [0, 1]], atol=1e-6)
    np.testing.assert_allclose(places[0], -places[1], atol=1e-6)


@pytest.mark.parametrize("count", [1, 3])
def test_vectors_that_do_not_differ_lie_on_one_point_and_have_no_shares(count: int) -> None:
    vectors = np.tile(np.array([[0.6, 0.8, 0.0]], dtype=np.float32), (count, 1))
    plane = fit_plane(vectors)
    assert all(math.isnan(share) for share in plane.shares)
    np.testing.assert_array_equal(plane.places(vectors), np.zeros((count, 2)))


def test_the_same_vectors_always_give_the_same_places() -> None:
    vectors = np.random.default_rng(3).normal(size=(50, 8)).astype(np.float32)
    first, second = (fit_plane(vectors).places(vectors) for _ in range(2))
    np.testing.assert_array_equal(first, second)
