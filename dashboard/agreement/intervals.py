"""95 % intervals: Wilson for shares, percentile bootstrap for everything else."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from .figure import Undefined
from .resampling import RESAMPLES, SEED, resampled_totals
from .table import Array, Codes, distinct

Statistic = Callable[[Array], Array]
"""A measure of count tables, from shape (..., k, k) to shape (...)."""

TAIL = 0.025
"""Probability left out at each end of a 95 % interval."""

Z = 1.959963984540054
"""The normal quantile that leaves `TAIL` at each end."""


class Interval(NamedTuple):
    """Ends of a 95 % interval, NaN when undefined, with the reason."""

    low: float
    high: float
    dropped: int = 0
    """Resamples in which the measure was undefined."""
    reason: str = ""


def wilson(successes: float, n: float) -> Interval:
    """Return Wilson's score interval of a share (Wilson 1927).

    Args:
        successes: How many of the items count; need not be whole when n is an effective size.
        n: How many items there are.

    Returns:
        Ends from 0 to 1, never outside, and never of zero width; NaN when n is 0.
    """
    if n == 0:
        return Interval(math.nan, math.nan, reason=Undefined.NO_PAIRS)
    share, square = successes / n, Z**2 / n
    centre = (share + square / 2.0) / (1.0 + square)
    reach = math.sqrt(square * (share * (1.0 - share) + square / 4.0)) / (1.0 + square)
    # At the borders the two terms cancel exactly; rounding must not leave 1e-17 or 1 - 1e-16.
    low = 0.0 if successes == 0 else max(0.0, centre - reach)
    high = 1.0 if successes == n else min(1.0, centre + reach)
    return Interval(low, high)


def percentile(values: Array) -> Interval:
    """Return the 2.5th and 97.5th percentile of resampled values (Efron 1979).

    Undefined resamples (a resample may hold one label only) are dropped and counted. If they all
    lay beyond one end, that end would be wrong by their share; so when they exceed 2.5 % of the
    resamples, as much as lies beyond an end, nothing is known about it and the interval is
    undefined (worst-case bounds in the manner of Manski 1989). The interval is also undefined
    when all values are the same: a sample without disagreement does not prove its absence.

    Args:
        values: Resampled values, shape (resamples,), NaN where undefined.
    """
    defined = values[~np.isnan(values)]
    dropped = len(values) - len(defined)
    if dropped > TAIL * len(values) or not len(defined):
        return Interval(math.nan, math.nan, dropped, Undefined.UNSTABLE)
    # Equal values may differ in the last digit, according to the order of summation.
    if np.ptp(defined) < 1e-12:
        return Interval(math.nan, math.nan, dropped, Undefined.NO_VARIATION)
    low, high = np.quantile(defined, [TAIL, 1.0 - TAIL])
    return Interval(float(low), float(high), dropped)


def bootstrap(
    table: Array | Codes, statistic: Statistic, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval:
    """Return the percentile bootstrap interval of a measure over single items.

    Each item is one pair of labels, so drawing n items with replacement gives a table whose
    cells are multinomial with n and the observed shares. Drawing that table is the same
    bootstrap, at a cost that does not depend on n.

    Args:
        table: Counts of shape (k, k).
        statistic: The measure, vectorised over leading axes.
        resamples: How many resamples to draw.
        seed: Seed of the generator.
    """
    units, times = item_units(table)
    return _bootstrap(units, times, statistic, resamples, seed)


def bootstrap_clusters(
    tables: Array | Codes, statistic: Statistic, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Interval:
    """Return the percentile bootstrap interval of a measure over whole clusters.

    Answers to one question are alike, so whole questions are drawn (Davison and Hinkley 1997).
    Questions with equal tables are interchangeable: only distinct tables are drawn.

    Args:
        tables: Counts of each cluster, shape (clusters, k, k).
        statistic: The measure, vectorised over leading axes.
        resamples: How many resamples to draw.
        seed: Seed of the generator.
    """
    units, _, times = distinct(np.asarray(tables, dtype=np.int64))
    return _bootstrap(units, times, statistic, resamples, seed)


def item_units(table: Array | Codes) -> tuple[Codes, Codes]:
    """Return one-item tables, shape (d, k, k), for the cells in use, and their counts (d,)."""
    counts = np.asarray(table, dtype=np.int64)
    used = np.flatnonzero(counts)
    k = counts.shape[-1]
    units = np.eye(k * k, dtype=np.int64)[used]
    return units.reshape(len(used), k, k), counts.ravel()[used]


def _bootstrap(units: Codes, times: Codes, statistic: Statistic, resamples: int, seed: int) -> Interval:
    if not times.sum():
        return Interval(math.nan, math.nan, reason=Undefined.NO_PAIRS)
    blocks = resampled_totals(units, times, resamples, seed)
    return percentile(np.concatenate([statistic(block) for block in blocks]))
