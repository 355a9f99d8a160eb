"""One ranking out of several."""

from collections.abc import Sequence

import numpy as np

from dashboard.retrieval.ranking import Ranking, ranked

K = 60
"""How little the first ranks stand out; the value of the original paper."""


def reciprocal_rank_fusion(rankings: Sequence[Ranking], depth: int) -> Ranking:
    """Fuse rankings: a segment scores the sum of 1 / (60 + rank), ranks from 1 (Cormack et al., SIGIR 2009).

    Only ranks count, so that cosines and BM25 scores need no common scale. Ties go by id.
    """
    scores: dict[int, float] = {}
    for ranking in rankings:
        for rank, segment_id in enumerate(ranking.ids.tolist(), start=1):
            scores[segment_id] = scores.get(segment_id, 0.0) + 1.0 / (K + rank)
    ids = np.array(list(scores), dtype=np.int64)
    return ranked(ids, np.array(list(scores.values()), dtype=np.float64), depth)
