import multiprocessing
import os
import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Connection,
    Float,
    Integer,
    MetaData,
    Table,
    inspect,
    text,
)

from dashboard.errors import StoreError
from dashboard.store import (  # noqa: F401
    access_schema,
    annotations,
    backups,
    bank_schema,
    campaign_schema,
    content,
    judging_schema,
    migrate,
    schema,
    unpacking,
)
from dashboard.store.base import Base, UtcDateTime
from dashboard.store.content import Fingerprint
from dashboard.store.engine import open_engine
from dashboard.store.manifest import DATABASE
from dashboard.store.store import Store, open_store
from tests.support import project
from tests.support.together import in_processes

NOW = migrate.HEAD
NEXT = f"{int(NOW) + 1:04d}"

ADDS_A_COLUMN = (
    '    op.add_column("video", sa.Column("room", sa.Text(), nullable=False, server_default=""))\n'
)


def add_another_migration(folder: Path, monkeypatch: pytest.MonkeyPatch, upgrade: str) -> None:
    scripts = folder / "migrations"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    (scripts / "versions" / f"{NEXT}_next.py").write_text(
        "import sqlalchemy as sa\nfrom alembic import op\n\n"
        f'revision = "{NEXT}"\ndown_revision = "{NOW}"\n\n\n'
        f"def upgrade() -> None:\n{upgrade}"
    )
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)
    monkeypatch.setattr(migrate, "HEAD", NEXT)


def version(store: Store) -> str | None:
    with store.engine.connect() as connection:
        return migrate.schema_version(connection)


def columns(store: Store, table: str) -> set[str]:
    return {column["name"] for column in inspect(store.engine).get_columns(table)}


def project_id(store: Store) -> str:
    return store.fact("project_id")


def test_the_constant_names_the_newest_script() -> None:
    config = Config()
    config.set_main_option("script_location", str(migrate.SCRIPTS))
    assert ScriptDirectory.from_config(config).get_heads() == [migrate.HEAD]


def test_migrations_build_exactly_the_schema_of_the_classes(blank_database_url: str) -> None:
    store = open_store(blank_database_url)
    # The words of full-text search are the database's own affair.
    opts = {"include_name": lambda name, kind, parent: "_words" not in (name or "")}
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, **opts}
        )
        assert compare_metadata(context, Base.metadata) == []
    assert version(store) == migrate.HEAD
    store.close()


def test_a_segment_id_is_never_counted_up_twice_by_the_migrated_sqlite(sqlite_store: Store) -> None:
    # Alembic does not compare AUTOINCREMENT.
    with sqlite_store.engine.connect() as connection:
        statement = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'segment'")).scalar()
    assert "AUTOINCREMENT" in str(statement)
    assert Base.metadata.tables["segment"].dialect_options["sqlite"]["autoincrement"]


def test_opening_again_changes_nothing(store: Store, database_url: str) -> None:
    made = project.a_project(store)
    before = (project_id(store), store.revision(), store.corpus_version())
    again = open_store(database_url)
    assert (project_id(again), again.revision(), again.corpus_version()) == before
    with again.read() as session:
        assert annotations.history(session, made.answer_ids[0]) == []
    again.close()


def test_two_databases_are_two_projects(tmp_path: Path) -> None:
    first, second = open_store(f"sqlite:///{tmp_path / 'a.db'}"), open_store(f"sqlite:///{tmp_path / 'b.db'}")
    assert first.corpus_version() != second.corpus_version()
    first.close()
    second.close()


def test_a_newer_schema_is_refused_and_left_alone(store: Store, database_url: str) -> None:
    with store.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0999'"))
    with pytest.raises(StoreError, match=rf"newer Veredito \(schema 0999, this one knows {NOW}\)"):
        open_store(database_url)
    assert version(store) == "0999"


