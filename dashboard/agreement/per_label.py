"""How well the judge finds each label, people being the reference."""

from __future__ import annotations

import numpy as np

from .table import Array, Codes, marginals, ratio


def precision(table: Array | Codes) -> Array:
    """Return, of the items the judge gave each label, the share to which people gave it too.

    Args:
        table: Counts of shape (..., k, k), rows human, columns judge.

    Returns:
        Shares from 0 to 1, shape (..., k); NaN for a label the judge never gave.
    """
    _, judge, _ = marginals(table)
    return ratio(_agreed(table), judge)


def recall(table: Array | Codes) -> Array:
    """Return, of the items people gave each label, the share to which the judge gave it too.

    Args:
        table: Counts of shape (..., k, k), rows human, columns judge.

    Returns:
        Shares from 0 to 1, shape (..., k); NaN for a label people never gave.
    """
    human, _, _ = marginals(table)
    return ratio(_agreed(table), human)


def f1(table: Array | Codes) -> Array:
    """Return the harmonic mean of precision and recall (van Rijsbergen 1979).

    It is symmetric between the sides, and between raters of equal standing it is known as
    specific agreement (Cicchetti and Feinstein 1990).

    Args:
        table: Counts of shape (..., k, k).

    Returns:
        Values from 0 to 1, shape (..., k); NaN for a label that neither side gave.
    """
    human, judge, _ = marginals(table)
    return ratio(2.0 * _agreed(table), human + judge)


def _agreed(table: Array | Codes) -> Array:
    return np.diagonal(np.asarray(table, dtype=np.float64), axis1=-2, axis2=-1)
