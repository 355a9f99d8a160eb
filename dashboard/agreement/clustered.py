"""How many independent items a share of items that hang together is worth."""

from __future__ import annotations

import numpy as np

from .table import Array, Codes, Flags


def cluster_sums(values: Array, clusters: Codes | None) -> Array:
    """Return the sum of each cluster, or the values themselves where items are independent."""
    return values if clusters is None else np.asarray(np.bincount(clusters, weights=values), np.float64)


def effective_size(hits: Flags, clusters: Codes | None) -> float:
    """Return the size of a simple random sample whose share would be as uncertain (Kish 1965).

    Args:
        hits: Which items count, shape (n,).
        clusters: Cluster of each item, 0..g-1, shape (n,); None where items are independent.

    Returns:
        At most n; the number of clusters where all items or none count, which errs on the safe
        side, since then nothing tells how far the items of a cluster are alike.
    """
    n = len(hits)
    if clusters is None or not n:
        return float(n)
    groups = len(np.unique(clusters))
    share = float(hits.mean())
    spread = float((cluster_sums(np.asarray(hits - share), clusters) ** 2).sum()) / n**2
    if groups < 2 or share in (0.0, 1.0) or spread == 0.0:
        return float(groups)
    return min(float(n), share * (1.0 - share) / (spread * groups / (groups - 1)))
