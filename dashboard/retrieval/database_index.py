"""The index of the active segments in PostgreSQL: all are compared, or pgvector's HNSW for many."""

import numpy as np
import numpy.typing as npt

from dashboard.retrieval.database_vectors import NOT_THERE, DatabaseVectors
from dashboard.retrieval.dense import DenseIndex, Proposal
from dashboard.retrieval.encoders.base import Vectors
from dashboard.retrieval.manifest import Facts
from dashboard.retrieval.source import SegmentSource, no_segments, no_vectors
from dashboard.store.vectors import MOST_EF, Numbers

EXACT_UP_TO = 5_000
"""Vectors up to which every one is compared; above it a search by the index is faster, see benchmarks.md."""

_EXACT, _HNSW = "pgvector exact", "pgvector hnsw"


class DatabaseIndex(DenseIndex):
    """The segments of one state of the corpus, whose vectors are in the database.

    Only which segment has which vector is in memory. A vector of no active segment is passed over.

    Args:
        vectors: The vectors.
        ids: The segments, ascending.
        numbers: The number of the vector of each.
        facts: What the index was built from.
        missing_texts: Distinct texts that had no vector then.
        stored: Vectors that the store held then.

    Attributes:
        is_large: Whether the HNSW index is used, as soon as there is one.
    """

    def __init__(
        self,
        vectors: DatabaseVectors,
        ids: npt.NDArray[np.int64],
        numbers: Numbers,
        facts: Facts,
        missing_texts: int,
        stored: int,
    ) -> None:
        super().__init__(facts, missing_texts, stored)
        self.is_large = facts.kind != _EXACT
        self._vectors = vectors
        self._ids, self._numbers = ids, numbers
        order = np.argsort(numbers, kind="stable")
        self._ids_by_number, self._sorted_numbers = ids[order], numbers[order]

    def _propose(self, row: npt.NDArray[np.float32], fetch: int) -> Proposal:
        by_index = self.is_large and fetch <= MOST_EF and self._vectors.is_indexed()
        near = self._vectors.nearest(row, fetch, is_indexed=by_index)
        if by_index and len(near.numbers) < fetch:
            # The graph gave out before enough was found.
            near = self._vectors.nearest(row, fetch, is_indexed=False)
        first = np.searchsorted(self._sorted_numbers, near.numbers, side="left")
        count = np.searchsorted(self._sorted_numbers, near.numbers, side="right") - first
        # A text that several segments have stands for each of them.
        places = np.repeat(first, count) + (np.arange(count.sum()) - np.repeat(count.cumsum() - count, count))
        farthest = float(near.products.min(initial=1.0))
        rows = np.repeat(near.rows, count, axis=0)
        return Proposal(self._ids_by_number[places], rows, farthest, len(near.numbers) < fetch)

    def _rows(self, ids: npt.NDArray[np.int64]) -> Vectors:
        return self._vectors.rows(self._numbers[np.searchsorted(self._ids, ids)])

    def _mean_row(self) -> npt.NDArray[np.float64]:
        return self._vectors.mean(self._numbers)


def open_database_index(
    source: SegmentSource, vectors: DatabaseVectors, encoder: str, dimension: int, stored: int
) -> DatabaseIndex:
    """Return the index of the active segments.

    Args:
        source: The segments.
        vectors: Their vectors.
        encoder: Encoder id.
        dimension: Numbers in its vectors.
        stored: Vectors that were stored before the first was read.

    Raises:
        SearchError: If there is no segment, or none has a vector.
        StoreError: If the database fails.
    """
    version = source.corpus_version()
    ids, hashes = source.keys()
    if not len(ids):
        raise no_segments()
    numbers = vectors.numbers(hashes)
    there = numbers != NOT_THERE
    count = int(there.sum())
    if not count:
        raise no_vectors(len(ids), encoder)
    missing = {text for text, found in zip(hashes, there, strict=True) if not found}
    kind = _EXACT if len(vectors) <= EXACT_UP_TO else _HNSW
    facts = Facts(kind, version, encoder, dimension, count, len(ids) - count)
    return DatabaseIndex(vectors, ids[there], numbers[there], facts, len(missing), stored)
