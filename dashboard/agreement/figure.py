"""The shape in which every agreement figure leaves this package."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum


class Undefined(StrEnum):
    """Why a figure, or only its interval, cannot be given; the interface translates the key."""

    NO_PAIRS = "no_pairs"
    """No item was labelled by both sides."""

    ONE_CATEGORY = "one_category"
    """Labels do not vary enough for the measure: chance alone would agree perfectly."""

    LABEL_ABSENT = "label_absent"
    """The side that forms the denominator never gave this label."""

    NO_VARIATION = "no_variation"
    """Every resample gives the same value, so the bootstrap says nothing about its error."""

    UNSTABLE = "unstable_resamples"
    """The measure is undefined in too many resamples for the interval to be trusted."""


@dataclass(frozen=True)
class Figure:
    """A measured value with its 95 % interval.

    NaN means undefined, and `reason` then says why. Where only the interval is undefined the
    value stands, `low` and `high` are NaN, and `reason` speaks of the interval.

    Attributes:
        value: The measure, on its own scale (a share, or a coefficient of at most 1).
        low: Lower end of the 95 % interval.
        high: Upper end of the 95 % interval.
        n: How many items the value rests on.
        reason: An `Undefined` key, or empty when value and interval are defined.
    """

    value: float
    low: float
    high: float
    n: int
    reason: str = ""

    @classmethod
    def undefined(cls, n: int, reason: Undefined) -> Figure:
        """Return a figure without value or interval."""
        return cls(math.nan, math.nan, math.nan, n, reason)

    def to_json(self) -> dict[str, float | int | str | None]:
        """Return plain JSON values: null for NaN, and `reason` only when there is one."""
        found: dict[str, float | int | str | None] = {
            "value": _or_none(self.value),
            "low": _or_none(self.low),
            "high": _or_none(self.high),
            "n": self.n,
        }
        if self.reason:
            found["reason"] = str(self.reason)
        return found


def _or_none(number: float) -> float | None:
    return None if math.isnan(number) else float(number)
