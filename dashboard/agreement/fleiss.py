"""Fleiss' kappa for any number of raters."""

from __future__ import annotations

import numpy as np

from .table import Array, Codes, marginals, ratio


def fleiss_kappa(shares: Array | Codes) -> Array:
    """Return Fleiss' kappa, for two raters known as Scott's pi (Scott 1955, Fleiss 1971).

    One minus observed over expected disagreement, where expectation gives every rater the label
    frequencies of all raters together. Where items have different numbers of raters, each item
    with at least two counts once.

    Args:
        shares: Symmetric tables of shape (..., k, k): over items, the sum of an item's ordered
            pairs of labels divided by their number.

    Returns:
        Coefficients of at most 1, 0 at chance level, shape (...). NaN without items and where
        only one label was ever given.
    """
    given, _, n = marginals(shares)
    observed = n - np.trace(np.asarray(shares, dtype=np.float64), axis1=-2, axis2=-1)
    return np.asarray(1.0 - n * ratio(observed, n**2 - (given**2).sum(axis=-1)))


def scott_pi(table: Array | Codes) -> Array:
    """Return Fleiss' kappa of two raters from counts of shape (..., k, k); see `fleiss_kappa`."""
    counts = np.asarray(table, dtype=np.float64)
    return fleiss_kappa(counts + counts.swapaxes(-1, -2))
