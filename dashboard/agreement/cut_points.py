"""Where to cut a judge's score into labels."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .figure import Figure, Undefined, or_none
from .kappa import kappa_linear
from .percent import percent
from .report import agreement_report
from .resampling import RESAMPLES, SEED
from .result import check_labels
from .table import MISSING, Array, Codes, as_codes, marginals, total
from .weights import linear_weights

FOLDS = 5
"""Parts, each of which is labelled with cuts chosen on the others."""

ALTERNATIVES = 500
"""Ways to cut that are tried at most; a score with more values is cut at its quantiles only."""


@dataclass(frozen=True, slots=True)
class Cuts:
    """One way to cut, on all items.

    Attributes:
        lowest: The lowest score of each category but the first, in their order; infinite where
            the category is never given.
        kappa_linear: Linear-weighted kappa between people and the cut score.
        percent: Share of equal labels.
        cost: Mean distance between the two labels in steps of the scale.
        too_kind: Items whose cut label is above the people's.
        too_strict: Items whose cut label is below.
    """

    lowest: tuple[float, ...]
    kappa_linear: float
    percent: float
    cost: float
    too_kind: int
    too_strict: int

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values; null for a category that is never given."""
        lowest = [None if math.isinf(score) else score for score in self.lowest]
        return {**asdict(self), "lowest": lowest, "kappa_linear": or_none(self.kappa_linear)}


@dataclass(frozen=True, slots=True)
class CutPoints:
    """The chosen cuts, what they are worth on items they were not chosen on, and all others.

    Attributes:
        n: Items with a human label and a score.
        chosen: The best cuts on all items; None where nothing can be chosen.
        reason: Why not, an `Undefined` key.
        held_out: Figures of labels cut for each part by cuts chosen on the other parts.
        alternatives: Every way to cut, the best first.
    """

    n: int
    chosen: Cuts | None
    reason: str
    held_out: Mapping[str, Figure]
    alternatives: tuple[Cuts, ...]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "n": self.n,
            "chosen": self.chosen.to_json() if self.chosen else None,
            **({"reason": str(self.reason)} if self.reason else {}),
            "folds": FOLDS,
            "held_out": {name: figure.to_json() for name, figure in self.held_out.items()},
            "alternatives": [cuts.to_json() for cuts in self.alternatives],
        }


def cut_points(
    scores: ArrayLike,
    human: ArrayLike | Sequence[Any],
    *,
    categories: Sequence[str],
    clusters: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> CutPoints:
    """Choose the scores from which each category begins, and say what the choice costs.

    The cuts with the highest linear-weighted kappa are chosen; among equals the ones with the
    least cost, then the lowest. Their figure on the items they were chosen on flatters them, so
    `held_out` is cross-validated (Stone 1974): items are dealt into parts, whole clusters at a
    time, and each part is labelled with the cuts that are best on the others.

    Args:
        scores: The judge's score of each item, NaN where there is none, shape (n,).
        human: Codes into `categories`, shape (n,); -1, None or NaN where there is no label.
        categories: Category names, lowest first.
        clusters: Cluster id of each item, such as its question, shape (n,).
        resamples: How many bootstrap resamples to draw.
        seed: Seed of the parts and of the bootstrap.
    """
    labels = check_labels(categories)
    k = len(labels)
    values, people = np.asarray(scores, dtype=np.float64), as_codes(human, k)
    used = ~np.isnan(values) & (people != MISSING)
    values, people = values[used], people[used]
    ids = np.arange(len(used)) if clusters is None else np.asarray(clusters)
    groups = np.unique(ids[used], return_inverse=True)[1]
    n = len(values)
    reason = ""
    if not n or groups.max() + 1 < 2 * FOLDS:
        reason = Undefined.TOO_FEW_SCORES
    elif len(set(people.tolist())) < 2 or len(np.unique(values)) < 2:
        reason = Undefined.ONE_CATEGORY
    if reason:
        missing = Figure.undefined(n, Undefined(reason))
        return CutPoints(n, None, reason, {"kappa_linear": missing, "percent": missing}, ())

    starts = _starts(values, k)
    ways = np.array(list(combinations_with_replacement(range(len(starts) + 1), k - 1)))
    bins = np.searchsorted(starts, values, side="right") - 1
    cut = (ways[:, :, None] <= np.arange(len(starts))).sum(axis=1)
    shape = (k, len(starts))

    def tables(items: Codes | slice) -> Array:
        counts = np.bincount(people[items] * shape[1] + bins[items], minlength=shape[0] * shape[1])
        return _cut_tables(counts.reshape(shape), cut, k)

    everything = tables(slice(None))
    parts = np.random.default_rng(seed).permutation(int(groups.max()) + 1)[groups] % FOLDS
    held_out = np.empty(n, dtype=np.int64)
    for part in range(FOLDS):
        here = np.flatnonzero(parts == part)
        best = _ranking(everything - tables(here))[0]
        held_out[here] = cut[best][bins[here]]
    figures = agreement_report(
        people, held_out, categories=labels, clusters=groups, resamples=resamples, seed=seed
    )
    alternatives = _describe(everything, np.append(starts, math.inf)[ways])
    ordered = tuple(alternatives[index] for index in _ranking(everything))
    return CutPoints(
        n, ordered[0], "", {"kappa_linear": figures.kappa_linear, "percent": figures.percent}, ordered
    )


def _starts(values: Array, k: int) -> Array:
    """Return the scores at which a category may begin."""
    found = np.unique(values)
    most = 2
    while math.comb(most + 1 + k - 1, k - 1) <= ALTERNATIVES and most < len(found):
        most += 1
    if len(found) <= most:
        return found
    return np.unique(np.quantile(values, np.arange(most) / most, method="inverted_cdf"))


def _cut_tables(counts: Codes, cut: Codes, k: int) -> Array:
    """Return the table of people's and cut labels for each way, shape (ways, k, k)."""
    return np.stack([(cut == label).astype(np.float64) @ counts.T for label in range(k)], axis=-1)


def _cost(tables: Array) -> Array:
    k = tables.shape[-1]
    return np.asarray(total(tables, 1.0 - linear_weights(k)) * (k - 1) / marginals(tables)[2])


def _ranking(tables: Array) -> Codes:
    """Return the ways from best to worst."""
    worth = np.nan_to_num(kappa_linear(tables), nan=-np.inf)
    return np.lexsort((_cost(tables).round(12), -worth.round(12)))


def _describe(tables: Array, lowest: Array) -> list[Cuts]:
    columns = zip(
        lowest.tolist(),
        kappa_linear(tables).tolist(),
        percent(tables).tolist(),
        _cost(tables).tolist(),
        np.triu(tables, 1).sum(axis=(-2, -1)).tolist(),
        np.tril(tables, -1).sum(axis=(-2, -1)).tolist(),
        strict=True,
    )
    return [
        Cuts(tuple(begin), worth, share, cost, int(kind), int(strict))
        for begin, worth, share, cost, kind, strict in columns
    ]
