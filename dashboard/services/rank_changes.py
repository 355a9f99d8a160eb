"""Two rankings of the same question, segment by segment."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

SHOWN = 10
"""First segments of a ranking that are compared."""


@dataclass(frozen=True, slots=True)
class RankChange:
    """Where two rankings have a segment.

    Attributes:
        left: Rank in the first ranking, from 1; None where it is not among those that are known of it.
        right: The same in the second.
        grade: Its relevance; None while nobody judged it.
    """

    segment_id: int
    left: int | None
    right: int | None
    grade: int | None = None

    def is_left(self, k: int = SHOWN) -> bool:
        """Return whether it is among the first k of the first ranking."""
        return self.left is not None and self.left <= k

    def is_right(self, k: int = SHOWN) -> bool:
        """Return whether it is among the first k of the second ranking."""
        return self.right is not None and self.right <= k


def rank_changes(
    left: Sequence[int], right: Sequence[int], grades: Mapping[int, int] | None = None, k: int = SHOWN
) -> list[RankChange]:
    """Return every segment that is among the first k of either ranking, by its better rank.

    Args:
        left: Segment ids, best first; more than k where known, which tells where a segment went.
        right: The same of the other ranking.
        grades: Relevance by segment, for those that were judged.
        k: How many of each are compared.
    """
    first = {segment_id: rank for rank, segment_id in enumerate(left, start=1)}
    second = {segment_id: rank for rank, segment_id in enumerate(right, start=1)}
    known = grades or {}
    found = [
        RankChange(one, first.get(one), second.get(one), known.get(one))
        for one in dict.fromkeys([*left[:k], *right[:k]])
    ]

    def order(change: RankChange) -> tuple[float, float, float]:
        ranks = (change.left or math.inf, change.right or math.inf)
        return min(ranks), ranks[0], ranks[1]

    return sorted(found, key=order)


def overlap(left: Sequence[int], right: Sequence[int], k: int = SHOWN) -> float:
    """Return the share of all segments in the first k of either that is in those of both (Jaccard 1901).

    NaN when both rankings are empty.
    """
    first, second = set(left[:k]), set(right[:k])
    either = first | second
    return len(first & second) / len(either) if either else math.nan
