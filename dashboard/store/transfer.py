"""Copying a whole project from one database to another, and proving that nothing was lost or bent."""

from collections.abc import Callable, Mapping

from sqlalchemy import Connection, Engine, Table, func, insert, inspect, select, text
from sqlalchemy import types as sql
from sqlalchemy.exc import DBAPIError

from dashboard.errors import N_, StoreError
from dashboard.store import content
from dashboard.store.content import Fingerprint
from dashboard.store.engine import explain
from dashboard.store.migrate import schema_version

SEEDED = ("project_fact", "revision")
"""Tables of which a fresh schema already holds rows; those of the source take their place."""

Progress = Callable[[str, int, int], None]


def unseen(step: str, done: int, total: int) -> None:
    """Show nobody how far it is."""


def transfer(
    source: Engine,
    target: Engine,
    progress: Progress = unseen,
    also: Callable[[Connection], object] = lambda read: None,
) -> dict[str, Fingerprint]:
    """Copy everything, ids kept, and return what each table holds.

    The source is read as it is at one moment, while others go on using it. The target is written in one
    transaction, so that an interruption leaves it with its schema and nothing else.

    Args:
        source: The database to read.
        target: A database of the same schema with nothing in it.
        progress: Told how many rows of how many are copied.
        also: What else is to be done with the source as it is at that moment.

    Raises:
        StoreError: The target holds something, the schemas differ, or what arrived is not what was sent.
    """
    try:
        with (
            reading(source) as read,
            target.execution_options(sqlite_begin="IMMEDIATE").begin() as write,
        ):
            for connection in (read, write):
                _take_time(connection)
            tables = _matching(read, write)
            require_empty(write)
            for _, table in tables:
                if table.name in SEEDED:
                    write.execute(table.delete())
            found = _copy_all(read, write, tables, progress)
            for _, table in tables:
                _carry_counters(read, write, table)
            compare(found, {table.name: content.fingerprint(write, table) for _, table in tables})
            also(read)
            return found
    except DBAPIError as error:
        raise explain(error) from error


def require_empty(connection: Connection) -> None:
    """Refuse a database in which there is more than a fresh schema.

    Raises:
        StoreError: It names the table and what to do.
    """
    name = _first_filled(connection)
    if name is not None:
        raise StoreError(
            N_(
                "The database {address} already holds something, found in the table {table}. Nothing was "
                "changed. Name a new database, or one with nothing in it."
            ),
            address=connection.engine.url.render_as_string(hide_password=True),
            table=name,
        )


def compare(expected: Mapping[str, Fingerprint], found: Mapping[str, Fingerprint]) -> None:
    """Hold what a database holds against what it should hold.

    Raises:
        StoreError: A table differs; it is named.
    """
    for name in sorted({*expected, *found}):
        if expected.get(name) != found.get(name):
            raise StoreError(
                N_(
                    "The table {table} did not arrive as it was: {expected} rows were expected and {found} "
                    "found, or their content differs. Nothing was kept; try again from an unharmed source."
                ),
                table=name,
                expected=expected[name].rows if name in expected else 0,
                found=found[name].rows if name in found else 0,
            )


def reading(engine: Engine) -> Connection:
    """Return a connection that sees the database as it is at one moment and changes nothing."""
    if engine.dialect.name == "sqlite":
        return engine.connect()
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True).connect()


def _take_time(connection: Connection) -> None:
    """Let the transaction take as long as it takes, whatever limits a server has for pages."""
    if connection.dialect.name == "postgresql":
        for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text("SELECT set_config(:name, '0', true)"), {"name": limit})


def _first_filled(connection: Connection) -> str | None:
    is_ours = schema_version(connection) is not None
    for table in content.content_tables(connection):
        if not is_ours:
            return table.name
        if table.name not in SEEDED and connection.execute(select(table).limit(1)).first() is not None:
            return table.name
    return None


def _matching(read: Connection, write: Connection) -> list[tuple[Table, Table]]:
    """Return each table as it is in both databases, which must have the same."""
    versions = schema_version(read), schema_version(write)
    theirs, ours = content.content_tables(read), content.content_tables(write)
    if versions[0] != versions[1] or _columns(theirs) != _columns(ours):
        raise StoreError(
            N_(
                "The databases are of different schemas ({found} and {expected}). Bring the first one up to "
                "date by opening it: python -m dashboard init."
            ),
            found=versions[0],
            expected=versions[1],
        )
    there = {table.name: table for table in theirs}
    return [(there[table.name], table) for table in ours]


def _columns(tables: list[Table]) -> dict[str, list[str]]:
    return {table.name: sorted(column.name for column in table.columns) for table in tables}


def _copy_all(
    read: Connection, write: Connection, tables: list[tuple[Table, Table]], progress: Progress
) -> dict[str, Fingerprint]:
    total = sum(read.execute(select(func.count()).select_from(table)).scalar_one() for table, _ in tables)
    found: dict[str, Fingerprint] = {}
    done = 0
    for table, copy in tables:
        hashing = content.Hashing(table)
        names = sorted(column.name for column in table.columns)
        for batch in content.batches(read, table):
            hashing.add(batch)
            write.execute(insert(copy), [dict(zip(names, row, strict=True)) for row in batch])
            done += len(batch)
            progress("copy", done, total)
        found[table.name] = hashing.result()
    return found


def _carry_counters(read: Connection, write: Connection, table: Table) -> None:
    """Let a table go on counting where the source would, which may lie beyond its highest id."""
    for column in table.primary_key.columns:
        if not isinstance(column.type, sql.Integer):
            continue
        highest = read.execute(select(func.max(column))).scalar_one() or 0
        last = max(highest, _counted_to(read, table.name, column.name))
        if last:
            _count_from(write, table.name, column.name, last)


def _counted_to(connection: Connection, table: str, column: str) -> int:
    if connection.dialect.name == "sqlite":
        if not inspect(connection).has_table("sqlite_sequence"):
            return 0
        query = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
        return int(connection.execute(query, {"table": table}).scalar() or 0)
    query = text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :column)::regclass)")
    return int(connection.execute(query, {"table": _quoted(table), "column": column}).scalar() or 0)


def _count_from(connection: Connection, table: str, column: str, last: int) -> None:
    if connection.dialect.name == "sqlite":
        if _never_counts_back(connection, table):
            values = {"last": last, "table": table}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :table"), values)
            connection.execute(text("INSERT INTO sqlite_sequence (name, seq) VALUES (:table, :last)"), values)
        return
    query = text("SELECT setval(pg_get_serial_sequence(:table, :column)::regclass, :last)")
    connection.execute(query, {"table": _quoted(table), "column": column, "last": last})


def _never_counts_back(connection: Connection, table: str) -> bool:
    query = text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = :table")
    return "AUTOINCREMENT" in str(connection.execute(query, {"table": table}).scalar())


def _quoted(table: str) -> str:
    return '"' + table.replace('"', '""') + '"'
