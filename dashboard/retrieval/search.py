"""From a question to ranked segments."""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.errors import N_, SearchError
from dashboard.models import Hit, Segment
from dashboard.retrieval.dense import DenseIndex
from dashboard.retrieval.encoders.base import Encoder
from dashboard.retrieval.fusion import reciprocal_rank_fusion
from dashboard.retrieval.lexical import LexicalIndex, open_lexical
from dashboard.retrieval.ranking import Ranking, ranked
from dashboard.retrieval.rerank import Reranker
from dashboard.retrieval.retriever import RetrieverConfig, parse_retriever
from dashboard.retrieval.served import Served
from dashboard.retrieval.source import SegmentSource
from dashboard.retrieval.vector_home import FileHome, VectorHome, open_vectors
from dashboard.retrieval.vector_store import VectorStore

MAX_K = 100
FUSED = 100
"""Hits of each retriever that a fusion looks at."""

RERANKED = 50
"""First hits that a cross-encoder scores again; more only where more are asked for."""


@dataclass(frozen=True)
class SearchResult:
    """What a search found.

    Attributes:
        hits: Best first; fewer than asked for where fewer are there.
        timings_ms: Milliseconds by step: `load` (encoder and indexes, near 0 once they are there),
            `encode`, `search`, `rerank`, `segments` (reading from the database).
        unembedded: Active segments that could not be found because they have no vector yet.
    """

    hits: tuple[Hit, ...]
    timings_ms: Mapping[str, float] = field(default_factory=dict)
    unembedded: int = 0


class Searcher:
    """Answers searches over the active segments; one for the whole program, shared by its threads.

    Encoder and indexes are opened by the first search that needs them. An index follows the corpus by
    itself: it is built again when the segments have changed, and the former one serves meanwhile.

    Args:
        source: Where the segments are.
        encoder_factory: Opens the encoder; called at most once, and not for lexical searches.
        data_dir: Folder for indexes, which can always be built again.
        home: Where the vectors are; None for the same folder.
    """

    def __init__(
        self,
        source: SegmentSource,
        encoder_factory: Callable[[], Encoder],
        data_dir: Path,
        home: VectorHome | None = None,
    ) -> None:
        self._source = source
        self._encoder_factory = encoder_factory
        self._home = home or FileHome(data_dir)
        self._dense: Served[DenseIndex] = Served(self._open_dense, self._dense_is_current)
        self._lexical: Served[LexicalIndex] = Served(
            lambda: open_lexical(data_dir / "indexes", source),
            lambda index: index.facts.corpus_version == source.corpus_version(),
        )
        self._opening = threading.RLock()
        self._encoder: Encoder | None = None
        self._vectors: VectorStore | None = None
        self._rerankers: dict[str, Reranker] = {}

    @property
    def encoder(self) -> Encoder:
        """The encoder, opened when it is first asked for."""
        with self._opening:
            if self._encoder is None:
                self._encoder = self._encoder_factory()
            return self._encoder

    @property
    def vectors(self) -> VectorStore:
        """The stored vectors of the encoder."""
        encoder = self.encoder
        with self._opening:
            if self._vectors is None:
                self._vectors = open_vectors(self._home, encoder)
            return self._vectors

    def search(self, question: str, k: int = 10, retriever: str = "dense") -> SearchResult:
        """Return the segments that answer a question best.

        Args:
            question: What is asked.
            k: Number of hits, 1 to 100.
            retriever: Setting as `parse_retriever` reads it.

        Raises:
            SearchError: If the question is blank, k is out of range, the retriever is not known, or there
                is nothing to search.
            EncoderError: If the encoder cannot be opened or does not answer.
        """
        config = parse_retriever(retriever)
        if not question.strip():
            raise SearchError(N_("The question is blank. Type what you want to find in the lectures."))
        if not 1 <= k <= MAX_K:
            raise SearchError(
                N_("The number of hits is {found}. Use a number from 1 to {most}."), found=k, most=MAX_K
            )
        timings: dict[str, float] = {}
        depth = max(k, RERANKED) if config.reranker else k
        ranking, unembedded = self._first_stage(question, depth, config, timings)
        with _timed(timings, "segments"):
            segments = self._source.segments([int(found) for found in ranking.ids])
        if config.reranker:
            with _timed(timings, "load"):
                model = self._reranker(config.reranker)
            with _timed(timings, "rerank"):
                ranking = _reranked(model, question, ranking, segments, k)
        # A segment that was taken out since the index was built is not shown.
        found = [pair for pair in zip(ranking.ids, ranking.scores, strict=True) if int(pair[0]) in segments]
        hits = tuple(
            Hit(rank, segments[int(segment_id)], float(score))
            for rank, (segment_id, score) in enumerate(found, start=1)
        )
        return SearchResult(hits, timings, unembedded)

    def _first_stage(
        self, question: str, depth: int, config: RetrieverConfig, timings: dict[str, float]
    ) -> tuple[Ranking, int]:
        rankings = []
        unembedded = 0
        each = max(depth, FUSED) if config.method == "hybrid" else depth
        if config.dense:
            with _timed(timings, "load"):
                index = self._dense.get()
            with _timed(timings, "encode"):
                query = self.encoder.encode_queries([question])[0]
            with _timed(timings, "search"):
                nearest = index.search(query, each)
                # A fusion sees ranks alone, so they may come from a better measure than the score shown.
                rankings.append(index.centred(query, nearest) if config.method == "hybrid" else nearest)
            unembedded = index.facts.unembedded
        if config.lexical:
            with _timed(timings, "load"):
                words = self._lexical.get()
            with _timed(timings, "search"):
                rankings.append(words.search(question, each))
        if config.method == "hybrid":
            with _timed(timings, "search"):
                return reciprocal_rank_fusion(rankings, depth), unembedded
        return rankings[0], unembedded

    def _open_dense(self) -> DenseIndex:
        return self._home.open_index(self._source, self.vectors, self.encoder)

    def _dense_is_current(self, index: DenseIndex) -> bool:
        if index.facts.corpus_version != self._source.corpus_version():
            return False
        if not index.missing_texts:
            return True
        # While an ingest runs, vectors arrive with every batch: the index follows when all are there, or
        # when it can grow by a tenth, so that building it stays a small part of the work.
        added = len(self.vectors) - index.stored
        return added < min(index.missing_texts, max(1, index.facts.count // 10))

    def _reranker(self, model: str) -> Reranker:
        with self._opening:
            if model not in self._rerankers:
                self._rerankers[model] = Reranker(model)
            return self._rerankers[model]


def _reranked(
    model: Reranker, question: str, ranking: Ranking, segments: Mapping[int, Segment], k: int
) -> Ranking:
    there = [place for place, found in enumerate(ranking.ids) if int(found) in segments]
    ids = ranking.ids[there]
    return ranked(ids, model.scores(question, [segments[int(found)].text for found in ids]), k)


@contextmanager
def _timed(timings: dict[str, float], step: str) -> Iterator[None]:
    start = time.perf_counter()
    try:
        yield
    finally:
        timings[step] = timings.get(step, 0.0) + (time.perf_counter() - start) * 1000
