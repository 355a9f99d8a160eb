"""Kendall's rank correlation."""

from __future__ import annotations

import numpy as np

from .table import Array, Codes, marginals, ratio


def kendall(table: Array | Codes) -> Array:
    """Return Kendall's tau-b between the two sides (Kendall 1945).

    Of the pairs of items that both sides tell apart, the share that both put in the same order
    less the share that they put in opposite orders, corrected for ties. Like Spearman's rho it
    does not see a judge that is uniformly too kind or too strict.

    Args:
        table: Counts of shape (..., k, k), categories in order.

    Returns:
        Correlations from -1 to 1, shape (...); NaN where a side gave only one label.
    """
    counts = np.asarray(table, dtype=np.float64)
    rows, columns, n = marginals(counts)
    pairs = n * (n - 1.0) / 2.0
    told_apart = [pairs - (given * (given - 1.0)).sum(axis=-1) / 2.0 for given in (rows, columns)]
    surplus = _concordant(counts) - _concordant(counts[..., ::-1])
    return np.clip(ratio(surplus, np.sqrt(told_apart[0]) * np.sqrt(told_apart[1])), -1.0, 1.0)


def _concordant(counts: Array) -> Array:
    """Return the number of pairs of items of which one lies higher on both sides."""
    beyond = np.flip(np.flip(counts, (-2, -1)).cumsum(axis=-2).cumsum(axis=-1), (-2, -1))
    return np.asarray((counts[..., :-1, :-1] * beyond[..., 1:, 1:]).sum(axis=(-2, -1)))
