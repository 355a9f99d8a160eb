"""Measures evaluated once on the data and once on every resample, by the same function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from .figure import Figure, Undefined
from .intervals import percentile, wilson
from .resampling import resampled_totals
from .table import Array, Codes

Measures = Callable[[Array], Mapping[str, Array]]
"""From totals of shape (..., *shape) to named values of shape (...) or (..., labels)."""


class Support(NamedTuple):
    """What a share rests on."""

    n: int
    """Items in its denominator."""
    units: int | None
    """Questions (or items with many raters) these come from; None when items are independent."""


@dataclass(frozen=True)
class Estimates:
    """Point values and resampled values by name; all figures share the same resamples."""

    n: int
    point: Mapping[str, Array]
    draws: Mapping[str, Array]

    def coefficient(
        self, name: str, missing: Undefined, *, label: int | None = None, n: int | None = None
    ) -> Figure:
        """Return a figure with its bootstrap interval; `missing` explains an undefined value."""
        size = self.n if n is None else n
        value = self._value(name, label)
        if math.isnan(value):
            return self._undefined(size, missing)
        interval = percentile(self._draws(name, label))
        return Figure(value, interval.low, interval.high, size, interval.reason)

    def share(self, name: str, support: Support, missing: Undefined, *, label: int | None = None) -> Figure:
        """Return a share with Wilson's interval, or the bootstrap's where items hang together.

        Where the bootstrap has no interval (all agree, or few units hold the label), Wilson's over
        whole units stands in: it takes all items of a unit for one, so it errs on the wide side.
        """
        value = self._value(name, label)
        if math.isnan(value):
            return self._undefined(support.n, missing)
        if support.units is None:
            interval = wilson(value * support.n, support.n)
        else:
            interval = percentile(self._draws(name, label))
            if interval.reason:
                interval = wilson(value * support.units, support.units)
        return Figure(value, interval.low, interval.high, support.n, interval.reason)

    def _value(self, name: str, label: int | None) -> float:
        found = self.point[name]
        return float(found if label is None else found[label])

    def _draws(self, name: str, label: int | None) -> Array:
        found = self.draws[name]
        return found if label is None else found[:, label]

    def _undefined(self, size: int, missing: Undefined) -> Figure:
        return Figure.undefined(size, missing if self.n else Undefined.NO_PAIRS)


def estimate(
    measures: Measures, units: Array | Codes, times: Codes, n: int, resamples: int, seed: int
) -> Estimates:
    """Evaluate measures on the sum over all units and on resampled sums.

    Args:
        measures: The measures, vectorised over leading axes.
        units: What each distinct unit contributes, shape (d, ...).
        times: How many units of each kind there are, shape (d,).
        n: Number of items behind the figures.
        resamples: How many resamples to draw.
        seed: Seed of the generator.
    """
    point = measures(np.tensordot(times.astype(np.float64), units, axes=1))
    if not n:
        return Estimates(n, point, {})
    blocks = [dict(measures(total)) for total in resampled_totals(units, times, resamples, seed)]
    return Estimates(n, point, {key: np.concatenate([b[key] for b in blocks]) for key in point})
