"""Ranking all segments for many questions at once, from vectors that are there."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dashboard.retrieval.encoders.base import Vectors
from dashboard.retrieval.ranking import ranked

_CELLS = 4_000_000
"""Scores held at once."""


def rank_vectors(
    questions: Sequence[int],
    queries: Vectors,
    ids: npt.NDArray[np.int64],
    matrix: Vectors,
    depth: int,
) -> dict[int, list[int]]:
    """Return for each question the segments nearest to it by inner product, best first, ties by id.

    Args:
        questions: Question ids.
        queries: The vector of each.
        ids: Segment ids.
        matrix: The vector of each.
        depth: How many are wanted.
    """
    found: dict[int, list[int]] = {}
    block = max(1, _CELLS // max(1, len(ids)))
    for start in range(0, len(questions), block):
        scores = queries[start : start + block] @ matrix.T
        for question, row in zip(questions[start : start + block], scores, strict=True):
            # All that tie with the last place are kept, so that the order by id decides among them.
            least = np.partition(row, -depth)[-depth] if len(row) > depth else -np.inf
            kept = np.flatnonzero(row >= least)
            found[question] = [int(one) for one in ranked(ids[kept], row[kept], depth).ids]
    return found
