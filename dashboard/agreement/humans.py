"""Agreement among annotators: any number of them, with gaps."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .estimates import Support, estimate
from .fleiss import fleiss_kappa
from .gwet import gwet_ac1, gwet_ac2_linear
from .kappa import kappa, kappa_linear, kappa_quadratic
from .kendall import kendall
from .krippendorff import alpha, item_coincidences, label_counts
from .per_label import f1, precision, recall
from .percent import percent
from .prevalence import human_prevalence
from .resampling import RESAMPLES, SEED, cluster_units
from .result import AgreementReport, Supports, assemble, check_labels
from .spearman import spearman
from .table import MISSING, Array, Codes, Counts, Flags, as_codes, distinct


def human_report(
    ratings: ArrayLike | Sequence[Sequence[Any]],
    *,
    categories: Sequence[str],
    clusters: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> AgreementReport:
    """Return every agreement figure among annotators.

    Items with fewer than two labels enter no figure; they are counted as `human_only`.
    Percent, the kappas and the rank correlations are means over the pairs of annotators, weighted
    by the items each pair shares (Light 1971); a pair in which the figure is undefined is left
    out. Alpha, Fleiss' kappa and Gwet's coefficients take all annotators at once.
    Precision, recall and F1 coincide, since annotators are of equal standing: all three are the
    specific agreement on the label. In prevalence each item counts once, whatever its raters.
    Percent carries Wilson's interval where no item has more than two labels. All else is
    bootstrapped over items with all their labels together, or whole clusters where ids repeat.

    Args:
        ratings: Codes of shape (items, annotators); -1, None or NaN where there is no label.
        categories: Category names, lowest first.
        clusters: Cluster id of each item, such as its question, shape (items,).
        resamples: How many bootstrap resamples to draw.
        seed: Seed of the bootstrap.

    Raises:
        ValueError: If the shape is wrong, lengths differ, or a code is out of range.
    """
    labels = check_labels(categories)
    k = len(labels)
    codes = as_codes(ratings, k)
    groups = None if clusters is None else np.asarray(clusters)
    if codes.ndim != 2 or (groups is not None and len(groups) != len(codes)):
        raise ValueError(
            "ratings must have one row an item and one column an annotator, and clusters one id an "
            f"item; found shapes {codes.shape} and {None if groups is None else groups.shape}"
        )
    given = (codes != MISSING).sum(axis=1)
    paired = codes[given > 1]
    counts = Counts(len(paired), 0, int((given == 1).sum()), 0)

    rows, kinds, often = distinct(paired)
    features = _features(rows, k)
    units, times, together = features, often, bool((given > 2).any())
    if groups is not None and len(paired):
        ids, inverse = np.unique(groups[given > 1], return_inverse=True)
        if len(ids) < len(paired):
            units, times = cluster_units(kinds, inverse, features)
            together = True
    estimates = estimate(human_measures, units, times, len(paired), resamples, seed)
    support = Support(len(paired), int(times.sum()))
    supports = Supports(
        percent=support if together else Support(len(paired), None),
        prevalence=support,
        found=None,
        f1=[int(n) for n in often @ (label_counts(rows, k) > 0)],
    )
    confusion = np.rint(_both_ways(np.tensordot(often, features, axes=1))).astype(np.int64)
    return assemble(estimates, supports, counts, labels, confusion, ("human",))


def human_measures(totals: Array) -> Mapping[str, Array]:
    """Return all measures of totals of shape (..., pairs + 2, k, k), as `_features` stacks them."""
    pairs, both = totals[..., :-2, :, :], _both_ways(totals)
    coincidences, shares = totals[..., -2, :, :], totals[..., -1, :, :]
    return {
        "percent": percent(both),
        "kappa": _mean_over_pairs(kappa, pairs),
        "kappa_linear": _mean_over_pairs(kappa_linear, pairs),
        "kappa_quadratic": _mean_over_pairs(kappa_quadratic, pairs),
        "gwet_ac1": gwet_ac1(shares),
        "gwet_ac2_linear": gwet_ac2_linear(shares),
        "alpha_nominal": alpha(coincidences, "nominal"),
        "alpha_ordinal": alpha(coincidences, "ordinal"),
        "alpha_interval": alpha(coincidences, "interval"),
        "fleiss_kappa": fleiss_kappa(shares),
        "spearman": _mean_over_pairs(spearman, pairs),
        "kendall": _mean_over_pairs(kendall, pairs),
        "precision": precision(both),
        "recall": recall(both),
        "f1": f1(both),
        "human": human_prevalence(shares),
    }


def _features(rows: Codes, k: int) -> Array:
    """Return what items add: a table for each pair of annotators, coincidences, pair shares.

    All measures of `human_measures` are functions of sums of these over items. The pair shares
    of an item are its ordered pairs of labels divided by their number; summed, they are a table
    whose diagonal and margins are those of Gwet's many-rater coefficient.
    """
    n, raters = rows.shape
    shared = [(a, b) for a, b in combinations(range(raters), 2) if _both(rows, a, b).any()]
    found = np.zeros((n, len(shared) + 2, k, k))
    for at, (a, b) in enumerate(shared):
        items = np.flatnonzero(_both(rows, a, b))
        found[items, at, rows[items, a], rows[items, b]] = 1.0
    found[:, -2] = item_coincidences(rows, k)
    found[:, -1] = found[:, -2] / np.maximum((rows != MISSING).sum(axis=1), 1)[:, None, None]
    return found


def _both(rows: Codes, a: int, b: int) -> Flags:
    return np.asarray((rows[:, [a, b]] != MISSING).all(axis=1))


def _both_ways(totals: Array) -> Array:
    pooled = totals[..., :-2, :, :].sum(axis=-3)
    return np.asarray(pooled + pooled.swapaxes(-1, -2))


def _mean_over_pairs(measure: Callable[[Array], Array], pairs: Array) -> Array:
    values = measure(pairs)
    weights = np.where(np.isnan(values), 0.0, pairs.sum(axis=(-2, -1)))
    weighted = (np.nan_to_num(values) * weights).sum(axis=-1)
    total = weights.sum(axis=-1)
    return np.where(total > 0, weighted / np.maximum(total, 1.0), np.nan)
