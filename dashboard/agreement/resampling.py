"""Bootstrap resamples of count tables, at a cost that does not depend on the number of items."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from .table import Array, Codes

RESAMPLES = 10_000
SEED = 20_260
"""Fixed, so that the same labels always give the same interval."""

_BLOCK = 4_000_000
"""Numbers of one array held at a time (32 MB)."""

_SLICE = 1_000_000
"""Resampled units held at a time; small enough to stay near the processor's cache."""

_PIECE = 2**18
"""Multiplications in a matrix product up to which OpenBLAS starts no thread."""

_DRAW_COST = 16
"""A binomial draw takes about as long as 16 index draws (measured, numpy 2.4)."""


def resampled_totals(units: Array | Codes, times: Codes, resamples: int, seed: int) -> Iterator[Array]:
    """Yield sums over units drawn with replacement, in blocks of bounded size.

    Drawing as many units as there are and adding up what each contributes is the ordinary
    bootstrap. Since a sum depends only on how often each distinct unit was drawn, and those
    numbers are multinomial, they are drawn directly.

    Args:
        units: What each distinct unit contributes, shape (d, ...): for single items the count
            table with a one in one cell, for questions the count table of its answers.
        times: How many units of each kind were observed, shape (d,).
        resamples: How many resamples to draw.
        seed: Seed of the generator.

    Yields:
        Totals of shape (block, ...); the blocks together hold `resamples` of them.
    """
    rng = np.random.default_rng(seed)
    flat = np.asarray(units, dtype=np.float64).reshape(len(units), -1)
    block = max(1, _BLOCK // flat.shape[1])
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        yield _totals(rng, flat, times, size).reshape(size, *units.shape[1:])


def _totals(rng: np.random.Generator, flat: Array, times: Codes, size: int) -> Array:
    n, d = int(times.sum()), len(times)
    # How often a frequent kind is drawn comes from one binomial; rare kinds are drawn one by one.
    frequent = np.flatnonzero(times > _DRAW_COST)
    rare = np.flatnonzero(times <= _DRAW_COST)
    members = np.repeat(rare, times[rare])
    shares = np.append(times[frequent], len(members)) / n
    found = np.empty((size, flat.shape[1]))
    step = max(1, _SLICE // (len(members) + d))
    for start in range(0, size, step):
        rows = min(step, size - start)
        drawn = rng.multinomial(n, shares, size=rows)
        one_by_one = drawn[:, -1]
        often = np.zeros((rows, d))
        if len(members):
            cells = members[rng.integers(0, len(members), size=one_by_one.sum())]
            cells += np.repeat(np.arange(rows) * d, one_by_one)
            often[:] = np.bincount(cells, minlength=rows * d).reshape(rows, d)
        often[:, frequent] = drawn[:, :-1]
        found[start : start + rows] = _product(often, flat)
    return found


def _product(often: Array, flat: Array) -> Array:
    # In pieces that BLAS multiplies on the calling thread. Left whole, its threads wait for one
    # another, which takes many times longer wherever other work shares the processors.
    depth = min(len(flat), max(16, _PIECE // (8 * flat.shape[1])), 256)
    height = max(1, _PIECE // (depth * flat.shape[1]))
    found = np.zeros((len(often), flat.shape[1]))
    for top in range(0, len(often), height):
        for left in range(0, len(flat), depth):
            part = often[top : top + height, left : left + depth]
            found[top : top + height] += part @ flat[left : left + depth]
    return found


def cluster_units(kinds: Codes, clusters: Codes, features: Array | Codes) -> tuple[Array, Codes]:
    """Return what each distinct cluster contributes, and how many clusters are like it.

    Args:
        kinds: Kind of each item, an index into `features`, shape (n,).
        clusters: Cluster of each item, 0..g-1, shape (n,).
        features: What one item of each kind contributes, shape (kinds, ...).

    Returns:
        Sums over the items of each distinct cluster, shape (d, ...), and multiplicities, (d,).
        Neither depends on the order of the items.
    """
    # Clusters are alike when they hold the same kinds equally often. A sum of random 64-bit marks
    # tells so at once; two different clusters share it with odds of about 1 to 10^19.
    marks = np.random.default_rng(SEED).integers(0, 2**64, size=len(features), dtype=np.uint64)
    sums = np.zeros(int(clusters.max()) + 1, dtype=np.uint64)
    np.add.at(sums, clusters, marks[kinds])
    _, first, times = np.unique(sums, return_index=True, return_counts=True)

    slots = np.full(len(sums), -1)
    slots[first] = np.arange(len(first))
    kept = np.flatnonzero(slots[clusters] >= 0)
    kept = kept[np.argsort(kinds[kept], kind="stable")]
    flat = np.asarray(features, dtype=np.float64).reshape(len(features), -1)
    units = np.empty((len(first), flat.shape[1]))
    for column, values in enumerate(flat.T):
        weights = values[kinds[kept]]
        units[:, column] = np.bincount(slots[clusters[kept]], weights, minlength=len(first))
    return units.reshape(-1, *features.shape[1:]), times.astype(np.int64)
