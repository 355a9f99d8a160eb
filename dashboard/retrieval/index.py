"""The FAISS index: exact inner product for most corpora, HNSW for very large ones."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.retrieval.dense import DenseIndex, Proposal
from dashboard.retrieval.encoders.base import Vectors
from dashboard.retrieval.files import slug
from dashboard.retrieval.manifest import Facts, Manifest, opened, store, verified
from dashboard.retrieval.source import SegmentSource, no_segments, no_vectors
from dashboard.retrieval.vector_store import VectorStore

EXACT_UP_TO = 300_000
"""Segments up to which every vector is compared; a query then takes up to about 20 ms on one core."""

_NEIGHBOURS = 32
_EF_CONSTRUCTION = 80
_EF_SEARCH = 256
_PART = "index.faiss"
_BLOCK = 10_000
"""Vectors summed at a time."""


class FaissIndex(DenseIndex):
    """Vectors of the active segments, in memory.

    Args:
        index: What FAISS built.
        facts: What it was built from.
        missing_texts: Distinct texts that had no vector then.
        stored: Vectors that the store held then.
    """

    def __init__(self, index: Any, facts: Facts, missing_texts: int, stored: int) -> None:
        import faiss

        super().__init__(facts, missing_texts, stored)
        self._ids: npt.NDArray[np.int64] = faiss.vector_to_array(index.id_map)
        self._owner = index
        self._vectors = faiss.downcast_index(index.index)

    def _propose(self, row: npt.NDArray[np.float32], fetch: int) -> Proposal:
        import faiss

        # The setting belongs to the calling thread; a second one makes a single query slower.
        faiss.omp_set_num_threads(1)
        fetch = min(self.facts.count, fetch)
        parameters = None
        if isinstance(self._vectors, faiss.IndexHNSW):
            parameters = faiss.SearchParametersHNSW(efSearch=max(_EF_SEARCH, fetch))  # type: ignore[attr-defined]
        scores, places = self._vectors.search(row.reshape(1, -1), fetch, params=parameters)
        there = places[0][places[0] >= 0]
        is_all = fetch >= self.facts.count or len(there) < fetch
        farthest = float(scores[0][len(there) - 1]) if len(there) else 0.0
        return Proposal(self._ids[there], self._vectors.reconstruct_batch(there), farthest, is_all)

    def _rows(self, ids: npt.NDArray[np.int64]) -> Vectors:
        rows: Vectors = self._vectors.reconstruct_batch(np.searchsorted(self._ids, ids))
        return rows

    def _mean_row(self) -> npt.NDArray[np.float64]:
        total = np.zeros(self._vectors.d)
        for start in range(0, self.facts.count, _BLOCK):
            size = min(_BLOCK, self.facts.count - start)
            total += self._vectors.reconstruct_n(start, size).sum(axis=0, dtype=np.float64)
        return total / self.facts.count


def open_index(
    folder: Path, source: SegmentSource, vectors: VectorStore, encoder: str, dimension: int
) -> FaissIndex:
    """Return the index of the active segments: the stored one if it is sound and current, else a new one.

    Args:
        folder: Folder for the indexes of all encoders.
        source: The segments.
        vectors: The stored vectors of the encoder.
        encoder: Encoder id.
        dimension: Numbers in its vectors.

    Raises:
        SearchError: If there is no segment, or none has a vector.
    """
    own = folder / slug(encoder)
    with opened(own):
        version = source.corpus_version()
        manifest = verified(own)
        if manifest is not None and _is_of(manifest.facts, version, encoder, dimension):
            loaded = _load(own, manifest, source, vectors)
            if loaded is not None:
                return loaded
        return _build(own, source, vectors, version, encoder, dimension)


def _is_of(facts: Facts, version: str, encoder: str, dimension: int) -> bool:
    found = (facts.corpus_version, facts.encoder, facts.dimension, facts.kind)
    return found == (version, encoder, dimension, _kind(facts.count))


def _kind(count: int) -> str:
    return "flat" if count <= EXACT_UP_TO else f"hnsw{_NEIGHBOURS}"


def _load(own: Path, manifest: Manifest, source: SegmentSource, vectors: VectorStore) -> FaissIndex | None:
    import faiss

    facts = manifest.facts
    stored = len(vectors)
    missing = 0
    if facts.unembedded:
        hashes = source.keys()[1]
        lacking = set(vectors.missing(hashes))
        missing = len(lacking)
        if sum(text in lacking for text in hashes) != facts.unembedded:
            return None
    try:
        index: Any = faiss.read_index(str(manifest.path(own, _PART)))
        inner = faiss.downcast_index(index.index)
    except (RuntimeError, AttributeError, KeyError):
        return None
    exact = isinstance(inner, faiss.IndexFlat)
    sound = (
        index.d == facts.dimension
        and index.ntotal == facts.count
        and index.metric_type == faiss.METRIC_INNER_PRODUCT
        and exact == (facts.kind == "flat")
    )
    return FaissIndex(index, facts, missing, stored) if sound else None


def _build(
    own: Path, source: SegmentSource, vectors: VectorStore, version: str, encoder: str, dimension: int
) -> FaissIndex:
    ids, hashes = source.keys()
    if not len(ids):
        raise no_segments()
    stored = len(vectors)
    lacking = set(vectors.missing(hashes))
    there = np.fromiter((text not in lacking for text in hashes), dtype=np.bool_, count=len(hashes))
    count = int(there.sum())
    if not count:
        raise no_vectors(len(ids), encoder)
    embedded = [text for text in hashes if text not in lacking] if lacking else hashes
    index = _filled(dimension, ids[there], vectors.matrix(embedded))
    facts = Facts(_kind(count), version, encoder, dimension, count, len(ids) - count)
    store(own, facts, lambda workshop: _written(workshop, index))
    return FaissIndex(index, facts, len(lacking), stored)


def _filled(dimension: int, ids: npt.NDArray[np.int64], matrix: npt.NDArray[np.float32]) -> Any:
    import faiss

    inner: Any
    if _kind(len(ids)) == "flat":
        inner = faiss.IndexFlatIP(dimension)
    else:
        inner = faiss.IndexHNSWFlat(dimension, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
        inner.hnsw.efConstruction = _EF_CONSTRUCTION
    index = faiss.IndexIDMap(inner)
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    index.add_with_ids(matrix, ids)
    return index


def _written(workshop: Path, index: Any) -> dict[str, Path]:
    import faiss

    path = workshop / _PART
    try:
        faiss.write_index(index, str(path))
    except RuntimeError as error:
        raise OSError(str(error)) from error
    return {_PART: path}
