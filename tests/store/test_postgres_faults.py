"""Fault 19: a PostgreSQL that is cut off, restarted, crowded, full or read-only loses nothing."""

import os
import shutil
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.errors import PassingError, StoreError
from dashboard.store import annotations
from dashboard.store import postgres as of_postgres
from dashboard.store.engine import open_engine
from dashboard.store.people import annotator_id
from dashboard.store.schema import Revision
from dashboard.store.store import Store, open_store
from tests.support import project
from tests.support.cutting_proxy import CuttingProxy
from tests.support.postgres_server import PostgresServer
from tests.support.together import in_threads

pytestmark = pytest.mark.postgres


@pytest.fixture
def database_url(postgres_url: str) -> str:
    """Give every test of this file PostgreSQL."""
    return postgres_url


def with_options(address: str, *options: str) -> str:
    """Return an address whose connections begin with these settings of the server."""
    given = "%20".join(f"-c%20{option}" for option in options)
    return f"{address}{'&' if '?' in address else '?'}options={given}"


def opened(request: pytest.FixtureRequest, address: str) -> Store:
    store = open_store(address)
    request.addfinalizer(store.close)
    return store


def cut_all(store: Store) -> None:
    """Cut every connection to the database but the one that does this."""
    with store.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )


def events(store: Store, answer_id: int) -> list[str]:
    with store.read() as session:
        return [one.event_id for one in annotations.history(session, answer_id)]


def test_connections_that_were_cut_between_two_clicks_are_not_noticed(
    store: Store, database_url: str, request: pytest.FixtureRequest
) -> None:
    made = project.a_project(store, 1)
    other = opened(request, database_url)
    for _ in range(2):
        cut_all(other)
        event = project.label(store, made.answer_ids[0], "C")
        cut_all(other)
        assert event in events(store, made.answer_ids[0])


def test_a_connection_that_is_cut_in_a_write_stores_nothing_says_so_and_the_next_write_works(
    store: Store, database_url: str, request: pytest.FixtureRequest
) -> None:
    made = project.a_project(store, 1)
    before, other = store.revision(), opened(request, database_url)
    with pytest.raises(PassingError, match="PostgreSQL cannot be reached: .* Nothing was saved"):
        with store.write() as session:
            annotator_id(session, "Ana")
            cut_all(other)
            annotator_id(session, "Bia")
    assert store.revision() == before
    assert events(store, made.answer_ids[0]) == []
    project.label(store, made.answer_ids[0], "C")


def test_a_connection_that_is_cut_in_a_read_says_so_and_the_next_read_works(
    store: Store, database_url: str, request: pytest.FixtureRequest
) -> None:
    other = opened(request, database_url)
    with pytest.raises(PassingError, match="PostgreSQL cannot be reached"), store.read() as session:
        session.get(Revision, "all")
        cut_all(other)
        session.get(Revision, "corpus")
    assert store.fact("project_id")


def test_work_that_may_be_repeated_survives_a_cut_connection(
    store: Store, database_url: str, request: pytest.FixtureRequest
) -> None:
    other = opened(request, database_url)
    before = store.revision()
    names = iter(["cut", "kept"])

    def work(session: object) -> str:
        name = next(names)
        if name == "cut":
            cut_all(other)
        annotator_id(session, name)  # type: ignore[arg-type]
        return name

    assert store.write_repeatable(work) == "kept"
    assert store.revision() == before + 1


@pytest.fixture
def proxy(database_url: str) -> Iterator[CuttingProxy]:
    way = CuttingProxy(database_url)
    yield way
    way.close()


def test_a_label_whose_confirmation_was_lost_is_stored_once_and_confirmed(
    proxy: CuttingProxy, request: pytest.FixtureRequest
) -> None:
    store = opened(request, proxy.address)
    made = project.a_project(store, 1)
    new = annotations.NewAnnotation("click", "Ana", project.Label.CORRECT, project.Phase.BLIND)
    proxy.arm()
    assert not store.write_repeatable(
        lambda session: annotations.add_annotation(session, made.answer_ids[0], new)
    )
    assert proxy.cuts == 1
    assert events(store, made.answer_ids[0]) == ["click"]


