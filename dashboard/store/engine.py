"""Opening the database so that what was confirmed stays: SQLite or PostgreSQL behind one address."""

import sqlite3
from pathlib import Path
from types import ModuleType
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, NoSuchModuleError

from dashboard.errors import N_, StoreError
from dashboard.store.postgres import explain_postgres, open_postgres

FIRST_SAFE_SQLITE = (3, 51, 3)
"""Every library before it can corrupt a write-ahead-log database when two connections write."""

BUSY_SECONDS = 30

DAMAGED = N_(
    "The database file is damaged ({reason}). Put a backup in its place; `python -m dashboard doctor` names "
    "the newest one and the steps."
)


def sqlite_module() -> ModuleType:
    """Return the newest SQLite there is: the one from the wheel `pysqlite3`, else the interpreter's own."""
    try:
        import pysqlite3
    except ImportError:
        return sqlite3
    module: ModuleType = pysqlite3
    return max(module, sqlite3, key=lambda candidate: candidate.sqlite_version_info)


def is_safe_for_wal(module: ModuleType) -> bool:
    """Return whether the library is free of the write-ahead-log corruption fixed in 3.51.3."""
    version: tuple[int, int, int] = module.sqlite_version_info
    return version >= FIRST_SAFE_SQLITE


def open_engine(address: str) -> Engine:
    """Return an engine for a SQLAlchemy address.

    Raises:
        StoreError: The address is of a database that is not served, or its folder cannot be made.
    """
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    if url.get_backend_name() != "postgresql":
        raise StoreError(
            N_("The database {found} is not served. Use sqlite:///… or postgresql+psycopg://…"),
            found=url.get_backend_name(),
        )
    try:
        return open_postgres(url)
    except (NoSuchModuleError, ImportError) as error:
        raise StoreError(
            N_("PostgreSQL cannot be reached: {reason}. Install the requirements again."), reason=error
        ) from error


def _open_sqlite(url: URL) -> Engine:
    module = sqlite_module()
    if url.database and url.database != ":memory:":
        folder = Path(url.database).parent
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                N_("The data folder {path} cannot be made: {reason}. Choose another in VEREDITO_DATA_DIR."),
                path=folder,
                reason=error.strerror,
            ) from error
    engine = create_engine(url, module=module, connect_args={"timeout": BUSY_SECONDS}, hide_parameters=True)
    journal = "WAL" if is_safe_for_wal(module) else "DELETE"

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: Any) -> None:
        # The driver's own transactions begin too late for BEGIN IMMEDIATE and would split migrations.
        connection.isolation_level = None
        for pragma in (f"journal_mode = {journal}", "synchronous = FULL", "foreign_keys = ON"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
        if mode != "NONE":
            connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def explain(error: DBAPIError) -> StoreError:
    """Turn a driver's error into one that says what to do."""
    reason = str(error.orig).strip().splitlines()[0] if str(error.orig).strip() else type(error.orig).__name__
    special = explain_postgres(error, reason)
    if special is not None:
        return special
    lowered = reason.lower()
    if "disk is full" in lowered or "no space left" in lowered:
        return StoreError(N_("The disk is full, so nothing was saved. Free some space and try again."))
    if "disk i/o error" in lowered:
        return StoreError(
            N_("The disk failed while the database was used, so nothing was saved. Look at it and try again.")
        )
    if "readonly" in lowered or "read-only" in lowered:
        return StoreError(
            N_("The database can only be read, so nothing was saved. Make its file and folder writable.")
        )
    if "locked" in lowered:
        return StoreError(
            N_("Another program kept the database busy for {seconds} s, so nothing was saved. Try again."),
            seconds=BUSY_SECONDS,
        )
    if "malformed" in lowered or "not a database" in lowered:
        return StoreError(DAMAGED, reason=reason)
    return StoreError(
        N_(
            "The database did not do as asked: {reason}. Nothing was saved; run `python -m dashboard doctor`."
        ),
        reason=reason,
    )