def test_a_migration_keeps_every_row(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project.a_project(store)
    event = project.label(store, made.answer_ids[0], "P")
    add_another_migration(tmp_path, monkeypatch, ADDS_A_COLUMN)
    store.close()
    migrated = open_store(database_url, tmp_path / "backups")
    assert version(migrated) == NEXT
    assert "room" in columns(migrated, "video")
    with migrated.read() as session:
        assert [one.event_id for one in annotations.history(session, made.answer_ids[0])] == [event]
    migrated.close()


def test_a_backup_is_made_before_a_migration_on_either_database(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project.a_project(store)
    event = project.label(store, made.answer_ids[0], "P")
    with store.read() as session:
        held = content.fingerprints(session.connection())
    add_another_migration(tmp_path, monkeypatch, ADDS_A_COLUMN)
    # The store stays open: what is still in its write-ahead log belongs in the backup, too.
    open_store(database_url, tmp_path / "backups").close()
    [backup] = (tmp_path / "backups").glob("veredito-*.zip")
    assert backup.name.startswith(f"veredito-schema-{NOW}-")
    unpacked = tmp_path / "unpacked"
    unpacked.mkdir()
    manifest = unpacking.unpack(backup, unpacked)
    assert (manifest.schema, manifest.is_automatic, manifest.tables) == (NOW, True, held)
    with sqlite3.connect(unpacked / DATABASE) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(NOW,)]
        assert connection.execute("SELECT event_id FROM annotation").fetchall() == [(event,)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_the_backup_lies_beside_the_database_when_no_folder_is_named(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_another_migration(tmp_path, monkeypatch, ADDS_A_COLUMN)
    open_store(str(sqlite_store.engine.url)).close()
    assert len(list(tmp_path.glob(f"veredito-schema-{NOW}-*.zip"))) == 1


def test_of_the_backups_before_migrations_the_newest_are_kept_and_none_that_a_person_made(
    sqlite_store: Store, tmp_path: Path
) -> None:
    # One of them by a name that looks like the program's own.
    by_hand = [tmp_path / "veredito-schema-0001-20200101T000000000000Z.zip", tmp_path / "veredito-minha.zip"]
    for path in by_hand:
        backups.back_up(sqlite_store.engine, path)
    for _ in range(4):
        backups.back_up_before_migration(sqlite_store.engine, tmp_path, 3, NOW)
    assert len(list(tmp_path.glob(f"veredito-schema-{NOW}-*.zip"))) == 3
    assert all(path.is_file() for path in by_hand)


def test_no_copy_is_made_when_there_is_nothing_to_migrate(sqlite_store: Store, tmp_path: Path) -> None:
    open_store(str(sqlite_store.engine.url), tmp_path / "backups").close()
    assert not (tmp_path / "backups").exists()


def test_a_migration_that_fails_half_way_leaves_the_database_as_it_was(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project.a_project(store)
    add_another_migration(tmp_path, monkeypatch, ADDS_A_COLUMN + '    op.drop_table("nowhere")\n')
    with pytest.raises(StoreError, match="nowhere"):
        open_store(database_url, tmp_path / "backups")
    assert version(store) == NOW
    assert "room" not in columns(store, "video")
    project.label(store, made.answer_ids[0], "C")


RELEASED = [f"{number:04d}" for number in range(1, int(NOW) + 1)]
FITTING = {
    "label": "C",
    "also": "P",
    "kind": "label",
    "phase": "blind",
    "verdict": "partly",
    "state": "done",
    "outcome": "",
    "role": "annotator",
    "grade": 3,
}
"""What the checks of columns allow."""


def fill_every_table(connection: Connection) -> None:
    """Store two rows in every table, whatever its schema; numbers, and so references, are 1 and 2."""
    for table in content.content_tables(connection):
        if table.name in ("revision", "project_fact"):
            continue
        for number in (1, 2):
            connection.execute(
                table.insert(), [{one.name: _value(table.name, one, number) for one in table.columns}]
            )


def _value(table: str, column: Column[Any], number: int) -> object:
    if column.name in FITTING:
        value = FITTING[column.name]
        return "done" if (table, column.name) == ("audit_event", "outcome") else value
    if isinstance(column.type, UtcDateTime):
        return datetime(2026, 1, number, 12, 30, 15, 123_456, tzinfo=UTC)
    if isinstance(column.type, JSON):
        return {"b": [0.1 + number, None], "a": "é"}
    if isinstance(column.type, Boolean):
        return number == 1
    if isinstance(column.type, Float):
        return 0.1 + 0.2 + number
    return number if isinstance(column.type, Integer) else f"{column.name[:10]} {number}"


def of_columns(connection: Connection, held: dict[str, Fingerprint]) -> dict[str, Fingerprint]:
    """Return what the database now holds in the tables and columns that it had before."""
    now = {table.name: table for table in content.content_tables(connection)}
    kept = {
        name: Table(
            name, MetaData(), *(column._copy() for column in now[name].columns if column.name in one.columns)
        )
        for name, one in held.items()
    }
    return {name: content.fingerprint(connection, table) for name, table in kept.items()}


@pytest.mark.parametrize("released", RELEASED[:-1])
def test_an_upgrade_from_every_released_schema_keeps_every_row_to_the_last_digit(
    blank_database_url: str, tmp_path: Path, released: str
) -> None:
    engine = open_engine(blank_database_url)
    migrate.upgrade(engine, released)
    with engine.begin() as connection:
        fill_every_table(connection)
        held = content.fingerprints(connection)
    assert {one.rows for name, one in held.items() if name != "project_fact"} == {2}

    open_store(blank_database_url, tmp_path / "backups").close()

    with engine.connect() as connection:
        assert migrate.schema_version(connection) == NOW
        assert of_columns(connection, held) == held
    [backup] = (tmp_path / "backups").glob("*.zip")
    found = unpacking.read_manifest(backup)
    assert (found.schema, found.tables) == (released, held)
    engine.dispose()


def test_processes_that_open_an_older_database_together_migrate_it_once_and_back_up_what_was(
    blank_database_url: str, tmp_path: Path
) -> None:
    engine = open_engine(blank_database_url)
    migrate.upgrade(engine, RELEASED[-2])
    with engine.begin() as connection:
        fill_every_table(connection)
        held = content.fingerprints(connection)
    engine.dispose()

    identities = in_processes(open_and_identify, [(blank_database_url, tmp_path / "backups")] * 3)

    assert len(set(identities)) == 1
    made = [unpacking.read_manifest(path) for path in (tmp_path / "backups").glob("*.zip")]
    assert made
    assert all((one.schema, one.tables) == (RELEASED[-2], held) for one in made)


WAITS = """    open({fifo!r}, "w").close()
    open({fifo!r}).close()
"""
"""Lets the reader of a pipe know, then waits for a writer who never comes."""


def open_for_ever(address: str, folder: Path, fifo: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        add_another_migration(folder, patch, ADDS_A_COLUMN + WAITS.format(fifo=str(fifo)))
        open_store(address, folder / "backups")


def test_a_migration_that_is_killed_leaves_the_database_as_it_was_and_can_be_repeated(
    store: Store, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project.a_project(store)
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    context = multiprocessing.get_context("fork")
    process = context.Process(target=open_for_ever, args=(database_url, tmp_path, fifo))
    process.start()
    reader = os.open(fifo, os.O_RDONLY)
    process.kill()
    process.join()
    os.close(reader)

    assert version(store) == NOW
    assert "room" not in columns(store, "video")
    project.label(store, made.answer_ids[0], "C")
    store.close()
    shutil.rmtree(tmp_path / "migrations")
    add_another_migration(tmp_path, monkeypatch, ADDS_A_COLUMN)
    migrated = open_store(database_url, tmp_path / "backups")
    assert "room" in columns(migrated, "video")
    migrated.close()


def open_and_identify(address: str, backup_dir: Path | None = None) -> str:
    store = open_store(address, backup_dir)
    try:
        return store.fact("project_id")
    finally:
        store.close()


def test_processes_that_open_a_new_database_together_make_one_project(blank_database_url: str) -> None:
    identities = in_processes(open_and_identify, [(blank_database_url,)] * 4)
    assert len(set(identities)) == 1
    assert identities[0]


def test_a_database_of_another_kind_is_refused() -> None:
    with pytest.raises(StoreError, match="The database mysql is not served"):
        open_engine("mysql://localhost/veredito")


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="data folder .*file.* cannot be made"):
        open_store(f"sqlite:///{tmp_path / 'file' / 'veredito.db'}")


def test_a_server_that_does_not_answer_gives_a_message(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="PostgreSQL cannot be reached"):
        open_store(f"postgresql://nobody@/nothing?host={tmp_path}")
