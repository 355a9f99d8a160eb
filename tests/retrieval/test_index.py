import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
from pathlib import Path
from threading import Thread

import numpy as np
import pytest

from dashboard.errors import SearchError
from dashboard.retrieval import index as module
from dashboard.retrieval.dense import DenseIndex
from dashboard.retrieval.files import file_sha256
from dashboard.retrieval.index import open_index
from dashboard.retrieval.vectors import FileVectors
from tests.retrieval.corpus import Corpus, unit_rows
from tests.retrieval.places import NamedEncoder, Place

SIZE = 400


@pytest.fixture
def corpus():
    return Corpus({7 + 3 * number: f"texto {number}" for number in range(SIZE)})


@pytest.fixture
def rows():
    return unit_rows(SIZE)


@pytest.fixture
def store(tmp_path, corpus, rows):
    vectors = FileVectors(tmp_path / "vectors", "e", 16)
    vectors.add(corpus.keys()[1], rows)
    return vectors


def served(place: Place, corpus: Corpus, rows: np.ndarray | None = None) -> DenseIndex:
    """Return the index of a process that has just started, over what is stored and these vectors."""
    home = place.home()
    vectors = home.open("e", 16)
    if rows is not None:
        vectors.add(list(dict.fromkeys(corpus.keys()[1])), rows)
    return home.open_index(corpus, vectors, NamedEncoder())


def brute_force(corpus: Corpus, rows: np.ndarray, query: np.ndarray, k: int = 10) -> list[int]:
    scores = (rows.astype(np.float64) @ query.astype(np.float64)).astype(np.float32)
    return corpus.keys()[0][np.lexsort((corpus.keys()[0], -scores))][:k].tolist()


def assert_exact(folder: Path, corpus: Corpus, store: FileVectors, rows: np.ndarray) -> None:
    index = open_index(folder, corpus, store, "e", 16)
    for query in unit_rows(10, seed=99):
        assert index.search(query, 10).ids.tolist() == brute_force(corpus, rows, query)


def index_file(folder: Path) -> Path:
    return next(folder.rglob("*.index.faiss"))


def test_the_exact_index_equals_brute_force_with_scores_as_cosines(place, corpus, rows):
    index = served(place, corpus, rows)
    for query in unit_rows(10, seed=99):
        assert index.search(query, 10).ids.tolist() == brute_force(corpus, rows, query)
    found = index.search(rows[5], 3)
    assert found.ids[0] == 7 + 3 * 5 and found.scores[0] == pytest.approx(1, abs=1e-6)
    assert index.facts.kind in ("flat", "pgvector exact") and index.facts.count == SIZE
    assert len(index.search(rows[5], SIZE + 50).ids) == SIZE


def test_a_sound_index_is_loaded_and_not_built_again(tmp_path, corpus, store, rows):
    open_index(tmp_path / "i", corpus, store, "e", 16)
    before = index_file(tmp_path / "i").stat()
    shutil.rmtree(store.folder)
    assert_exact(tmp_path / "i", corpus, FileVectors(tmp_path / "vectors", "e", 16), rows)
    assert index_file(tmp_path / "i").stat().st_mtime_ns == before.st_mtime_ns


def test_equal_texts_tie_in_the_order_of_their_ids_however_many(place):
    corpus = Corpus({number: "igual" if number % 2 else f"outro {number}" for number in range(600)})
    ids, keys = corpus.keys()
    distinct = list(dict.fromkeys(keys))
    rows = unit_rows(len(distinct))
    query = rows[distinct.index(keys[1])]
    found = served(place, corpus, rows).search(query, 10)
    assert found.ids.tolist() == [1, 3, 5, 7, 9, 11, 13, 15, 17, 19]
    assert len(set(found.scores.tolist())) == 1


@pytest.mark.parametrize("seed", range(6))
def test_four_kilobytes_of_noise_never_give_a_wrong_answer(tmp_path, corpus, store, rows, seed):
    open_index(tmp_path / "i", corpus, store, "e", 16)
    path = index_file(tmp_path / "i")
    data = bytearray(path.read_bytes())
    place = random.Random(seed).randrange(len(data) - 4096)
    data[place : place + 4096] = random.Random(seed).randbytes(4096)
    path.write_bytes(data)
    assert_exact(tmp_path / "i", corpus, store, rows)


