"""Cohen's kappa, plain and weighted."""

from __future__ import annotations

import numpy as np

from .table import Array, Codes, marginals, ratio, total
from .weights import identity_weights, linear_weights, quadratic_weights


def weighted_kappa(table: Array | Codes, weights: Array) -> Array:
    """Return kappa under given agreement weights (Cohen 1968).

    One minus the observed disagreement over the disagreement expected if the two sides labelled
    independently, each with its own label frequencies.

    Args:
        table: Counts of shape (..., k, k).
        weights: Agreement weights of shape (k, k), 1 on the diagonal.

    Returns:
        Coefficients of at most 1, 0 at chance level, shape (...). NaN for a table without items
        and where both sides gave one and the same label throughout, since chance then agrees
        perfectly.
    """
    rows, columns, n = marginals(table)
    distance = 1.0 - weights
    expected = ((rows @ distance) * columns).sum(axis=-1)
    return np.asarray(1.0 - n * ratio(total(table, distance), expected))


def kappa(table: Array | Codes) -> Array:
    """Return unweighted kappa (Cohen 1960); see `weighted_kappa`."""
    return weighted_kappa(table, identity_weights(np.shape(table)[-1]))


def kappa_linear(table: Array | Codes) -> Array:
    """Return linear-weighted kappa, the headline for ordered labels; see `weighted_kappa`."""
    return weighted_kappa(table, linear_weights(np.shape(table)[-1]))


def kappa_quadratic(table: Array | Codes) -> Array:
    """Return quadratic-weighted kappa; see `weighted_kappa`.

    It grows with the number of categories (Brenner and Kliebsch 1996), so compare it only
    between scales of the same length.
    """
    return weighted_kappa(table, quadratic_weights(np.shape(table)[-1]))
