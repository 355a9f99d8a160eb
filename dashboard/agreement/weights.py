"""Agreement weights: how much of an agreement each pair of labels is worth."""

from __future__ import annotations

from functools import cache

import numpy as np

from .table import Array


@cache
def identity_weights(k: int) -> Array:
    """Return weights that count only equal labels, shape (k, k)."""
    return _frozen(np.eye(k))


@cache
def linear_weights(k: int) -> Array:
    """Return 1 - |i - j| / (k - 1), shape (k, k) (Cicchetti and Allison 1971)."""
    return _frozen(1.0 - _steps(k) / (k - 1))


@cache
def quadratic_weights(k: int) -> Array:
    """Return 1 - (i - j)^2 / (k - 1)^2, shape (k, k) (Fleiss and Cohen 1973)."""
    return _frozen(1.0 - (_steps(k) / (k - 1)) ** 2)


def _steps(k: int) -> Array:
    order = np.arange(k, dtype=np.float64)
    return np.abs(order[:, None] - order[None, :])


def _frozen(weights: Array) -> Array:
    # The cache hands the same array to every caller.
    weights.setflags(write=False)
    return weights
