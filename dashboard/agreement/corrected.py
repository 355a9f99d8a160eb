"""The share of correct answers: what people say, what the judge says, and both together."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .clustered import cluster_sums, effective_size
from .figure import Figure, Undefined
from .intervals import Z, wilson
from .result import check_labels
from .table import MISSING, Codes, Flags, as_codes

WEAKEST = 0.1
"""Youden's J below which Rogan and Gladen's estimate is refused."""

UNSEEN = 0.5
"""Disagreements imagined besides those seen: among few labels a judge may look perfect by luck."""

ESTIMATES = (
    "human_only",
    "judge_only",
    "ppi",
    "rogan_gladen",
    "youden_j",
    "true_positive_rate",
    "true_negative_rate",
)
"""Figures in the order in which they are reported."""


@dataclass(frozen=True, slots=True)
class CorrectedRate:
    """Four estimates of one share, and how well the judge tells that label from the rest.

    Attributes:
        category: The label whose share is estimated.
        human_only: Share among the items that people and judge labelled.
        judge_only: The judge's share among all items it labelled.
        ppi: The people's share, moved by what the judge sees on the items without a human label.
        rogan_gladen: The judge's share there, corrected for its two rates of error.
        youden_j: True positive rate plus true negative rate less 1; 0 for a judge that guesses.
        true_positive_rate: Share of people's positives that the judge calls so.
        true_negative_rate: Share of people's negatives that the judge calls so.
        power: How much of the judge's difference enters `ppi`, 0 to 1.
    """

    category: str
    human_only: Figure
    judge_only: Figure
    ppi: Figure
    rogan_gladen: Figure
    youden_j: Figure
    true_positive_rate: Figure
    true_negative_rate: Figure
    power: float

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        figures = {name: getattr(self, name).to_json() for name in ESTIMATES}
        return {"category": self.category, **figures, "power": self.power}


def corrected_rate(
    human: ArrayLike | Sequence[Any],
    judge: ArrayLike | Sequence[Any],
    *,
    categories: Sequence[str],
    clusters: ArrayLike | None = None,
) -> CorrectedRate:
    """Estimate the share of the highest category among all items that the judge labelled.

    The items that people labelled should be a random sample of these; no correction mends
    another choice. Where cluster ids repeat, sizes are effective ones (Kish 1965).

    Args:
        human: Codes into `categories`, shape (n,); -1, None or NaN where there is no label.
        judge: Codes of the judge, in the same form.
        categories: Category names, lowest first.
        clusters: Cluster id of each item, such as its question, shape (n,).

    Raises:
        ValueError: If a code is out of range.
    """
    labels = check_labels(categories)
    k = len(labels)
    people, machine = as_codes(human, k), as_codes(judge, k)
    judged = machine != MISSING
    people, machine = people[judged], machine[judged]
    groups: Codes | None = None
    if clusters is not None:
        ids, inverse = np.unique(np.asarray(clusters)[judged], return_inverse=True)
        groups = inverse if len(ids) < len(machine) else None
    labelled, truth, called = people != MISSING, people == k - 1, machine == k - 1

    def sized(hits: Flags, where: Flags) -> tuple[float, float, int]:
        n = int(where.sum())
        size = effective_size(hits[where], None if groups is None else groups[where])
        return (float(hits[where].mean()) if n else math.nan), size, n

    of_people, of_judge, of_others = (
        sized(truth, labelled),
        sized(called, judged[judged]),
        sized(called, ~labelled),
    )
    hit, spared = sized(called, labelled & truth), sized(~called, labelled & ~truth)
    human_only = _share(*of_people, Undefined.NO_PAIRS)
    j = _youden(hit, spared)
    power, shrink = _tune(truth, called, labelled, groups)
    return CorrectedRate(
        labels[-1],
        human_only,
        _share(*of_judge, Undefined.NO_PAIRS),
        _ppi(human_only, power, shrink, of_others[0], called[labelled]),
        _rogan_gladen(of_others, hit, spared, j),
        j,
        _share(*hit, Undefined.LABEL_ABSENT),
        _share(*spared, Undefined.LABEL_ABSENT),
        power,
    )


def _share(value: float, size: float, n: int, missing: Undefined) -> Figure:
    if not n:
        return Figure.undefined(0, missing)
    interval = wilson(value * size, size)
    return Figure(value, interval.low, interval.high, n)


def _tune(truth: Flags, called: Flags, labelled: Flags, groups: Codes | None) -> tuple[float, float]:
    """Return the power of PPI++ and by what factor it shrinks the standard error.

    The power is Cov(Y, f) / ((1 + n / N) Var(f)), kept from 0 to 1 (Angelopoulos, Duchi and
    Zrnic 2023, PPI++, arXiv 2311.01453), and 0 where it would widen the interval.
    """
    n, others = int(labelled.sum()), int((~labelled).sum())
    spread = float(called.var()) if len(called) else 0.0
    if not n or not others or spread == 0.0:
        return 0.0, 1.0
    y, f = truth.astype(np.float64), called.astype(np.float64)
    y_own, f_own = y - y[labelled].mean(), f - f[labelled].mean()
    power = float((y_own * f_own)[labelled].mean()) / ((1.0 + n / others) * spread)
    power = min(1.0, max(0.0, power))
    # What each item adds to the estimate's error, without and with the judge.
    plain = np.where(labelled, y_own / n, 0.0)
    moved = plain + power * np.where(labelled, -f_own / n, (f - f[~labelled].mean()) / others)
    before, after = (float((cluster_sums(part, groups) ** 2).sum()) for part in (plain, moved))
    after += UNSEEN / n**2
    if after >= before:
        return 0.0, 1.0
    return power, math.sqrt(after / before)


def _ppi(human_only: Figure, power: float, shrink: float, of_others: float, called: Flags) -> Figure:
    """Return the power-tuned mean, its interval that of the people's share moved and shrunk.

    The standard error is that of PPI++, with `UNSEEN` disagreements more. Its normal interval would
    be too short for few labels and shares near 0 or 1. Wilson's ends, brought nearer to the value
    by the ratio of the standard errors, become the same with many labels, and are never farther
    apart than those from people alone.
    """
    if math.isnan(human_only.value) or not power:
        return human_only
    value = human_only.value + power * (of_others - float(called.mean()))
    ends = (value + shrink * (end - human_only.value) for end in (human_only.low, human_only.high))
    value, low, high = (min(1.0, max(0.0, number)) for number in (value, *ends))
    return Figure(value, low, high, human_only.n)


def _youden(hit: tuple[float, float, int], spared: tuple[float, float, int]) -> Figure:
    """Return J with the interval of a difference of two shares (Newcombe 1998, method 10)."""
    n = hit[2] + spared[2]
    if not n:
        return Figure.undefined(0, Undefined.NO_PAIRS)
    if not (hit[2] and spared[2]):
        return Figure.undefined(n, Undefined.ONE_CATEGORY)
    (p, size_p, _), (q, size_q, _) = hit, spared
    ends_p, ends_q = wilson(p * size_p, size_p), wilson(q * size_q, size_q)
    j = p + q - 1.0
    low = j - math.hypot(p - ends_p.low, q - ends_q.low)
    high = j + math.hypot(ends_p.high - p, ends_q.high - q)
    return Figure(j, low, high, n)


def _rogan_gladen(
    others: tuple[float, float, int],
    hit: tuple[float, float, int],
    spared: tuple[float, float, int],
    j: Figure,
) -> Figure:
    """Return Rogan and Gladen's estimate (1978) with the interval of Lang and Reiczigel (2014).

    It holds the noise of the judged sample and of both error rates, each sample enlarged by a
    few imagined items. The three samples must be independent, so the judge's share is taken on
    the items without a human label. Refused where J may be 0, since it is the denominator.
    """
    if math.isnan(j.value):
        return Figure.undefined(j.n, Undefined(j.reason))
    if not others[2]:
        return Figure.undefined(j.n, Undefined.NO_UNLABELLED)
    if j.value < WEAKEST or j.low <= 0.0:
        return Figure.undefined(j.n, Undefined.WEAK_JUDGE)
    value = (others[0] + spared[0] - 1.0) / j.value
    (apparent, n_apparent), (p, n_p), (q, n_q) = (
        ((share * size + extra) / (size + 2.0 * extra), size + 2.0 * extra)
        for (share, size, _), extra in ((others, Z**2 / 2.0), (hit, 1.0), (spared, 1.0))
    )
    denominator = p + q - 1.0
    centre = (apparent + q - 1.0) / denominator
    noise_p, noise_q = p * (1.0 - p) / n_p, q * (1.0 - q) / n_q
    noise = apparent * (1.0 - apparent) / n_apparent + centre**2 * noise_p + (1.0 - centre) ** 2 * noise_q
    reach = Z * math.sqrt(noise) / denominator
    middle = centre + 2.0 * Z**2 * (centre * noise_p - (1.0 - centre) * noise_q)
    value, low, high = (min(1.0, max(0.0, end)) for end in (value, middle - reach, middle + reach))
    return Figure(value, min(low, value), max(high, value), j.n + others[2])
