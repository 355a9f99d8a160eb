"""What every index of vectors does alike: exact cosines of what it proposes, and ties in order."""

from abc import ABC, abstractmethod
from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from dashboard.retrieval.encoders.base import Vectors
from dashboard.retrieval.manifest import Facts
from dashboard.retrieval.ranking import Ranking, ranked

_MARGIN = 32
_ROUNDING = 1e-5


class Proposal(NamedTuple):
    """Segments that an index holds to be the nearest to a query.

    Attributes:
        ids: The segments, in any order.
        rows: Their vectors.
        farthest: The lowest score among all that were looked at, as the index reckons it.
        is_all: Whether there is nothing else to propose.
    """

    ids: npt.NDArray[np.int64]
    rows: Vectors
    farthest: float
    is_all: bool


class DenseIndex(ABC):
    """Vectors of the active segments. Searches may run in several threads at once.

    Args:
        facts: What the index was built from.
        missing_texts: Distinct texts that had no vector when it was built.
        stored: Vectors that the store held then.
    """

    def __init__(self, facts: Facts, missing_texts: int, stored: int) -> None:
        self.facts = facts
        self.missing_texts = missing_texts
        self.stored = stored

    def search(self, query: npt.NDArray[np.float32], depth: int) -> Ranking:
        """Return the segments nearest to a query of length 1, with their cosine.

        The index proposes candidates and their cosines are computed again in double precision, so that equal
        texts have equal scores wherever they lie in the index, and ties go by id.
        """
        row = np.ascontiguousarray(query.reshape(-1), dtype=np.float32)
        fetch = depth + _MARGIN
        while True:
            proposed = self._propose(row, fetch)
            cosines = (proposed.rows.astype(np.float64) * row.astype(np.float64)).sum(axis=1)
            found = ranked(proposed.ids, cosines.astype(np.float32), depth)
            # More are fetched while the cut goes through a tie.
            is_cut = len(found.ids) < depth or proposed.farthest >= found.scores[-1] - _ROUNDING
            if proposed.is_all or not is_cut:
                return found
            fetch *= 2

    def centred(self, query: npt.NDArray[np.float32], found: Ranking) -> Ranking:
        """Return segments found for a query in the order of their cosine with the corpus's mean taken off.

        E5's vectors share a strong direction, and segments that lie along it, such as announcements of the
        next lecture, are near to every question. Taking the mean off both sides takes that advantage from
        them (Suzuki et al., EMNLP 2013, "Centering similarity measures to reduce hubs").

        Args:
            query: A query of length 1.
            found: Segments of this index.
        """
        rows = self._rows(found.ids).astype(np.float64) - self._mean
        lengths = np.linalg.norm(rows, axis=1)
        # A segment that is the mean itself points nowhere.
        products = (rows * (query.reshape(-1).astype(np.float64) - self._mean)).sum(axis=1)
        scores = np.divide(products, lengths, out=np.zeros_like(products), where=lengths > _ROUNDING)
        return ranked(found.ids, scores.astype(np.float32), len(found.ids))

    @cached_property
    def _mean(self) -> npt.NDArray[np.float64]:
        return self._mean_row()

    @abstractmethod
    def _propose(self, row: npt.NDArray[np.float32], fetch: int) -> Proposal:
        """Return about so many candidates for a query."""

    @abstractmethod
    def _rows(self, ids: npt.NDArray[np.int64]) -> Vectors:
        """Return the vectors of segments that were proposed before, in their order."""

    @abstractmethod
    def _mean_row(self) -> npt.NDArray[np.float64]:
        """Return the mean of the vectors of all segments in the index."""
