"""Pairs of vectors that nearly coincide, found without a matrix of all against all in memory."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

MOST_PAIRS = 10_000
"""Pairs that are kept, the most alike; nobody reads more."""

_CELLS = 8_000_000
"""Cosines in memory at once (32 MB)."""

Places = npt.NDArray[np.int64]
Wanted = Callable[[Places, Places], npt.NDArray[np.bool_]]
"""Says of each pair of places whether it counts."""


class Pairs(NamedTuple):
    """Pairs of places in a matrix, the most alike first; above `floor` none is missing."""

    left: Places
    right: Places
    cosine: npt.NDArray[np.float32]
    floor: float


def near_pairs(
    vectors: npt.NDArray[np.float32],
    floor: float,
    wanted: Wanted,
    most: int = MOST_PAIRS,
    progress: Callable[[int, int], None] | None = None,
) -> Pairs:
    """Return the pairs of rows whose cosine is at least `floor`, each once.

    The rows are compared block by block. Where there are more pairs than `most`, the least alike are left
    out and the floor rises.

    Args:
        vectors: Rows of length 1.
        floor: Lowest cosine.
        wanted: Which pairs count.
        most: Pairs that are kept.
        progress: Told how many of all comparisons are done.
    """
    count = len(vectors)
    rows = max(1, _CELLS // max(1, count))
    kept = Pairs(_none(), _none(), np.empty(0, dtype=np.float32), floor)
    done, total = 0, count * (count - 1) // 2
    for start in range(0, count, rows):
        stop = min(count, start + rows)
        cosines = vectors[start:stop] @ vectors[start:].T
        at, other = np.nonzero(cosines >= kept.floor)
        upper = other > at
        at, other = at[upper], other[upper]
        left, right = (at + start).astype(np.int64), (other + start).astype(np.int64)
        counts = wanted(left, right)
        found = cosines[at[counts], other[counts]]
        kept = _most_alike(
            Pairs(
                np.concatenate([kept.left, left[counts]]),
                np.concatenate([kept.right, right[counts]]),
                np.concatenate([kept.cosine, found]),
                kept.floor,
            ),
            most,
        )
        done += (stop - start) * (count - start) - (stop - start) * (stop - start + 1) // 2
        if progress is not None:
            progress(done, total)
    return kept


def _most_alike(pairs: Pairs, most: int) -> Pairs:
    order = np.lexsort((pairs.right, pairs.left, -pairs.cosine))
    floor = pairs.floor
    if len(order) > most:
        order = order[:most]
        floor = float(pairs.cosine[order[-1]])
    return Pairs(pairs.left[order], pairs.right[order], pairs.cosine[order], floor)


def _none() -> Places:
    return np.empty(0, dtype=np.int64)
