import multiprocessing
import shutil
import tempfile
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

import pytest
from sqlalchemy import text

from dashboard.errors import StoreError
from dashboard.store import annotations, engine
from dashboard.store.store import Store, open_store
from tests.conftest import enlarge
from tests.support import project
from tests.support.read_only import without_right_to_write


def pragma(store: Store, name: str) -> object:
    with store.engine.connect() as connection:
        return connection.exec_driver_sql(f"PRAGMA {name}").scalar()


def is_sound(store: Store) -> bool:
    return pragma(store, "integrity_check") == "ok" and pragma(store, "foreign_key_check") is None


def test_what_was_confirmed_stays_because_of_how_the_file_is_opened(sqlite_store: Store) -> None:
    assert engine.sqlite_module().sqlite_version_info >= engine.FIRST_SAFE_SQLITE
    assert pragma(sqlite_store, "journal_mode") == "wal"
    assert pragma(sqlite_store, "synchronous") == 2
    assert pragma(sqlite_store, "foreign_keys") == 1


def test_an_older_library_uses_the_rollback_journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine, "FIRST_SAFE_SQLITE", (99, 0, 0))
    assert not engine.is_safe_for_wal(engine.sqlite_module())
    store = open_store(f"sqlite:///{tmp_path / 'old.db'}")
    assert pragma(store, "journal_mode") == "delete"
    assert pragma(store, "synchronous") == 2
    project.a_project(store, 1)
    assert is_sound(store)
    store.close()


def test_a_file_of_the_newer_library_is_taken_back_to_the_rollback_journal(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project.a_project(sqlite_store, 1)
    sqlite_store.close()
    monkeypatch.setattr(engine, "FIRST_SAFE_SQLITE", (99, 0, 0))
    store = open_store(str(sqlite_store.engine.url))
    assert pragma(store, "journal_mode") == "delete"
    project.label(store, made.answer_ids[0], "C")
    store.close()


def label_until_killed(address: str, answer_id: int, sender: Connection) -> None:
    store = open_store(address)
    while True:
        sender.send(project.label(store, answer_id, "P", note="x" * 3000))


def test_killing_the_program_while_it_saves_loses_no_label_that_was_confirmed(sqlite_store: Store) -> None:
    made = project.a_project(sqlite_store, 1)
    address = str(sqlite_store.engine.url)
    sqlite_store.close()
    confirmed: set[str] = set()
    context = multiprocessing.get_context("fork")
    for turn in range(10):
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=label_until_killed, args=(address, made.answer_ids[0], sender))
        process.start()
        sender.close()
        for _ in range(1 + 3 * turn):
            confirmed.add(receiver.recv())
        process.kill()
        process.join()
        with pytest.raises(EOFError):
            while True:
                confirmed.add(receiver.recv())
        store = open_store(address)
        with store.read() as session:
            stored = {one.event_id for one in annotations.history(session, made.answer_ids[0])}
        assert confirmed <= stored
        assert is_sound(store)
        store.close()
    assert len(confirmed) >= 145


def fill_until_it_fails(store: Store, answer_id: int) -> tuple[set[str], StoreError]:
    saved: set[str] = set()
    for _ in range(1000):
        try:
            saved.add(project.label(store, answer_id, "P", note="x" * 20_000))
        except StoreError as error:
            return saved, error
    raise AssertionError("the disk never became full")


def assert_works_with(store: Store, answer_id: int, saved: set[str]) -> None:
    saved = saved | {project.label(store, answer_id, "C")}
    with store.read() as session:
        assert {one.event_id for one in annotations.history(session, answer_id)} == saved
    assert is_sound(store)


def test_a_full_file_says_so_and_works_again_when_there_is_space(sqlite_store: Store) -> None:
    made = project.a_project(sqlite_store, 1)
    pages = pragma(sqlite_store, "page_count")
    assert isinstance(pages, int)
    pragma(sqlite_store, f"max_page_count = {pages + 40}")
    before = sqlite_store.revision()
    saved, error = fill_until_it_fails(sqlite_store, made.answer_ids[0])
    assert saved
    assert str(error) == "The disk is full, so nothing was saved. Free some space and try again."
    assert sqlite_store.revision() == before + len(saved)
    pragma(sqlite_store, f"max_page_count = {2**30}")
    assert_works_with(sqlite_store, made.answer_ids[0], saved)


