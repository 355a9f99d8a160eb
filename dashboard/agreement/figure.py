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

    TOO_FEW_PEOPLE = "too_few_people"
    """No answer of the judge was labelled by two people."""

    TOO_FEW_ITEMS = "too_few_items"
    """No annotator labelled enough of the answers that others and the judge labelled, too."""

    NO_UNLABELLED = "no_unlabelled"
    """The judge labelled nothing besides what people labelled, so there is nothing to correct."""

    WEAK_JUDGE = "weak_judge"
    """The judge does not tell correct answers from others well enough to be corrected."""

    TOO_FEW_SCORES = "too_few_scores"
    """Too few labelled answers have a score of the judge."""

    NO_INTERVAL = "no_interval"
    """The value is a verdict or a projection, not an estimate that has an error of sampling."""


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

    @classmethod
    def without_interval(cls, value: float, n: int) -> Figure:
        """Return a figure that is no estimate, so that it has no interval."""
        return cls(value, math.nan, math.nan, n, Undefined.NO_INTERVAL)

    def to_json(self) -> dict[str, float | int | str | None]:
        """Return plain JSON values: null for NaN, and `reason` only when there is one."""
        found: dict[str, float | int | str | None] = {
            "value": or_none(self.value),
            "low": or_none(self.low),
            "high": or_none(self.high),
            "n": self.n,
        }
        if self.reason:
            found["reason"] = str(self.reason)
        return found


def or_none(number: float) -> float | None:
    """Return None for NaN, which JSON cannot hold."""
    return None if math.isnan(number) else float(number)
