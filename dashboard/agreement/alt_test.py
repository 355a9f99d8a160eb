"""May the judge stand in for an annotator? The alternative-annotator test."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike

from .estimates import estimate
from .figure import Figure, Undefined
from .krippendorff import label_counts
from .resampling import RESAMPLES, SEED, cluster_units
from .table import MISSING, Array, Codes, as_codes, distinct, ratio

Score = Literal["accuracy", "neg_rmse"]

EPSILON = 0.2
"""How far a cheaper judge may fall short: 0.2 of experts, 0.15 of skilled people, 0.1 of a crowd."""

FALSE_DISCOVERIES = 0.05
"""Expected share of wrong wins among the wins, at most."""

PEOPLE = 2
"""Annotators that an item needs."""

ITEMS = 30
"""Items that an annotator needs, below which the t-test cannot be relied upon."""

PASSES = 0.5
"""Winning rate from which the judge may stand in."""


@dataclass(frozen=True, slots=True)
class Contest:
    """The judge against one annotator, each compared with all other annotators.

    Attributes:
        annotator: Who is left out.
        n: Items that this annotator, the judge and at least one other annotator labelled.
        judge: Share of items on which the judge is as close to the others as the annotator, or closer.
        human: The same share for the annotator; both hold where they are equally close.
        p: One-sided p-value of "the annotator's share exceeds the judge's by epsilon or more".
        p_adjusted: The same, adjusted over annotators.
        won: Whether the judge wins.
    """

    annotator: str
    n: int
    judge: float
    human: float
    p: float
    p_adjusted: float
    won: bool


@dataclass(frozen=True, slots=True)
class AltTest:
    """The verdict of the alternative-annotator test.

    Attributes:
        score: How closeness to the others is measured.
        epsilon: What the judge may fall short.
        n: Items that the judge and at least two annotators labelled.
        winning_rate: Share of annotators against whom the judge wins.
        advantage: Mean over annotators of the chance that the judge is as close to the others.
        contests: One an annotator with enough items.
        left_out: Annotators with too few items.
    """

    score: Score
    epsilon: float
    n: int
    winning_rate: Figure
    advantage: Figure
    contests: tuple[Contest, ...]
    left_out: tuple[str, ...]

    @property
    def passed(self) -> bool | None:
        """Whether the judge may stand in for an annotator; None where that cannot be tested."""
        return None if math.isnan(self.winning_rate.value) else self.winning_rate.value >= PASSES

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "score": self.score,
            "epsilon": self.epsilon,
            "q": FALSE_DISCOVERIES,
            "n": self.n,
            "passed": self.passed,
            "winning_rate": self.winning_rate.to_json(),
            "advantage_probability": self.advantage.to_json(),
            "annotators": [asdict(contest) for contest in self.contests],
            "left_out": list(self.left_out),
        }


def alt_test(
    ratings: ArrayLike | Sequence[Sequence[Any]],
    judge: ArrayLike | Sequence[Any],
    *,
    values: Sequence[float],
    annotators: Sequence[str],
    score: Score = "accuracy",
    epsilon: float = EPSILON,
    clusters: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> AltTest:
    """Test whether a judge represents the other annotators as well as each annotator does.

    Each annotator is left out in turn; on every item the judge and that annotator are scored
    against the remaining annotators: "accuracy" is the share of them with the same label,
    "neg_rmse" minus the root mean squared difference from their numbers. A paired one-sided
    t-test asks whether the annotator is ahead by less than epsilon; the judge wins where that
    holds after the adjustment of Benjamini and Yekutieli (2001), which allows for tests that
    depend on each other. The advantage probability has a percentile bootstrap interval over
    items, or whole clusters where ids repeat; the winning rate is a verdict and has none.

    Source: Calderon, Reichart and Dror, The Alternative Annotator Test for LLM-as-a-Judge,
    ACL 2025, long paper 782.

    Args:
        ratings: Codes of shape (items, annotators); -1, None or NaN where there is no label.
        judge: Codes of the judge, shape (items,).
        values: The number each category stands for, lowest first; only "neg_rmse" uses it.
        annotators: Names, in the order of the columns.
        score: How closeness to the others is measured.
        epsilon: What the judge may fall short, 0 to 1.
        clusters: Cluster id of each item, such as its question, shape (items,).
        resamples: How many bootstrap resamples to draw.
        seed: Seed of the bootstrap.

    Raises:
        ValueError: If the shape is wrong or a code is out of range.
    """
    k = len(values)
    codes, machine = as_codes(ratings, k), as_codes(judge, k)
    if codes.shape != (len(machine), len(annotators)):
        raise ValueError(
            "ratings must have one row an item of the judge and one column an annotator; found shapes "
            f"{codes.shape} and {machine.shape}, {len(annotators)} annotators"
        )
    usable = ((codes != MISSING).sum(axis=1) >= PEOPLE) & (machine != MISSING)
    codes, machine, n = codes[usable], machine[usable], int(usable.sum())
    enough = (codes != MISSING).sum(axis=0) >= ITEMS
    left_out = tuple(name for name, kept in zip(annotators, enough, strict=True) if not kept)
    if not enough.any():
        reason = Undefined.TOO_FEW_ITEMS if n else Undefined.TOO_FEW_PEOPLE
        missing = Figure.undefined(n, reason)
        return AltTest(score, epsilon, n, missing, missing, (), left_out)

    numbers = np.asarray(values, dtype=np.float64)
    closeness = np.eye(k) if score == "accuracy" else -((numbers[:, None] - numbers) ** 2).round(9)
    to_all = label_counts(codes, k) @ closeness
    judge_ahead = np.zeros((n, int(enough.sum())), dtype=np.int64)
    contests = []
    for column, annotator in enumerate(np.flatnonzero(enough).tolist()):
        own = codes[:, annotator]
        here = own != MISSING
        # Sums over the others stand for means and roots: these keep the order.
        ahead = _to_others(to_all, closeness, machine, own) - _to_others(to_all, closeness, own, own)
        by_judge, by_human = (ahead >= 0)[here], (ahead <= 0)[here]
        judge_ahead[:, column] = np.where(here, ahead >= 0, MISSING)
        p = _p_below(by_human.astype(np.float64) - by_judge, epsilon)
        contests.append((annotators[annotator], int(here.sum()), by_judge.mean(), by_human.mean(), p))
    adjusted = benjamini_yekutieli(np.array([contest[-1] for contest in contests]))

    patterns, kinds, times = distinct(judge_ahead)
    units = np.stack([patterns == 1, patterns != MISSING], axis=-1).astype(np.float64)
    if clusters is not None:
        ids, inverse = np.unique(np.asarray(clusters)[usable], return_inverse=True)
        if len(ids) < n:
            units, times = cluster_units(kinds, inverse, units)
    estimates = estimate(_advantage, units, times, n, resamples, seed)
    return AltTest(
        score,
        epsilon,
        n,
        Figure.without_interval(float((adjusted <= FALSE_DISCOVERIES).mean()), n),
        estimates.coefficient("advantage", Undefined.TOO_FEW_ITEMS),
        tuple(
            Contest(
                name, size, float(by_judge), float(by_human), float(p), float(q), bool(q <= FALSE_DISCOVERIES)
            )
            for (name, size, by_judge, by_human, p), q in zip(contests, adjusted, strict=True)
        ),
        left_out,
    )


def benjamini_yekutieli(p: Array) -> Array:
    """Return p-values adjusted for the rate of false discoveries under any dependence.

    Source: Benjamini and Yekutieli, Annals of Statistics 29 (2001), 1165-1188.
    """
    m = len(p)
    order = np.argsort(p)[::-1]
    ranks = np.arange(m, 0, -1)
    steps = p[order] * m * (1.0 / ranks).sum() / ranks
    adjusted = np.empty(m)
    adjusted[order] = np.minimum(np.minimum.accumulate(steps), 1.0)
    return adjusted


def _to_others(to_all: Array, closeness: Array, label: Codes, own: Codes) -> Array:
    return np.asarray(to_all[np.arange(len(label)), label] - closeness[label, own])


def _p_below(differences: Array, epsilon: float) -> float:
    """Return the p-value of a one-sided t-test whose alternative is a mean below epsilon."""
    from scipy.special import stdtr

    n, mean = len(differences), differences.mean()
    error = differences.std(ddof=1) / math.sqrt(n)
    if error == 0.0:
        return 0.0 if mean < epsilon else 1.0
    return float(stdtr(n - 1, (mean - epsilon) / error))


def _advantage(totals: Array) -> dict[str, Array]:
    return {"advantage": ratio(totals[..., 0], totals[..., 1]).mean(axis=-1)}
