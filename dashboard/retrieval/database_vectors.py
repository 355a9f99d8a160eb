"""The vectors of an encoder in PostgreSQL, so that several processes on several machines share them."""

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt

from dashboard.retrieval.encoders.base import Vectors
from dashboard.retrieval.shards import Keys, to_keys
from dashboard.retrieval.vector_store import checked_rows
from dashboard.store import vector_index
from dashboard.store import vectors as stored
from dashboard.store.store import Store
from dashboard.store.vectors import Near, Numbers

NOT_THERE = 0
"""Stands where a text has no vector; numbers count up from 1."""


class DatabaseVectors:
    """A `VectorStore` in PostgreSQL with pgvector.

    Which texts have a vector is remembered here, and what others added since is read at each call. The
    vectors themselves stay in the database.

    Args:
        store: The database, which `prepare` has made ready.
        encoder_id: Identity of the encoder.
        dimension: Numbers in its vectors.

    Raises:
        StoreError: If the database fails.
    """

    def __init__(self, store: Store, encoder_id: str, dimension: int) -> None:
        self._store = store
        self._dimension = dimension
        self._space = stored.open_space(store, encoder_id, dimension)
        self._guard = threading.Lock()
        self._embedding = threading.Lock()
        self._is_indexed = False
        self._forget()

    def _forget(self) -> None:
        self._keys: Keys = np.zeros(0, dtype="S32")
        self._numbers: Numbers = np.zeros(0, dtype=np.int64)
        self._last = 0

    def __len__(self) -> int:
        return len(self._fresh()[0])

    def missing(self, hashes: Sequence[str]) -> list[str]:
        """Return the content hashes that have no vector, each once, in the order given."""
        distinct = list(dict.fromkeys(hashes))
        return [text for text, number in zip(distinct, self.numbers(distinct), strict=True) if not number]

    def add(self, hashes: Sequence[str], vectors: npt.NDArray[np.float32]) -> None:
        """Store vectors durably; those that are already stored are left as they are.

        Raises:
            ValueError: If the rows do not fit the hashes or the dimension, or are not finite.
            StoreError: If the database failed; what was stored before stays.
        """
        rows = checked_rows(hashes, vectors, self._dimension)
        keys, first = np.unique(to_keys(list(hashes)), return_index=True)
        self.add_keys(keys, rows[first])

    def add_keys(self, keys: Keys, rows: Vectors) -> None:
        """Store vectors as `add` does, by content hashes as raw bytes, each once."""
        known, _, last = self._fresh()
        new = ~_located(known, keys)[0]
        if new.any():
            stored.add(self._store, self._space, last, keys[new], rows[new])

    def matrix(self, hashes: Sequence[str]) -> Vectors:
        """Return the vectors of content hashes, in their order, shape (n, dimension).

        Raises:
            KeyError: If one of them has no vector.
            StoreError: If the database fails.
        """
        numbers = self.numbers(hashes)
        if not numbers.all():
            raise KeyError(hashes[int(np.argmin(numbers))])
        return self.rows(numbers)

    @contextmanager
    def embedding(self) -> Iterator[None]:
        """Hold this from asking what is missing to adding it, so that two who embed at once share the work.

        Nobody who reads, or adds otherwise, waits for it.
        """
        # One of each process waits in the database, so that those who wait do not take every connection.
        with self._embedding, stored.embedding(self._store, self._space):
            yield

    def numbers(self, hashes: Sequence[str]) -> Numbers:
        """Return the number of the vector of each content hash, `NOT_THERE` where there is none."""
        known, numbers, _ = self._fresh()
        found, places = _located(known, to_keys(list(hashes)))
        result = np.full(len(found), NOT_THERE, dtype=np.int64)
        result[found] = numbers[places[found]]
        return result

    def rows(self, numbers: Numbers) -> Vectors:
        """Return vectors by their numbers, in their order.

        Raises:
            KeyError: If one of them is gone, which only an administrator can have done.
        """
        there, rows = stored.read_rows(self._store, self._space, self._dimension, numbers)
        places = np.minimum(np.searchsorted(there, numbers), max(len(there) - 1, 0))
        if len(numbers) and (not len(there) or (there[places] != numbers).any()):
            with self._guard:
                self._forget()
            raise KeyError("vectors were deleted from the database")
        is_in_order = len(numbers) == len(there) and (there == numbers).all()
        return rows if is_in_order else rows[places]

    def nearest(self, row: npt.NDArray[np.float32], limit: int, *, is_indexed: bool) -> Near:
        """Return the vectors nearest to a query, in any order; by the index some may be missed."""
        return stored.nearest(self._store, self._space, row, limit, is_indexed=is_indexed)

    def mean(self, numbers: Numbers) -> npt.NDArray[np.float64]:
        """Return the mean of vectors; a number that comes several times counts as often."""
        return stored.mean_row(self._store, self._space, numbers)

    def is_indexed(self) -> bool:
        """Return whether there is an HNSW index; once there is, it is not asked again."""
        if not self._is_indexed:
            self._is_indexed = vector_index.is_indexed(self._store, self._space)
        return self._is_indexed

    def make_index(self) -> None:
        """Make the HNSW index unless it is there, or wait for who is making it.

        Raises:
            StoreError: If the database fails.
        """
        made = vector_index.make_index(self._store, self._space, self._dimension, len(self))
        self._is_indexed = self._is_indexed or made

    def _fresh(self) -> tuple[Keys, Numbers, int]:
        """Return the texts that have a vector now, sorted, the numbers beside them, and the highest."""
        with self._guard:
            numbers, keys = stored.newer_keys(self._store, self._space, self._last)
            if len(numbers):
                order = np.argsort(keys)
                places = np.searchsorted(self._keys, keys[order])
                self._keys = np.insert(self._keys, places, keys[order])
                self._numbers = np.insert(self._numbers, places, numbers[order])
                self._last = int(numbers[-1])
            return self._keys, self._numbers, self._last


def _located(known: Keys, wanted: Keys) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
    if not len(known):
        return np.zeros(len(wanted), dtype=np.bool_), np.zeros(len(wanted), dtype=np.intp)
    places = np.minimum(np.searchsorted(known, wanted), len(known) - 1)
    return known[places] == wanted, places
