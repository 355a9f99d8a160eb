"""Bringing a database's schema up to date, with a copy made first."""

import os
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from dashboard.errors import N_, StoreError

HEAD = "0005"
"""The newest migration; a test holds it against the scripts."""

SCRIPTS = Path(__file__).parent / "migrations"

_LOCK = 7_405_231
"""An arbitrary number that all Veredito processes agree on for PostgreSQL's advisory lock."""


def schema_version(connection: Connection) -> str | None:
    """Return the migration a database is at, None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, backup_dir: Path | None = None) -> None:
    """Run the migrations that a database lacks, all in one transaction.

    A SQLite file that holds anything is copied first.

    Raises:
        StoreError: The database was written by a newer Veredito; it is left as it was.
    """
    with engine.connect() as connection:
        version = schema_version(connection)
    if version == HEAD:
        return
    if version is not None and version > HEAD:
        raise StoreError(
            N_(
                "The database is of a newer Veredito (schema {found}, this one knows {known}). "
                "Update Veredito, or open another database."
            ),
            found=version,
            known=HEAD,
        )
    if version is not None and engine.dialect.name == "sqlite":
        _back_up(engine, version, backup_dir)
    # Alembic is slow to import and is needed only here.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, HEAD)


def _back_up(engine: Engine, version: str, backup_dir: Path | None) -> None:
    database = Path(engine.url.database or "")
    folder = backup_dir or database.parent
    folder.mkdir(parents=True, exist_ok=True)
    moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
    copy = folder / f"{database.stem}-schema-{version}-{moment}.db"
    with engine.execution_options(sqlite_begin="NONE").connect() as connection:
        connection.exec_driver_sql("VACUUM INTO ?", (str(copy),))
    # VACUUM INTO leaves the writing out to the disk to the system.
    with copy.open("rb+") as file:
        os.fsync(file.fileno())
