"""The vectors of a project in PostgreSQL, where pgvector is there; in files elsewhere."""

import logging
import threading
from pathlib import Path

from dashboard.errors import VereditoError
from dashboard.retrieval.database_index import EXACT_UP_TO, open_database_index
from dashboard.retrieval.database_vectors import DatabaseVectors
from dashboard.retrieval.dense import DenseIndex
from dashboard.retrieval.encoders.adapted import AdaptedEncoder
from dashboard.retrieval.encoders.base import Encoder
from dashboard.retrieval.files import slug
from dashboard.retrieval.source import SegmentSource
from dashboard.retrieval.vector_home import FileHome, VectorHome
from dashboard.retrieval.vector_store import VectorStore
from dashboard.retrieval.vectors import FileVectors
from dashboard.store.store import Store
from dashboard.store.vector_schema import prepare, version_of
from dashboard.store.vectors import BLOCK

log = logging.getLogger(__name__)


class DatabaseHome:
    """Vectors and index in PostgreSQL, the same for every process.

    Args:
        store: The database, which `prepare` has made ready.
        data_dir: Where vectors may lie in files from before; they are taken over.
    """

    def __init__(self, store: Store, data_dir: Path) -> None:
        self._store = store
        self._former = data_dir / "vectors"
        self._guard = threading.RLock()
        self._opened: dict[tuple[str, int], DatabaseVectors] = {}
        self._indexing: set[DatabaseVectors] = set()

    def open(self, encoder_id: str, dimension: int) -> DatabaseVectors:
        """Return the vectors that are kept under an encoder's id.

        Raises:
            StoreError: If the database fails.
        """
        with self._guard:
            if (encoder_id, dimension) not in self._opened:
                vectors = DatabaseVectors(self._store, encoder_id, dimension)
                self._take_over(vectors, encoder_id, dimension)
                self._opened[encoder_id, dimension] = vectors
            return self._opened[encoder_id, dimension]

    def open_index(self, source: SegmentSource, vectors: VectorStore, encoder: Encoder) -> DenseIndex:
        """Return the index of the active segments.

        Where the vectors are many and have no HNSW index yet, one is made in the background; until it is
        there every vector is compared, which is exact and slower.
        """
        stored = len(vectors)
        own = self.open(encoder.id, encoder.dimension)
        if isinstance(encoder, AdaptedEncoder):
            self._adapt(source, self.open(encoder.base.id, encoder.dimension), own, encoder)
        index = open_database_index(source, own, encoder.id, encoder.dimension, stored)
        if index.is_large and not own.is_indexed():
            self._index_in_background(own)
        return index

    def describe(self, encoder: Encoder) -> str:
        """Say where the vectors of an encoder are and how they are searched, for the doctor."""
        vectors = self.open(encoder.id, encoder.dimension)
        count = len(vectors)
        if count <= EXACT_UP_TO:
            how = "every one compared"
        else:
            how = "HNSW index" if vectors.is_indexed() else "every one compared until the HNSW index is made"
        return f"{count} in PostgreSQL with pgvector {version_of(self._store.engine)}, {how}"

    def _take_over(self, vectors: DatabaseVectors, encoder_id: str, dimension: int) -> None:
        """Store what was embedded into files, by a demonstration or before the project moved here."""
        if not (self._former / slug(encoder_id)).is_dir():
            return
        try:
            for keys, rows in FileVectors(self._former, encoder_id, dimension).parts():
                vectors.add_keys(keys, rows)
        except VereditoError as error:
            log.warning("The vectors in %s were not taken over: %s", self._former, error)

    def _adapt(
        self, source: SegmentSource, below: DatabaseVectors, own: DatabaseVectors, encoder: AdaptedEncoder
    ) -> None:
        """Store the vectors of an adapted encoder, which the database cannot make from those below."""
        hashes = source.keys()[1]
        lacking = set(below.missing(hashes))
        todo = [text for text in own.missing(hashes) if text not in lacking]
        for start in range(0, len(todo), BLOCK):
            part = todo[start : start + BLOCK]
            own.add(part, encoder.adapted(below.matrix(part)))

    def _index_in_background(self, vectors: DatabaseVectors) -> None:
        with self._guard:
            if vectors in self._indexing:
                return
            self._indexing.add(vectors)
        threading.Thread(target=self._index, args=(vectors,), name="index-vectors", daemon=True).start()

    def _index(self, vectors: DatabaseVectors) -> None:
        try:
            vectors.make_index()
        except VereditoError as error:
            log.warning("The vectors were not indexed, so all are compared: %s", error)
        finally:
            with self._guard:
                self._indexing.discard(vectors)


def open_home(store: Store, data_dir: Path) -> VectorHome:
    """Return where the vectors of a project are: in PostgreSQL with pgvector, else in the data folder.

    Raises:
        StoreError: If the database fails.
    """
    if store.engine.dialect.name == "postgresql" and prepare(store.engine) is None:
        return DatabaseHome(store, data_dir)
    return FileHome(data_dir)
