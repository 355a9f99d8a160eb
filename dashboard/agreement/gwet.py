"""Gwet's agreement coefficients, which stay steady when one label is very frequent."""

from __future__ import annotations

import numpy as np

from .table import Array, Codes, marginals, ratio, total
from .weights import identity_weights, linear_weights


def gwet(table: Array | Codes, weights: Array) -> Array:
    """Return Gwet's coefficient for two raters under given agreement weights (Gwet 2008, 2014).

    Chance agreement is taken to occur only on items that are hard to label, and is measured by
    how evenly the labels are spread over the scale. With one label throughout there is no chance
    agreement, so the coefficient is defined, and 1, where kappa is not.

    Args:
        table: Counts of shape (..., k, k), k at least 2, every category of the scale included.
        weights: Agreement weights of shape (k, k), 1 on the diagonal.

    Returns:
        Coefficients of at most 1, 0 at chance level, shape (...); NaN for a table without items.
    """
    rows, columns, n = marginals(table)
    shares = ratio(rows + columns, 2.0 * n[..., None])
    return _corrected(ratio(total(table, weights), n), shares, weights)


def gwet_ac1(table: Array | Codes) -> Array:
    """Return AC1, which counts only equal labels as agreement (Gwet 2008); see `gwet`."""
    return gwet(table, identity_weights(np.shape(table)[-1]))


def gwet_ac2_linear(table: Array | Codes) -> Array:
    """Return AC2 with linear weights, for ordered labels (Gwet 2014); see `gwet`."""
    return gwet(table, linear_weights(np.shape(table)[-1]))


def gwet_raters(counts: Array | Codes, weights: Array) -> float:
    """Return Gwet's coefficient for any number of raters, with gaps (Gwet 2014).

    Items with one label say how often labels are used but nothing about agreement.

    Args:
        counts: How many raters gave each label to each item, shape (items, k).
        weights: Agreement weights of shape (k, k), 1 on the diagonal.

    Returns:
        A coefficient of at most 1; NaN when no item has two labels.
    """
    given = np.asarray(counts, dtype=np.float64)
    given = given[given.sum(axis=1) > 0]
    raters = given.sum(axis=1)
    shares = (given / raters[:, None]).sum(axis=0) / max(len(given), 1)
    paired, pairs = given[raters > 1], raters[raters > 1]
    if not len(paired):
        return float("nan")
    agreed = (paired * (paired @ weights - 1.0)).sum(axis=1) / (pairs * (pairs - 1.0))
    return float(_corrected(agreed.mean(), shares, weights))


def _corrected(agreement: Array, shares: Array, weights: Array) -> Array:
    k = len(weights)
    spread = (shares * (1.0 - shares)).sum(axis=-1)
    chance = weights.sum() / (k * (k - 1)) * spread
    return np.asarray((agreement - chance) / (1.0 - chance))
