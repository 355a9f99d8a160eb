"""Area under the curve: how well a score tells the best answers from the rest."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from .clustered import cluster_sums
from .figure import Figure, Undefined
from .intervals import Z
from .table import Array, Codes


def auc(scores: ArrayLike, positive: ArrayLike, clusters: ArrayLike | None = None) -> Figure:
    """Return the chance that a positive item scores above a negative one, ties counting half.

    The interval is DeLong's (DeLong, DeLong and Clarke-Pearson 1988) on the scale of log odds,
    which keeps it from 0 to 1; with clusters, contributions are summed by cluster first
    (Obuchowski 1997).

    Args:
        scores: The judge's score of each item, NaN where there is none, shape (n,).
        positive: Whether people gave the item the label in question, shape (n,).
        clusters: Cluster id of each item, such as its question, shape (n,).

    Returns:
        A figure from 0 to 1, 0.5 for a score that tells nothing; undefined unless both kinds are
        there, and without interval where the score parts them perfectly.
    """
    values, hits = np.asarray(scores, dtype=np.float64), np.asarray(positive, dtype=bool)
    scored = ~np.isnan(values)
    values, hits = values[scored], hits[scored]
    n, positives = len(values), int(hits.sum())
    if not n:
        return Figure.undefined(0, Undefined.TOO_FEW_SCORES)
    if positives in (0, n):
        return Figure.undefined(n, Undefined.ONE_CATEGORY)
    # The share of the other kind's items that each item is above.
    above = np.empty(n)
    _, places = np.unique(values, return_inverse=True)
    above[hits] = _below(places[~hits], places)[hits]
    above[~hits] = 1.0 - _below(places[hits], places)[~hits]
    area = float(above[hits].mean())

    contributions = (above - area) / np.where(hits, positives, n - positives)
    groups: Codes | None = None
    if clusters is not None:
        groups = np.unique(np.asarray(clusters)[scored], return_inverse=True)[1]
    if groups is not None and groups.max() + 1 < n:
        units = int(groups.max()) + 1
        variance = float((cluster_sums(contributions, groups) ** 2).sum()) * units / max(units - 1, 1)
    else:
        variance = sum(
            float((contributions[kind] ** 2).sum()) * kind.sum() / max(kind.sum() - 1, 1)
            for kind in (hits, ~hits)
        )
    if variance < 1e-24 or not 0.0 < area < 1.0:
        return Figure(area, math.nan, math.nan, n, Undefined.NO_VARIATION)
    odds = math.log(area / (1.0 - area))
    reach = Z * math.sqrt(variance) / (area * (1.0 - area))
    return Figure(area, _share(odds - reach), _share(odds + reach), n)


def _below(others: Codes, places: Codes) -> Array:
    """Return the share of the others at a lower place, those at the same place counting half."""
    counts = np.bincount(others, minlength=int(places.max()) + 1)
    return np.asarray((counts.cumsum() - counts / 2.0)[places] / len(others))


def _share(odds: float) -> float:
    return 1.0 / (1.0 + math.exp(-odds)) if odds > -700.0 else 0.0