def test_a_write_whose_confirmation_was_lost_does_not_claim_that_nothing_was_saved(
    proxy: CuttingProxy, request: pytest.FixtureRequest
) -> None:
    store = opened(request, proxy.address)
    proxy.arm()
    with pytest.raises(PassingError, match="not known whether this was saved"):
        store.set_fact("title", "Aulas")
    assert proxy.cuts == 1
    assert store.fact("title") == "Aulas"


def test_writers_under_serializable_isolation_all_get_through(
    store: Store, database_url: str, request: pytest.FixtureRequest
) -> None:
    made = project.a_project(store, 1)
    strict = opened(request, with_options(database_url, "default_transaction_isolation=serializable"))
    before = store.revision()

    def work(number: int) -> None:
        for turn in range(4):
            name = f"pessoa {number} {turn}"
            new = annotations.NewAnnotation(name, name, project.Label.CORRECT, project.Phase.BLIND)
            strict.write_repeatable(
                lambda session, new=new: annotations.add_annotation(session, made.answer_ids[0], new)
            )

    in_threads(work, 4)
    assert len(set(events(store, made.answer_ids[0]))) == 16
    assert store.revision() == before + 16


def test_a_deadlock_with_another_program_is_repeated(
    store: Store, database_url: str, request: pytest.FixtureRequest
) -> None:
    store.set_fact("title", "Aulas")
    ours = opened(request, with_options(database_url, "deadlock_timeout=50ms"))
    theirs = store.engine.connect()
    request.addfinalizer(theirs.close)
    theirs.execute(text("SET deadlock_timeout = '1min'"))
    theirs.execute(text("SELECT value FROM project_fact WHERE name = 'title' FOR UPDATE"))
    waiting: list[threading.Thread] = []

    def other() -> None:
        theirs.execute(text("SELECT value FROM revision WHERE name = 'all' FOR UPDATE"))
        theirs.commit()

    tries = 0

    def work(session: object) -> None:
        nonlocal tries
        tries += 1
        if tries == 1:
            waiting.append(threading.Thread(target=other))
            waiting[0].start()
        session.execute(text("UPDATE project_fact SET value = 'Redes' WHERE name = 'title'"))  # type: ignore[attr-defined]

    ours.write_repeatable(work)
    waiting[0].join()
    assert tries == 2
    assert store.fact("title") == "Redes"


@pytest.fixture
def crowded(store: Store, database_url: str, request: pytest.FixtureRequest) -> Iterator[Store]:
    """Open the database as somebody who may have one connection only."""
    with store.engine.begin() as connection:
        connection.execute(text("CREATE ROLE guest LOGIN CONNECTION LIMIT 1"))
        connection.execute(text("GRANT ALL ON ALL TABLES IN SCHEMA public TO guest"))
    guest = opened(request, database_url.replace("postgres:@", "guest:@"))
    yield guest
    guest.close()
    with store.engine.begin() as connection:
        connection.execute(text("DROP OWNED BY guest"))
        connection.execute(text("DROP ROLE guest"))


def test_a_server_without_a_free_connection_is_named_and_waited_for(crowded: Store) -> None:
    address = crowded.engine.url.render_as_string(hide_password=False)
    with crowded.engine.connect():
        with pytest.raises(PassingError, match="PostgreSQL has no connection left"):
            open_store(address)
    other = open_engine(address)
    crowded.close()
    # The server takes a moment to notice that a connection was closed.
    for attempt in of_postgres.attempts():
        with attempt:
            taken = other.connect()
    with taken:
        waiter = threading.Thread(target=crowded.set_fact, args=("title", "Aulas"))
        waiter.start()
    other.dispose()
    waiter.join()
    assert crowded.fact("title") == "Aulas"


def test_a_server_that_is_too_old_is_refused(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_postgres, "FIRST_SERVED", (99,))
    with pytest.raises(StoreError, match=r"PostgreSQL 18\S* is too old. Use 99 or newer"):
        open_store(database_url)


def test_a_database_that_cannot_keep_every_text_is_refused(
    postgres: Callable[[str], str], store: Store
) -> None:
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        create = "CREATE DATABASE narrow ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0"
        connection.execute(text(create))
        with pytest.raises(StoreError, match="encoding LATIN1. Make another one with the encoding UTF8"):
            open_store(postgres("narrow"))
        connection.execute(text("DROP DATABASE narrow WITH (FORCE)"))