@pytest.mark.parametrize("damage", ["truncated", "empty", "gone", "manifest gone", "manifest cut", "one bit"])
def test_a_damaged_index_is_built_again(tmp_path, corpus, store, rows, damage):
    open_index(tmp_path / "i", corpus, store, "e", 16)
    path = index_file(tmp_path / "i")
    manifest = path.parent / "manifest.json"
    data = bytearray(path.read_bytes())
    if damage == "truncated":
        path.write_bytes(data[: len(data) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    elif damage == "gone":
        path.unlink()
    elif damage == "manifest gone":
        manifest.unlink()
    elif damage == "manifest cut":
        manifest.write_bytes(manifest.read_bytes()[:50])
    else:
        data[len(data) // 2] ^= 4
        path.write_bytes(data)
    assert_exact(tmp_path / "i", corpus, store, rows)
    assert file_sha256(index_file(tmp_path / "i"))[:32] == index_file(tmp_path / "i").name[:32]
    assert len(list(path.parent.glob("*.index.faiss"))) == 1


@pytest.mark.parametrize(
    ("fact", "value"),
    [("dimension", 8), ("encoder", "other"), ("corpus_version", "old"), ("kind", "ivf"), ("count", 3)],
)
def test_an_index_of_something_else_is_built_again(tmp_path, corpus, store, rows, fact, value):
    open_index(tmp_path / "i", corpus, store, "e", 16)
    path = next((tmp_path / "i").rglob("manifest.json"))
    body = json.loads(path.read_text())
    body["facts"][fact] = value
    path.write_text(json.dumps(body))
    assert_exact(tmp_path / "i", corpus, store, rows)
    assert json.loads(path.read_text())["facts"][fact] != value


def test_a_sound_file_of_another_dimension_is_not_served(tmp_path, corpus, store, rows):
    other = FileVectors(tmp_path / "other", "e", 8)
    other.add(corpus.keys()[1], unit_rows(SIZE, 8))
    open_index(tmp_path / "o", corpus, other, "e", 8)
    shutil.copytree(tmp_path / "o", tmp_path / "i")
    path = next((tmp_path / "i").rglob("manifest.json"))
    path.write_text(path.read_text().replace('"dimension": 8', '"dimension": 16'))
    assert_exact(tmp_path / "i", corpus, store, rows)


def test_a_changed_corpus_is_followed(place, corpus, rows):
    served(place, corpus, rows)
    removed = 7 + 3 * 5
    del corpus.rows[removed]
    found = served(place, corpus).search(rows[5], 10)
    assert removed not in found.ids


def test_segments_without_vectors_are_left_out_and_counted(place, corpus, rows):
    served(place, corpus, rows)
    corpus.rows |= {5000: "sem vetor", 5001: "sem vetor", 5002: "também sem"}
    index = served(place, corpus)
    assert (index.facts.count, index.facts.unembedded, index.missing_texts) == (SIZE, 3, 2)
    reopened = served(place, corpus)
    assert (reopened.facts.unembedded, reopened.missing_texts) == (3, 2)
    place.open().add(list(dict.fromkeys(corpus.keys()[1][-3:])), unit_rows(2, seed=3))
    assert served(place, corpus).facts.count == SIZE + 3


def test_nothing_to_search_says_what_to_do(place, corpus):
    with pytest.raises(SearchError, match=rf"None of the {SIZE} segments .* encoder e"):
        served(place, corpus)
    with pytest.raises(SearchError, match="no segments.*ingest"):
        served(place, Corpus({}))


def test_above_the_threshold_hnsw_finds_what_exact_search_finds(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "EXACT_UP_TO", 1_999)
    corpus = Corpus({number: f"t{number}" for number in range(2_000)})
    rows = unit_rows(2_000, 64)
    store = FileVectors(tmp_path / "v", "e", 64)
    store.add(corpus.keys()[1], rows)
    index = open_index(tmp_path / "i", corpus, store, "e", 64)
    assert index.facts.kind == "hnsw32"
    queries = unit_rows(50, 64, seed=4)
    kept = [len({*index.search(q, 10).ids.tolist()} & {*brute_force(corpus, rows, q)}) for q in queries]
    assert np.mean(kept) / 10 >= 0.98
    reopened = open_index(tmp_path / "i", corpus, store, "e", 64)
    assert reopened.search(queries[0], 10).ids.tolist() == index.search(queries[0], 10).ids.tolist()
    monkeypatch.setattr(module, "EXACT_UP_TO", 2_000)
    assert open_index(tmp_path / "i", corpus, store, "e", 64).facts.kind == "flat"


def test_many_threads_get_the_same_exact_answers(place, corpus, rows):
    index = served(place, corpus, rows)
    queries = unit_rows(40, seed=8)
    expected = [brute_force(corpus, rows, query) for query in queries]
    found = {}

    def search(number: int) -> None:
        found[number] = [index.search(query, 10).ids.tolist() for query in queries]

    threads = [Thread(target=search, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert list(found.values()) == [expected] * 8


def test_an_index_that_the_disk_refuses_still_answers(tmp_path, corpus, store, rows, monkeypatch, caplog):
    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("dashboard.retrieval.manifest.os.fsync", full)
    assert_exact(tmp_path / "i", corpus, store, rows)
    assert "No space left on device" in caplog.text
    assert not list((tmp_path / "i").rglob("building-*"))


def test_without_the_mean_a_segment_that_is_near_to_everything_is_nearest_no_more(place, monkeypatch):
    # All lie around the first axis, each out along another one; the hub lies on it.
    axes = np.eye(16, dtype=np.float32)
    rows = np.vstack([axes[0], *(0.9 * axes[0] + np.sqrt(1 - 0.81) * axes[at] for at in range(1, 16))])
    rows = rows.astype(np.float32)
    corpus = Corpus({10 + at: f"texto {at}" for at in range(16)})
    monkeypatch.setattr(module, "_BLOCK", 7)
    index = served(place, corpus, rows)
    query = (axes[0] + 0.2 * axes[3]) / np.float32(np.sqrt(1.04))

    found = index.search(query, 4)
    assert found.ids.tolist()[:2] == [10, 13]
    without = index.centred(query, found)
    mean = rows.astype(np.float64).mean(axis=0)
    expected = [
        (rows[at] - mean) @ (query - mean) / np.linalg.norm(rows[at] - mean) for at in without.ids - 10
    ]
    assert without.ids[0] == 13 and set(without.ids) == set(found.ids)
    assert without.scores == pytest.approx(expected, abs=1e-6)


def test_the_only_segment_is_the_mean_and_is_found(place):
    corpus = Corpus({4: "um texto"})
    index = served(place, corpus, unit_rows(1))
    query = unit_rows(1, seed=3)[0]
    assert index.centred(query, index.search(query, 5)).ids.tolist() == [4]


def test_a_kill_at_any_moment_of_the_swap_leaves_an_index_that_answers_rightly(tmp_path, corpus, store, rows):
    folder = tmp_path / "i"
    open_index(folder, corpus, store, "e", 16)
    larger = Corpus({7 + 3 * number: f"texto {number}" for number in range(SIZE + 5)})
    all_rows = np.vstack([rows, unit_rows(5, seed=5)])
    store.add(larger.keys()[1][SIZE:], all_rows[SIZE:])

    def build_and_die(at: int) -> None:
        # Counted where files change: each rename and each removal is a moment at which power may fail.
        steps = iter(range(1, at))

        def die_in_time(event: str, _arguments: tuple[object, ...]) -> None:
            if event in ("os.rename", "os.remove") and next(steps, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(die_in_time)
        open_index(folder, larger, FileVectors(tmp_path / "vectors", "e", 16), "e", 16)

    kills = 0
    context = multiprocessing.get_context("fork")
    for at in range(1, 20):
        process = context.Process(target=build_and_die, args=(at,))
        process.start()
        process.join()
        if process.exitcode == 0:
            break
        assert process.exitcode == -signal.SIGKILL
        kills += 1
        assert_exact(folder, corpus, store, rows)
    assert kills >= 3
    assert_exact(folder, larger, store, all_rows)
