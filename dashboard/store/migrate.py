"""Bringing a database's schema up to date, with a copy made first."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text

from dashboard.errors import N_, StoreError
from dashboard.store.postgres import check_server

HEAD = "0006"
"""The newest migration; a test holds it against the scripts."""

SCRIPTS = Path(__file__).parent / "migrations"

_LOCK = 7_405_231
"""An arbitrary number that all Veredito processes agree on for PostgreSQL's advisory lock."""


def schema_version(connection: Connection) -> str | None:
    """Return the migration a database is at, None when it is empty."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def migrate(engine: Engine, back_up: Callable[[str], None] | None = None) -> None:
    """Run the migrations that a database lacks, all in one transaction.

    Args:
        engine: The database.
        back_up: Called with the schema of a database that holds anything, before it is changed.

    Raises:
        StoreError: The database was written by a newer Veredito, or cannot be used; it is left as it was.
    """
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            check_server(connection)
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
    if version is not None and back_up is not None:
        back_up(version)
    upgrade(engine, HEAD)


@contextmanager
def held_schema(engine: Engine) -> Iterator[None]:
    """Keep every process from migrating a database meanwhile.

    On PostgreSQL a table that is rewritten looks empty to a transaction that began before, so that a copy
    would lack its rows. SQLite needs no help: its readers never see what is written after they began.
    """
    if engine.dialect.name != "postgresql":
        yield
        return
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('idle_in_transaction_session_timeout', '0', true)"))
        connection.execute(text("SELECT set_config('lock_timeout', '0', true)"))
        connection.execute(text("SELECT pg_advisory_xact_lock_shared(:lock)"), {"lock": _LOCK})
        yield


def upgrade(engine: Engine, version: str) -> None:
    """Run the migrations up to a version, all in one transaction."""
    # Alembic is slow to import and is needed only here.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    with engine.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
        if engine.dialect.name == "postgresql":
            # Rewriting a large table, and waiting for another process that does, takes as long as it takes.
            for timeout in ("lock_timeout", "statement_timeout"):
                connection.execute(text("SELECT set_config(:name, '0', true)"), {"name": timeout})
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, version)
