import json
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from dashboard.errors import EncoderError
from dashboard.retrieval import vectors as module
from dashboard.retrieval.embedding import embed
from dashboard.retrieval.vector_store import VectorStore
from dashboard.retrieval.vectors import FileVectors
from tests.retrieval.corpus import sha, unit_rows
from tests.retrieval.places import Place
from tests.support.together import in_threads

ROOT = Path(__file__).parents[2]

WRITER = """
import sys
from pathlib import Path
from tests.retrieval.corpus import sha, unit_rows
from tests.retrieval.places import Place
store = Place(Path(sys.argv[1]), sys.argv[2]).open()
start, batches = int(sys.argv[3]), int(sys.argv[4])
for batch in range(batches):
    names = [str(start + batch * 4 + place) for place in range(4)]
    rows = [unit_rows(1, seed=int(name))[0] for name in names]
    store.add([sha(name) for name in names], rows)
    print(*names, flush=True)
"""


def hashes(count: int, prefix: str = "") -> list[str]:
    return [sha(f"{prefix}{number}") for number in range(count)]


def fill_store(store: VectorStore, count: int = 20) -> tuple[list[str], np.ndarray]:
    keys, rows = hashes(count), unit_rows(count)
    for start in range(0, count, 5):
        store.add(keys[start : start + 5], rows[start : start + 5])
    return keys, rows


def fill(folder: Path, encoder: str = "e") -> tuple[FileVectors, list[str], np.ndarray]:
    store = FileVectors(folder, encoder, 16)
    return store, *fill_store(store)


