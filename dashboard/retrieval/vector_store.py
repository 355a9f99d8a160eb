"""What keeps the vectors of an encoder, wherever they lie: the one contract of files and database."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Protocol

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.float32]
"""One vector a row."""


class VectorStore(Protocol):
    """Vectors of one encoder by the content hash of their text.

    Several threads and processes may read and add at the same time. What `add` has returned from is durable.
    """

    def __len__(self) -> int:
        """Return how many vectors there are now, those that others added included."""
        ...

    def missing(self, hashes: Sequence[str]) -> list[str]:
        """Return the content hashes that have no vector, each once, in the order given."""
        ...

    def add(self, hashes: Sequence[str], vectors: Rows) -> None:
        """Store vectors durably; those that are already stored are left as they are.

        Args:
            hashes: Hexadecimal SHA-256 of the texts.
            vectors: One row a hash.

        Raises:
            ValueError: If the rows do not fit the hashes or the dimension, or are not finite.
            VereditoError: If they cannot be stored; what was stored before stays.
        """
        ...

    def matrix(self, hashes: Sequence[str]) -> Rows:
        """Return the vectors of content hashes, in their order, shape (n, dimension).

        Raises:
            KeyError: If one of them has no vector.
        """
        ...

    def embedding(self) -> AbstractContextManager[None]:
        """Hold this from asking what is missing to adding it, so that two who embed at once share the work.

        Nobody who reads, or adds otherwise, waits for it.
        """
        ...


def checked_rows(hashes: Sequence[str], vectors: Rows, dimension: int) -> Rows:
    """Return rows that are to be stored.

    Raises:
        ValueError: If they do not fit the hashes or the dimension, or are not finite.
    """
    rows = np.asarray(vectors, dtype=np.float32)
    if rows.shape != (len(hashes), dimension) or not np.isfinite(rows).all():
        raise ValueError(
            f"vectors of shape {rows.shape} for {len(hashes)} hashes, or not finite; "
            f"expected {dimension} finite numbers a hash"
        )
    return rows
