"""Whether the database answers, asked over a connection of its own that changes nothing."""

from pathlib import Path
from urllib.parse import quote

from sqlalchemy import URL, NullPool, create_engine, make_url, text

from dashboard.store.engine import sqlite_module

_PATIENCE = "SELECT set_config('statement_timeout', :patience, false)"
_QUESTION = "SELECT version_num FROM alembic_version"


def schema_of(address: str, seconds: int) -> str | None:
    """Return the migration that a database is at, None when there is no database yet.

    A connection that is already open could go on reading what has been taken away, so this is a new one.
    Unlike `open_engine` it makes no file and no folder.

    Args:
        address: A SQLAlchemy address.
        seconds: How long it waits for a connection, and for a database that is busy.

    Raises:
        Exception: Whatever kept the driver from answering.
    """
    url = make_url(address)
    return _of_sqlite(url, seconds) if url.get_backend_name() == "sqlite" else _of_postgres(url, seconds)


def _of_sqlite(url: URL, seconds: int) -> str | None:
    path = Path(url.database or "")
    if not path.is_file():
        return None
    module = sqlite_module()
    connection = module.connect(f"file:{quote(str(path))}?mode=rw", uri=True, timeout=seconds)
    try:
        found = connection.execute(_QUESTION).fetchone()
    finally:
        connection.close()
    return str(found[0]) if found else None


def _of_postgres(url: URL, seconds: int) -> str | None:
    engine = create_engine(
        url.set(drivername="postgresql+psycopg"),
        poolclass=NullPool,
        hide_parameters=True,
        connect_args={"connect_timeout": seconds},
    )
    with engine.connect() as connection:
        connection.execute(text(_PATIENCE), {"patience": f"{seconds}s"})
        return connection.execute(text(_QUESTION)).scalar()
