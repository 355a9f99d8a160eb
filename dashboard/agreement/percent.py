"""Percent agreement."""

from __future__ import annotations

import numpy as np

from .table import Array, Codes, marginals, ratio


def percent(table: Array | Codes) -> Array:
    """Return the share of items on which both sides gave the same label.

    It takes no account of chance: with one frequent label it is high for any judge, so it is
    never shown alone.

    Args:
        table: Counts of shape (..., k, k).

    Returns:
        Shares from 0 to 1 (not times 100), shape (...); NaN for a table without items.
    """
    _, _, n = marginals(table)
    return ratio(np.trace(table, axis1=-2, axis2=-1), n)
