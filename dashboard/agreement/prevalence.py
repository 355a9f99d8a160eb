"""How frequent each label is, without which no coefficient can be read."""

from __future__ import annotations

from .table import Array, Codes, marginals, ratio


def human_prevalence(table: Array | Codes) -> Array:
    """Return the share of items to which people gave each label.

    Args:
        table: Counts of shape (..., k, k), rows human, columns judge.

    Returns:
        Shares from 0 to 1 that sum to 1, shape (..., k); NaN for a table without items.
    """
    human, _, n = marginals(table)
    return ratio(human, n[..., None])


def judge_prevalence(table: Array | Codes) -> Array:
    """Return the share of items to which the judge gave each label; see `human_prevalence`."""
    _, judge, n = marginals(table)
    return ratio(judge, n[..., None])
