"""Where the vectors of a project lie, and the index over them: in files, or in the database."""

from pathlib import Path
from typing import Protocol

from dashboard.retrieval.dense import DenseIndex
from dashboard.retrieval.encoders.adapted import AdaptedEncoder, AdaptedVectors
from dashboard.retrieval.encoders.base import Encoder
from dashboard.retrieval.index import open_index
from dashboard.retrieval.source import SegmentSource
from dashboard.retrieval.vector_store import VectorStore
from dashboard.retrieval.vectors import FileVectors


class VectorHome(Protocol):
    """The place of all vectors of a project."""

    def open(self, encoder_id: str, dimension: int) -> VectorStore:
        """Return the vectors that are kept under an encoder's id.

        Raises:
            VereditoError: If the place cannot be used.
        """
        ...

    def open_index(self, source: SegmentSource, vectors: VectorStore, encoder: Encoder) -> DenseIndex:
        """Return the index of the active segments.

        Args:
            source: The segments.
            vectors: The vectors of the encoder, as `open_vectors` gives them.
            encoder: The encoder.

        Raises:
            SearchError: If there is no segment, or none has a vector.
        """
        ...


class FileHome:
    """Vectors and indexes in folders, the index by FAISS.

    Args:
        data_dir: The folder of both.
    """

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir

    def open(self, encoder_id: str, dimension: int) -> FileVectors:
        """Return the vectors that are kept under an encoder's id.

        Raises:
            EncoderError: If the folder cannot be written.
        """
        return FileVectors(self._data_dir / "vectors", encoder_id, dimension)

    def open_index(self, source: SegmentSource, vectors: VectorStore, encoder: Encoder) -> DenseIndex:
        """Return the index of the active segments."""
        folder = self._data_dir / "indexes"
        return open_index(folder, source, vectors, encoder.id, encoder.dimension)


def open_vectors(home: VectorHome, encoder: Encoder) -> VectorStore:
    """Return the vectors of an encoder's passages; those of an adapted one are kept as its base's.

    Raises:
        VereditoError: If their place cannot be used.
    """
    if isinstance(encoder, AdaptedEncoder):
        return AdaptedVectors(home.open(encoder.base.id, encoder.dimension), encoder)
    return home.open(encoder.id, encoder.dimension)


def open_questions(home: VectorHome, encoder: Encoder) -> VectorStore:
    """Return the vectors of an encoder's questions, which lie apart from those of passages.

    Raises:
        VereditoError: If their place cannot be used.
    """
    return home.open(f"{encoder.id} (queries)", encoder.dimension)