def test_a_read_only_copy_is_named(database_url: str, request: pytest.FixtureRequest) -> None:
    copy = opened(request, with_options(database_url, "default_transaction_read_only=on"))
    assert copy.revision() == 0
    with pytest.raises(StoreError, match="This PostgreSQL is a read-only copy, so nothing was saved"):
        copy.set_fact("title", "Aulas")


def test_a_writer_that_others_keep_waiting_is_told(
    store: Store, database_url: str, request: pytest.FixtureRequest
) -> None:
    hurried = opened(request, with_options(database_url, "lock_timeout=20ms"))
    with store.write() as session:
        session.get(Revision, "all")
        with pytest.raises(StoreError, match="Another program kept the database busy"):
            hurried.set_fact("title", "Aulas")
    assert store.fact("title") == ""


def test_work_that_takes_too_long_is_stopped_and_told(store: Store) -> None:
    with pytest.raises(StoreError, match="stopped work that took too long"), store.read() as session:
        session.execute(text("SET LOCAL statement_timeout = '50ms'"))
        session.execute(text("SELECT pg_sleep(60)"))
    assert store.fact("project_id")


def test_a_transaction_that_sleeps_does_not_keep_the_others_from_writing(store: Store) -> None:
    with pytest.raises(StoreError), store.write() as session:
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '50ms'"))
        store.set_fact("title", "Aulas")
        session.get(Revision, "corpus")
    assert store.fact("title") == "Aulas"


def test_every_connection_has_its_limits(store: Store) -> None:
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    with store.read() as session:
        assert [session.scalar(text(f"SHOW {name}")) for name in names] == ["30s", "5min", "5min"]


@pytest.fixture
def small_disk(store: Store) -> Iterator[Callable[[str], None]]:
    """Put the labels on a disk of 2 MB; gives the function that makes it larger."""
    folder = Path(tempfile.mkdtemp(prefix="veredito-disk-"))
    owner = store.engine.connect().exec_driver_sql("SHOW data_directory").scalar_one()
    mount = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        pytest.skip("only root may mount a small disk")
    held = os.stat(owner)
    os.chown(folder, held.st_uid, held.st_gid)
    name = f"small_{os.getpid()}"
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE TABLESPACE {name} LOCATION '{folder}'"))
        connection.execute(text(f"ALTER TABLE annotation SET TABLESPACE {name}"))
    yield (
        lambda size: subprocess.run(["mount", "-o", f"remount,size={size}", str(folder)], check=True) and None
    )
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ALTER TABLE annotation SET TABLESPACE pg_default"))
        connection.execute(text(f"DROP TABLESPACE {name}"))
    subprocess.run(["umount", "--lazy", str(folder)], check=True)
    shutil.rmtree(folder)


def test_a_full_disk_of_the_server_says_so_and_works_again_when_there_is_space(
    store: Store, small_disk: Callable[[str], None]
) -> None:
    made = project.a_project(store, 1)
    saved: list[str] = []
    with pytest.raises(StoreError, match="disk of the database server is full, so nothing was saved"):
        for _ in range(1000):
            saved.append(project.label(store, made.answer_ids[0], "C", note=os.urandom(10_000).hex()))
    assert saved
    small_disk("16m")
    saved.append(project.label(store, made.answer_ids[0], "C"))
    assert events(store, made.answer_ids[0]) == saved


def test_a_server_that_was_killed_is_waited_for_by_reads_and_writes_alike(
    own_postgres: PostgresServer,
    mortal_url: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(of_postgres, "PATIENCE_SECONDS", 120)
    store = opened(request, mortal_url)
    made = project.a_project(store, 1)
    first = project.label(store, made.answer_ids[0], "C")
    own_postgres.kill()
    labels: list[str] = []
    reads: list[list[str]] = []
    people = [
        threading.Thread(target=lambda: labels.append(project.label(store, made.answer_ids[0], "P"))),
        threading.Thread(target=lambda: reads.append(events(store, made.answer_ids[0]))),
    ]
    for one in people:
        one.start()
    own_postgres.start()
    for one in people:
        one.join()
    assert reads[0][0] == first
    assert events(store, made.answer_ids[0]) == [first, *labels]
