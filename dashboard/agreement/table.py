"""Count tables: how often each pair of labels met on an item."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

MISSING = -1
"""Code of a label that was not given; None and NaN are read as this."""


class Counts(NamedTuple):
    """How the items divide between the two sides; items that nobody touched are in none."""

    matched: int
    """Labelled by both sides; only these enter a figure."""
    judge_only: int
    human_only: int
    unscored: int
    """The judge replied but its reply could not be read, with or without a human label."""


def as_codes(values: ArrayLike | Sequence[Any], k: int) -> Codes:
    """Return label codes as integers, with `MISSING` where there is no label.

    Args:
        values: Codes 0..k-1 in any shape; `MISSING`, None and NaN all mean no label.
        k: Number of categories.

    Raises:
        ValueError: If a value is not a whole number from -1 to k-1.
    """
    raw = np.asarray(values)
    if raw.dtype.kind not in "iu":
        raw = np.asarray(raw, dtype=np.float64)
        raw = np.where(np.isnan(raw), MISSING, raw)
    with np.errstate(invalid="ignore"):
        codes = raw.astype(np.int64)
    wrong = (codes != raw) | (codes < MISSING) | (codes >= k)
    if wrong.any():
        raise ValueError(
            f"label codes must be whole numbers from 0 to {k - 1}, or {MISSING}, None or NaN "
            f"for no label; found {raw[wrong].flat[0]}"
        )
    return codes


def count_table(human: Codes, judge: Codes, k: int) -> Codes:
    """Count the label pairs of items that both sides labelled.

    Args:
        human: Codes of one side, shape (n,).
        judge: Codes of the other side, shape (n,).
        k: Number of categories.

    Returns:
        Counts of shape (k, k); rows are human, columns are judge.
    """
    both = (human != MISSING) & (judge != MISSING)
    return np.bincount(human[both] * k + judge[both], minlength=k * k).reshape(k, k)


def cluster_tables(human: Codes, judge: Codes, clusters: ArrayLike, k: int) -> Codes:
    """Count the label pairs of each cluster, such as all answers to one question.

    Args:
        human: Codes of one side, shape (n,).
        judge: Codes of the other side, shape (n,).
        clusters: Cluster id of each item, shape (n,), of one sortable type.
        k: Number of categories.

    Returns:
        Counts of shape (clusters with a pair, k, k), in the order of the sorted ids.
    """
    both = (human != MISSING) & (judge != MISSING)
    ids, inverse = np.unique(np.asarray(clusters)[both], return_inverse=True)
    cells = inverse * (k * k) + human[both] * k + judge[both]
    return np.bincount(cells, minlength=len(ids) * k * k).reshape(len(ids), k, k)


def distinct(stacked: Codes) -> tuple[Codes, Codes, Codes]:
    """Return the distinct entries of a stack, where each entry went, and how often each occurs.

    Args:
        stacked: Whole numbers of shape (n, ...), each at least `MISSING`.

    Returns:
        The distinct entries, shape (d, ...), in an order that depends on nothing but them; the
        index among them of each entry of the stack, shape (n,); multiplicities, shape (d,).
    """
    flat = stacked.reshape(len(stacked), math.prod(stacked.shape[1:])) - MISSING
    base = int(flat.max(initial=0)) + 1
    if base ** flat.shape[1] < 2**62:
        # One integer a row sorts many times faster than rows do.
        keys = flat @ (base ** np.arange(flat.shape[1], dtype=np.int64))
        found = np.unique_all(keys)
        return stacked[found.indices], found.inverse_indices, found.counts
    _, first, inverse, times = np.unique(
        flat, axis=0, return_index=True, return_inverse=True, return_counts=True
    )
    return stacked[first], inverse.reshape(-1), times


def marginals(table: Array | Codes) -> tuple[Array, Array, Array]:
    """Return row sums (human), column sums (judge) and total of tables of shape (..., k, k)."""
    counts = np.asarray(table, dtype=np.float64)
    rows = counts.sum(axis=-1)
    return rows, counts.sum(axis=-2), rows.sum(axis=-1)


def total(table: Array | Codes, cell_weights: Array) -> Array:
    """Return the sum of cells times weights for tables of shape (..., k, k)."""
    counts = np.asarray(table, dtype=np.float64)
    return np.asarray(np.einsum("...ij,ij->...", counts, cell_weights))


def ratio(numerator: Array, denominator: Array) -> Array:
    """Divide, giving NaN wherever the denominator is zero."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(denominator == 0, np.nan, np.divide(numerator, denominator))
