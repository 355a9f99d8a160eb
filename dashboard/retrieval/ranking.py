"""Scored segments in an order that is the same on every run."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt


class Ranking(NamedTuple):
    """Segment ids with their scores, best first; equal scores are in the order of the ids."""

    ids: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32] | npt.NDArray[np.float64]


def ranked(
    ids: npt.NDArray[np.int64],
    scores: npt.NDArray[np.float32] | npt.NDArray[np.float64],
    depth: int,
) -> Ranking:
    """Return the first `depth` of scored segments."""
    order = np.lexsort((ids, -scores))[:depth]
    return Ranking(ids[order], scores[order])
