"""Agreement between people and a judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .estimates import Support, estimate
from .fleiss import scott_pi
from .gwet import gwet_ac1, gwet_ac2_linear
from .intervals import item_units
from .kappa import kappa, kappa_linear, kappa_quadratic
from .kendall import kendall
from .krippendorff import alpha_interval, alpha_nominal, alpha_ordinal
from .per_label import f1, precision, recall
from .percent import percent
from .prevalence import human_prevalence, judge_prevalence
from .resampling import RESAMPLES, SEED, cluster_units
from .result import AgreementReport, Supports, assemble, check_labels
from .spearman import spearman
from .table import MISSING, Array, Codes, Counts, Flags, as_codes, count_table


def agreement_report(
    human: ArrayLike | Sequence[Any],
    judge: ArrayLike | Sequence[Any],
    *,
    categories: Sequence[str],
    unscored: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> AgreementReport:
    """Return every agreement figure between one human label and one judge label an item.

    Only items with both labels enter a figure; the others are counted. Shares carry Wilson's
    interval and all else a percentile bootstrap over items. When a cluster id occurs on more
    than one such item, whole clusters are resampled throughout instead.

    Args:
        human: Codes into `categories`, shape (n,); -1, None or NaN where there is no label.
        judge: Codes of the judge, in the same form.
        categories: Category names, lowest first.
        unscored: True where the judge replied but could not be read, shape (n,).
        clusters: Cluster id of each item, such as its question, shape (n,).
        resamples: How many bootstrap resamples to draw.
        seed: Seed of the bootstrap.

    Raises:
        ValueError: If lengths differ, a code is out of range, or an item is unscored and labelled.
    """
    labels = check_labels(categories)
    k = len(labels)
    people, machine = as_codes(human, k), as_codes(judge, k)
    flags = np.zeros(len(machine), bool) if unscored is None else np.asarray(unscored, dtype=bool)
    groups = None if clusters is None else np.asarray(clusters)
    sizes = {len(a) for a in (people, machine, flags, groups) if a is not None}
    if len(sizes) > 1:
        raise ValueError(f"all arrays must have one entry an item; found lengths {sorted(sizes)}")
    counts = count_items(people, machine, flags)

    both = (people != MISSING) & (machine != MISSING)
    table = count_table(people, machine, k)
    units: Array | Codes
    units, times = item_units(table)
    clustered = False
    if groups is not None and counts.matched:
        ids, inverse = np.unique(groups[both], return_inverse=True)
        clustered = len(ids) < counts.matched
        if clustered:
            cells = np.eye(k * k).reshape(-1, k, k)
            units, times = cluster_units(people[both] * k + machine[both], inverse, cells)
    estimates = estimate(judge_measures, units, times, counts.matched, resamples, seed)
    supports = _supports(table, units, times, clustered)
    return assemble(estimates, supports, counts, labels, table, ("human", "judge"))


def count_items(human: Codes, judge: Codes, unscored: Flags) -> Counts:
    """Count how items divide between the sides; an unreadable reply is never a label."""
    people, machine = human != MISSING, judge != MISSING
    if (machine & unscored).any():
        raise ValueError("an unscored item has no judge label; give -1 where unscored is true")
    return Counts(
        matched=int((people & machine).sum()),
        judge_only=int((machine & ~people).sum()),
        human_only=int((people & ~machine & ~unscored).sum()),
        unscored=int(unscored.sum()),
    )


def judge_measures(table: Array) -> Mapping[str, Array]:
    """Return all measures of count tables of shape (..., k, k)."""
    return {
        "percent": percent(table),
        "kappa": kappa(table),
        "kappa_linear": kappa_linear(table),
        "kappa_quadratic": kappa_quadratic(table),
        "gwet_ac1": gwet_ac1(table),
        "gwet_ac2_linear": gwet_ac2_linear(table),
        "alpha_nominal": alpha_nominal(table),
        "alpha_ordinal": alpha_ordinal(table),
        "alpha_interval": alpha_interval(table),
        "fleiss_kappa": scott_pi(table),
        "spearman": spearman(table),
        "kendall": kendall(table),
        "precision": precision(table),
        "recall": recall(table),
        "f1": f1(table),
        "human": human_prevalence(table),
        "judge": judge_prevalence(table),
    }


def _supports(table: Codes, units: Array | Codes, times: Codes, clustered: bool) -> Supports:
    human, judge, agreed = table.sum(axis=1), table.sum(axis=0), np.diagonal(table)

    def supports(sizes: Codes, bearing: Array | Codes) -> list[Support]:
        from_units = times @ (bearing > 0)
        return [
            Support(int(n), int(m) if clustered else None) for n, m in zip(sizes, from_units, strict=True)
        ]

    whole = Support(int(table.sum()), int(times.sum()) if clustered else None)
    by_judge, by_human = supports(judge, units.sum(axis=-2)), supports(human, units.sum(axis=-1))
    return Supports(
        percent=whole,
        prevalence=whole,
        found=list(zip(by_judge, by_human, strict=True)),
        f1=[int(n) for n in human + judge - agreed],
    )