def test_a_full_disk_says_so_and_works_again_when_there_is_space(
    small_disk: Path, sqlite_template: Path
) -> None:
    shutil.copyfile(sqlite_template, small_disk / "veredito.db")
    store = open_store(f"sqlite:///{small_disk / 'veredito.db'}")
    made = project.a_project(store, 1)
    saved, error = fill_until_it_fails(store, made.answer_ids[0])
    assert saved
    assert str(error) == "The disk is full, so nothing was saved. Free some space and try again."
    enlarge(small_disk, 16)
    assert_works_with(store, made.answer_ids[0], saved)
    store.close()


@pytest.fixture
def open_folder(sqlite_template: Path) -> Iterator[Path]:
    # Pytest's own folders cannot be entered by anybody else.
    folder = Path(tempfile.mkdtemp(prefix="veredito-readonly-"))
    shutil.copyfile(sqlite_template, folder / "veredito.db")
    yield folder
    shutil.rmtree(folder)


READ_ONLY = "The database can only be read, so nothing was saved. Make its file and folder writable."


def test_a_database_that_can_only_be_read_says_so(open_folder: Path) -> None:
    address = f"sqlite:///{open_folder / 'veredito.db'}"
    writer = open_store(address)
    made = project.a_project(writer, 1)
    # As long as a writer has it open, its write-ahead log is there and others can read.
    with without_right_to_write(open_folder):
        reader = open_store(address)
        assert reader.revision() == writer.revision()
        with pytest.raises(StoreError) as caught:
            project.label(reader, made.answer_ids[0], "C")
        reader.close()
    assert str(caught.value) == READ_ONLY
    assert_works_with(writer, made.answer_ids[0], set())
    writer.close()


def test_a_database_in_a_folder_that_can_only_be_read_says_so(open_folder: Path) -> None:
    with without_right_to_write(open_folder), pytest.raises(StoreError) as caught:
        open_store(f"sqlite:///{open_folder / 'veredito.db'}").set_fact("title", "Aulas")
    assert str(caught.value) == READ_ONLY


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    path = tmp_path / "veredito.db"
    path.write_bytes(b"Pergunta 1: this is no database.\n" * 100)
    with pytest.raises(StoreError, match=r"damaged \(file is not a database\). Put a backup in its place"):
        open_store(f"sqlite:///{path}")
    assert path.read_bytes().startswith(b"Pergunta 1")


def test_a_damaged_database_says_so(sqlite_store: Store) -> None:
    made = project.a_project(sqlite_store, 20)
    sqlite_store.close()
    path = Path(str(sqlite_store.engine.url.database))
    content = path.read_bytes()
    path.write_bytes(content[:4096] + b"\xff" * (len(content) - 4096))
    with pytest.raises(StoreError, match=r"damaged \(database disk image is malformed\)"):
        project.label(open_store(str(sqlite_store.engine.url)), made.answer_ids[0], "C")


def test_a_database_kept_busy_by_another_program_says_so(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "BUSY_SECONDS", 0.05)
    impatient = open_store(str(sqlite_store.engine.url))
    with (
        sqlite_store.write(),
        pytest.raises(StoreError, match=r"kept the database busy for 0\.05 s, so nothing was saved"),
    ):
        impatient.set_fact("title", "Aulas")
    impatient.set_fact("title", "Aulas")
    impatient.close()


def test_reading_does_not_wait_for_a_writer(sqlite_store: Store) -> None:
    before = sqlite_store.revision()
    with sqlite_store.write() as session:
        session.execute(text("SELECT 1"))
        assert sqlite_store.revision() == before
    assert sqlite_store.revision() == before + 1
