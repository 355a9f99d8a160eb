import shutil
import sqlite3
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from dashboard.errors import StoreError
from dashboard.store import (  # noqa: F401
    access_schema,
    annotations,
    bank_schema,
    campaign_schema,
    judging_schema,
    migrate,
    schema,
)
from dashboard.store.base import Base
from dashboard.store.engine import open_engine
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
    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
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


def test_a_copy_of_the_sqlite_file_is_made_before_a_migration(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = project.a_project(sqlite_store)
    event = project.label(sqlite_store, made.answer_ids[0], "P")
    add_another_migration(tmp_path, monkeypatch, ADDS_A_COLUMN)
    # The store stays open: what is still in its write-ahead log belongs in the copy, too.
    migrated = open_store(str(sqlite_store.engine.url), tmp_path / "backups")
    migrated.close()
    [copy] = (tmp_path / "backups").iterdir()
    assert copy.name.startswith(f"veredito-schema-{NOW}-")
    with sqlite3.connect(copy) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchall() == [(NOW,)]
        assert connection.execute("SELECT event_id FROM annotation").fetchall() == [(event,)]
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()


def test_the_copy_lies_beside_the_database_when_no_folder_is_named(
    sqlite_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add_another_migration(tmp_path, monkeypatch, ADDS_A_COLUMN)
    open_store(str(sqlite_store.engine.url)).close()
    assert len(list(tmp_path.glob(f"veredito-schema-{NOW}-*.db"))) == 1


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


def open_and_identify(address: str) -> str:
    store = open_store(address)
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
    with pytest.raises(StoreError, match="did not do as asked"):
        open_store(f"postgresql://nobody@/nothing?host={tmp_path}")