def start_writer(place: Place, start: int, batches: int) -> subprocess.Popen:
    command = [sys.executable, "-c", WRITER, *place.arguments, str(start), str(batches)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def assert_never_wrong(folder: Path, keys: list[str], rows: np.ndarray) -> list[str]:
    store = FileVectors(folder, "e", 16)
    missing = set(store.missing(keys))
    there = [place for place, key in enumerate(keys) if key not in missing]
    np.testing.assert_array_equal(store.matrix([keys[place] for place in there]), rows[there])
    return sorted(missing)


def test_vectors_come_back_exactly_in_any_order_after_reopening(place):
    keys, rows = fill_store(place.open())
    store = place.open()
    order = np.random.default_rng(1).permutation(20)
    np.testing.assert_array_equal(store.matrix([keys[place] for place in order]), rows[order])
    assert len(store) == 20
    assert store.missing([sha("new"), keys[0], sha("new")]) == [sha("new")]


def test_a_vector_that_is_there_is_kept_and_a_doubled_hash_counts_once(place):
    store = place.open()
    keys, rows = fill_store(store)
    store.add([keys[0], sha("new"), sha("new")], unit_rows(3, seed=9))
    assert len(store) == 21
    np.testing.assert_array_equal(store.matrix([keys[0]])[0], rows[0])


def test_encoders_do_not_share_vectors_nor_do_two_sizes_of_one(place):
    keys, rows = fill_store(place.open())
    assert place.open("../e", 16).missing(keys) == keys
    small = place.open("e (queries)", 8)
    small.add(keys[:1], rows[:1, :8])
    assert len(small) == 1 and len(place.open()) == 20


def test_no_encoder_leaves_the_folder_of_vectors(tmp_path):
    assert FileVectors(tmp_path, "../e", 16).folder.parent == tmp_path


def test_an_unknown_hash_is_refused_rather_than_guessed(place):
    store = place.open()
    keys, _ = fill_store(store)
    with pytest.raises(KeyError):
        store.matrix([keys[0], sha("unknown")])
    with pytest.raises(ValueError, match="SHA-256"):
        store.missing(["short"])


@pytest.mark.parametrize("rows", [unit_rows(2, 8), unit_rows(3), np.full((2, 16), np.nan)])
def test_vectors_that_do_not_fit_are_refused(place, rows):
    with pytest.raises(ValueError, match="16 finite numbers"):
        place.open().add(hashes(2), rows)


def test_many_small_files_become_few_and_nothing_is_lost(tmp_path):
    store = FileVectors(tmp_path, "e", 16)
    keys, rows = hashes(300), unit_rows(300)
    for start in range(300):
        store.add(keys[start : start + 1], rows[start : start + 1])
    files = list(store.folder.glob("*.npy"))
    assert len(files) < 3 * module.MERGE_AT
    np.testing.assert_array_equal(FileVectors(tmp_path, "e", 16).matrix(keys), rows)
    manifest = json.loads((store.folder / "manifest.json").read_text())
    assert manifest["count"] == 300 and {entry["sha256"] for entry in manifest["shards"]} == {
        path.stem for path in files
    }


@pytest.mark.parametrize("damage", ["truncated", "flipped", "empty", "gone"])
@pytest.mark.parametrize("seed", range(4))
def test_a_damaged_file_costs_its_own_vectors_and_never_gives_a_wrong_one(tmp_path, damage, seed):
    store, keys, rows = fill(tmp_path)
    choose = random.Random(seed)
    path = choose.choice(sorted(store.folder.glob("*.npy")))
    data = bytearray(path.read_bytes())
    if damage == "truncated":
        path.write_bytes(data[: choose.randrange(1, len(data))])
    elif damage == "flipped":
        data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
        path.write_bytes(data)
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
    missing = assert_never_wrong(tmp_path, keys, rows)
    assert len(missing) == 5
    again = FileVectors(tmp_path, "e", 16)
    again.add(missing, rows[[keys.index(key) for key in missing]])
    assert assert_never_wrong(tmp_path, keys, rows) == []
    assert damage == "gone" or list((store.folder / "damaged").iterdir())


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_manifest_costs_nothing(tmp_path, seed):
    store, keys, rows = fill(tmp_path)
    path = store.folder / "manifest.json"
    choose = random.Random(seed)
    data = bytearray(path.read_bytes())
    kind = seed % 3
    if kind == 0:
        data = data[: choose.randrange(len(data))]
    elif kind == 1:
        data[choose.randrange(len(data))] ^= 1 << choose.randrange(8)
    path.write_bytes(data) if kind < 2 else path.unlink()
    assert assert_never_wrong(tmp_path, keys, rows) == []


def test_files_of_another_encoder_are_never_taken_in(tmp_path):
    foreign, keys, rows = fill(tmp_path / "a", encoder="other")
    own = FileVectors(tmp_path / "b", "e", 16)
    for path in foreign.folder.iterdir():
        if path.is_file():
            (own.folder / path.name).write_bytes(path.read_bytes())
    assert FileVectors(tmp_path / "b", "e", 16).missing(keys) == keys


def test_a_pickle_in_disguise_is_not_read(tmp_path):
    store = FileVectors(tmp_path, "e", 16)
    np.save(store.folder / ("0" * 64), np.array([{"a": 1}], dtype=object), allow_pickle=True)
    (store.folder / "manifest.json").unlink()
    assert len(FileVectors(tmp_path, "e", 16)) == 0


@pytest.mark.parametrize("after", [1, 5, 17, 40])
def test_what_was_acknowledged_before_a_kill_is_there(place, after):
    writer = start_writer(place, 0, 10_000)
    acknowledged = []
    for line in writer.stdout:
        acknowledged += line.split()
        if len(acknowledged) >= 4 * after:
            break
    # It is writing the next batches while it is killed.
    os.kill(writer.pid, signal.SIGKILL)
    acknowledged += writer.stdout.read().split()
    writer.wait()
    store = place.open()
    rows = store.matrix([sha(name) for name in acknowledged])
    np.testing.assert_array_equal(rows, np.concatenate([unit_rows(1, seed=int(n)) for n in acknowledged]))
    assert len(store) - len(acknowledged) in (0, 4)
    assert not list(place.folder.rglob("*.tmp"))
    store.add([sha("next")], unit_rows(1))
    assert not store.missing([sha("next")])


def test_two_processes_add_at_once_and_both_are_kept(place):
    here = place.open()
    writers = [start_writer(place, start, 30) for start in (0, 1_000)]
    names = [name for writer in writers for name in writer.communicate()[0].split()]
    assert [writer.returncode for writer in writers] == [0, 0] and len(names) == 240
    # The store that was open all the time sees them too.
    for store in (here, place.open()):
        assert len(store) == 240
        np.testing.assert_array_equal(
            store.matrix([sha(name) for name in names]),
            np.concatenate([unit_rows(1, seed=int(name)) for name in names]),
        )


def test_a_refusing_disk_is_reported_and_what_was_stored_stays(tmp_path, monkeypatch):
    store, keys, rows = fill(tmp_path)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("dashboard.retrieval.files.os.fsync", full)
        with pytest.raises(EncoderError, match="No space left on device"):
            store.add([sha("x")], unit_rows(1, seed=5))
    assert store.missing([*keys, sha("x")]) == [sha("x")]
    store.add([sha("x")], unit_rows(1, seed=5))
    assert assert_never_wrong(tmp_path, keys, rows) == []


def test_each_distinct_text_is_embedded_once_and_progress_counts_them(place, nano):
    store = place.open(nano.id, nano.dimension)
    texts = ["curto", "um texto bem mais comprido do que o outro", "curto", "terceiro"]
    keys = [sha(text) for text in texts]
    steps = []
    assert embed(nano, store, keys, texts, batch=2, progress=lambda *step: steps.append(step)) == 3
    assert steps == [(0, 3), (2, 3), (3, 3)]
    np.testing.assert_allclose(store.matrix(keys), nano.encode_passages(texts), atol=1e-6)
    assert embed(nano, store, keys, texts) == 0


def test_an_interrupted_embedding_continues_where_it_stopped(place, nano):
    store = place.open(nano.id, nano.dimension)
    texts = [f"texto {number}" for number in range(5)]
    keys = [sha(text) for text in texts]

    def interrupt(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        embed(nano, store, keys, texts, batch=2, progress=interrupt)
    assert embed(nano, place.open(nano.id, nano.dimension), keys, texts) == 1


def test_two_who_embed_at_once_share_the_work(place, nano):
    texts = [f"texto {number}" for number in range(24)]
    keys = [sha(text) for text in texts]
    made: list[str] = []

    class Counting:
        id, dimension = nano.id, nano.dimension

        def encode_passages(self, passages):
            made.extend(passages)
            return nano.encode_passages(passages)

    def run(_number: int) -> int:
        return embed(Counting(), place.open(nano.id, nano.dimension), keys, texts, batch=2)

    assert sum(in_threads(run, 2)) == 24
    assert sorted(made) == sorted(texts)
