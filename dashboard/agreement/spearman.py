"""Spearman's rank correlation."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .table import Array, Codes, marginals, ratio


def spearman(table: Array | Codes) -> Array:
    """Return Spearman's rho between the two sides (Spearman 1904; ties by mid-ranks).

    It asks whether the judge puts answers in the same order as people do, and does not see a
    judge that is uniformly too kind or too strict.

    Args:
        table: Counts of shape (..., k, k), categories in order.

    Returns:
        Correlations from -1 to 1, shape (...); NaN where a side gave only one label.
    """
    counts = np.asarray(table, dtype=np.float64)
    rows, columns, n = marginals(counts)
    human, judge = _centred_ranks(rows, n), _centred_ranks(columns, n)
    covariance = (np.einsum("...ij,...j->...i", counts, judge) * human).sum(axis=-1)
    spread = np.sqrt((rows * human**2).sum(axis=-1)) * np.sqrt((columns * judge**2).sum(axis=-1))
    return np.clip(ratio(covariance, spread), -1.0, 1.0)


def rank_correlation(first: ArrayLike, second: ArrayLike) -> float:
    """Return Spearman's rho between two measures of the same items, such as a length and a score.

    Args:
        first: Numbers of shape (n,).
        second: Numbers of shape (n,).

    Returns:
        A correlation from -1 to 1; NaN where a measure does not vary, as without items.
    """
    ranks, others = _midranks(first), _midranks(second)
    spread = np.sqrt((ranks @ ranks) * (others @ others))
    return float(np.clip(ratio(ranks @ others, spread), -1.0, 1.0))


def _midranks(measured: ArrayLike) -> Array:
    _, place, given = np.unique(np.asarray(measured), return_inverse=True, return_counts=True)
    return _centred_ranks(given.astype(np.float64), np.asarray(float(len(place))))[place]


def _centred_ranks(given: Array, n: Array) -> Array:
    # Exactly zero for a label that every item has, so that "no spread" is seen as such.
    return np.asarray(given.cumsum(axis=-1) - given / 2.0 - n[..., None] / 2.0)
