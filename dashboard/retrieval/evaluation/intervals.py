"""Means over questions, and differences of means, with 95 % intervals."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

RESAMPLES = 10_000
SEED = 20_260
"""Fixed, so that the same rankings always give the same interval."""

TAIL = 0.025
"""Probability left out at each end of a 95 % interval."""

Z = 1.959963984540054
"""The normal quantile that leaves `TAIL` at each end."""

_BLOCK = 2_000_000
"""Drawn questions held at a time (16 MB)."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over questions with its 95 % interval.

    NaN means undefined: all of it without a question, the interval where every question has the same value,
    because a sample without variation does not prove its absence.

    Attributes:
        value: The mean.
        low: Lower end of the interval.
        high: Upper end of the interval.
        n: Questions that it rests on, those left out where the measure is undefined.
    """

    value: float
    low: float
    high: float
    n: int

    def to_json(self) -> dict[str, float | int | None]:
        """Return plain JSON values: null for NaN."""
        return {
            "value": _or_none(self.value),
            "low": _or_none(self.low),
            "high": _or_none(self.high),
            "n": self.n,
        }


def mean_interval(values: Array, *, resamples: int = RESAMPLES, seed: int = SEED) -> Estimate:
    """Return the mean of one measure with its interval; NaN values are left out.

    The interval is the percentile bootstrap that resamples questions (Efron 1979; for retrieval Sakai 2006).
    Values that are all 0 or 1, such as those of success@k, are a share: it has Wilson's interval (1927),
    which is right near 0 and 1, too.

    Args:
        values: One value per question.
        resamples: How many resamples to draw.
        seed: Seed of the generator.
    """
    defined = values[~np.isnan(values)]
    if len(defined) and np.isin(defined, (0.0, 1.0)).all():
        return _wilson(defined)
    return _bootstrap(defined, resamples, seed)


def paired_difference(a: Array, b: Array, *, resamples: int = RESAMPLES, seed: int = SEED) -> Estimate:
    """Return the mean of b - a with its percentile bootstrap interval over the questions.

    Both retrievers answered the same questions, so the differences are resampled: how hard a question is
    for both cancels out (Sakai 2006). A question on which either value is NaN is left out.

    Args:
        a: One value per question.
        b: The values of the other retriever, for the same questions in the same order.
        resamples: How many resamples to draw.
        seed: Seed of the generator.
    """
    differences = b - a
    return _bootstrap(differences[~np.isnan(differences)], resamples, seed)


def _wilson(values: Array) -> Estimate:
    n, share = len(values), float(values.mean())
    square = Z**2 / n
    centre = (share + square / 2.0) / (1.0 + square)
    reach = math.sqrt(square * (share * (1.0 - share) + square / 4.0)) / (1.0 + square)
    # At the borders the two terms cancel exactly; rounding must not leave 1e-17 or 1 - 1e-16.
    low = 0.0 if share == 0.0 else max(0.0, centre - reach)
    high = 1.0 if share == 1.0 else min(1.0, centre + reach)
    return Estimate(share, low, high, n)


def _bootstrap(values: Array, resamples: int, seed: int) -> Estimate:
    n = len(values)
    if not n:
        return Estimate(math.nan, math.nan, math.nan, 0)
    value = float(values.mean())
    # Equal values may differ in the last digit, according to the order of summation.
    if np.ptp(values) < 1e-12:
        return Estimate(value, math.nan, math.nan, n)
    means = np.concatenate(list(_resampled(values, resamples, seed)))
    low, high = np.quantile(means, [TAIL, 1.0 - TAIL])
    return Estimate(value, float(low), float(high), n)


def _resampled(values: Array, resamples: int, seed: int) -> Iterator[Array]:
    rng = np.random.default_rng(seed)
    block = max(1, _BLOCK // len(values))
    for start in range(0, resamples, block):
        size = min(block, resamples - start)
        yield values[rng.integers(0, len(values), size=(size, len(values)))].mean(axis=1)


def _or_none(number: float) -> float | None:
    return None if math.isnan(number) else number
