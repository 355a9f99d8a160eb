"""BM25 over the words of the segments, for questions that name a term."""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.retrieval.manifest import Facts, Manifest, opened, store, verified
from dashboard.retrieval.portuguese import analyser
from dashboard.retrieval.ranking import Ranking, ranked
from dashboard.retrieval.source import SegmentSource, no_segments

_KIND = "bm25-lucene-pt-1"
"""Changes whenever the analyser or the weighting changes, so that indexes of before are built again."""

_PARTS = {
    "data": "data.npy",
    "indices": "indices.npy",
    "indptr": "indptr.npy",
    "vocab": "vocab.json",
    "params": "params.json",
}


class LexicalIndex:
    """BM25 in Lucene's variant (Kamphuis et al., 2020; k1 1.5, b 0.75) through bm25s (Lù, 2024).

    Attributes:
        facts: What the index was built from.
    """

    def __init__(self, model: Any, ids: npt.NDArray[np.int64], facts: Facts) -> None:
        self._model = model
        self._ids = ids
        self._terms = analyser()
        self.facts = facts

    def search(self, question: str, depth: int) -> Ranking:
        """Return the segments that share a term with the question, by BM25 score; all scores are above 0."""
        known = self._model.get_tokens_ids(self._terms(question))
        if not known:
            return Ranking(self._ids[:0], np.zeros(0, dtype=np.float32))
        scores = self._model.get_scores_from_ids(known)
        hits = np.flatnonzero(scores > 0)
        if len(hits) > depth:
            # Everything that ties with the last place stays in, so that the cut goes by id.
            least = np.partition(scores[hits], len(hits) - depth)[len(hits) - depth]
            hits = hits[scores[hits] >= least]
        return ranked(self._ids[hits], scores[hits], depth)


def open_lexical(folder: Path, source: SegmentSource) -> LexicalIndex:
    """Return the index of the active segments: the stored one if it is sound and current, else a new one.

    Args:
        folder: Folder for the indexes of the project.
        source: The segments.

    Raises:
        SearchError: If there is no segment.
    """
    own = folder / "lexical"
    with opened(own):
        version = source.corpus_version()
        manifest = verified(own)
        if manifest is not None and (manifest.facts.kind, manifest.facts.corpus_version) == (_KIND, version):
            loaded = _load(own, manifest)
            if loaded is not None:
                return loaded
        return _build(own, source, version)


def _load(own: Path, manifest: Manifest) -> LexicalIndex | None:
    import bm25s

    try:
        names = {f"{part}_name": manifest.path(own, file).name for part, file in _PARTS.items()}
        model = bm25s.BM25.load(own, **names, show_progress=False)
        ids = np.load(manifest.path(own, "ids.npy"), allow_pickle=False)
    except (OSError, ValueError, KeyError, TypeError):
        return None
    sound = len(ids) == manifest.facts.count == model.scores["num_docs"]
    return LexicalIndex(model, ids, manifest.facts) if sound else None


def _build(own: Path, source: SegmentSource, version: str) -> LexicalIndex:
    import bm25s

    terms = analyser()
    vocabulary: dict[str, int] = {}
    ids, rows = [], []
    for segment_id, text in source.texts():
        ids.append(segment_id)
        rows.append([vocabulary.setdefault(term, len(vocabulary)) for term in terms(text)])
    if not ids:
        raise no_segments()
    if not vocabulary:
        # bm25s cannot index nothing; no question has the empty term.
        vocabulary, rows = {"": 0}, [[0] for _ in ids]
    model = bm25s.BM25(method="lucene", backend="numpy")
    model.index((rows, vocabulary), create_empty_token=False, show_progress=False)
    numbers = np.array(ids, dtype=np.int64)
    facts = Facts(_KIND, version, "", 0, len(ids))
    store(own, facts, lambda workshop: _written(workshop, model, numbers))
    return LexicalIndex(model, numbers, facts)


def _written(workshop: Path, model: Any, ids: npt.NDArray[np.int64]) -> dict[str, Path]:
    model.save(workshop, **{f"{part}_name": file for part, file in _PARTS.items()}, show_progress=False)
    np.save(workshop / "ids.npy", ids, allow_pickle=False)
    return {file: workshop / file for file in (*_PARTS.values(), "ids.npy")}
