"""What a database of any released schema holds: its tables as they are, and a hash of each one's rows.

The hash is of the content alone: it is the same on SQLite and PostgreSQL, before and after a move.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, Column, Connection, DateTime, MetaData, Table, collate, inspect, select
from sqlalchemy import types as sql
from sqlalchemy.engine.interfaces import ReflectedColumn

from dashboard.store.base import UtcDateTime

BATCH = 1_000
"""Rows that are held in memory at once."""

_ENCODE = json.JSONEncoder().encode
_ENCODE_SORTED = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

VECTOR_TABLES = ("vector_space", "segment_vector")
"""Vectors in PostgreSQL, which can be made again."""

_NO_CONTENT = ("alembic_version", *VECTOR_TABLES)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """What a table holds: its columns by name, how many rows, and their hash in the order of the key."""

    columns: tuple[str, ...]
    rows: int
    sha256: str


def content_tables(connection: Connection) -> list[Table]:
    """Return the tables that hold content, those that others refer to first.

    Search tables, and columns that the database fills by itself, are left out: triggers make them again.
    """
    inspector = inspect(connection)
    derived = _derived_tables(connection)
    metadata = MetaData()
    found = []
    for name, _ in inspector.get_sorted_table_and_fkc_names():
        if name is None or name in _NO_CONTENT or name in derived:
            continue
        keys = inspector.get_pk_constraint(name)["constrained_columns"]
        stored = [column for column in inspector.get_columns(name) if not _is_derived(column)]
        found.append(Table(name, metadata, *(_column(one, keys) for one in stored)))
    return found


def fingerprints(connection: Connection) -> dict[str, Fingerprint]:
    """Return the fingerprint of every table that holds content, by the table's name."""
    return {table.name: fingerprint(connection, table) for table in content_tables(connection)}


def fingerprint(connection: Connection, table: Table) -> Fingerprint:
    """Return the fingerprint of one of the tables that `content_tables` gave."""
    hashing = Hashing(table)
    for batch in batches(connection, table):
        hashing.add(batch)
    return hashing.result()


def batches(connection: Connection, table: Table) -> Iterator[list[Any]]:
    """Yield a table's rows in the order of its key, some at a time; no more are ever in memory.

    Their values come in the order of the columns' names.
    """
    query = select(*_by_name(table)).order_by(*_order(connection, table))
    result = connection.execute(query.execution_options(yield_per=BATCH))
    for batch in result.partitions():
        yield list(batch)


class Hashing:
    """Hashes the rows of a table as they pass by.

    Args:
        table: A table that `content_tables` gave.
    """

    def __init__(self, table: Table) -> None:
        self._columns = _by_name(table)
        self._conversions = [
            (place, convert)
            for place, column in enumerate(self._columns)
            if (convert := _conversion(column.type)) is not None
        ]
        self._rows = 0
        self._hash = hashlib.sha256()

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Add rows that `batches` gave."""
        values = [list(row) for row in rows]
        for place, convert in self._conversions:
            for row in values:
                if row[place] is not None:
                    row[place] = convert(row[place])
        # Each row ends alike, so that it does not matter how many come at once.
        self._hash.update(_ENCODE(values)[1:-1].encode("ascii") + b", ")
        self._rows += len(values)

    def result(self) -> Fingerprint:
        """Return the fingerprint of the rows so far."""
        names = tuple(column.name for column in self._columns)
        return Fingerprint(names, self._rows, self._hash.hexdigest())


def _derived_tables(connection: Connection) -> set[str]:
    if connection.dialect.name != "sqlite":
        return set()
    listed = connection.exec_driver_sql("PRAGMA table_list")
    return {name for _, name, kind, *_ in listed if kind != "table"}


def _is_derived(column: ReflectedColumn) -> bool:
    return "computed" in column


def _column(column: ReflectedColumn, keys: Sequence[str]) -> Column[Any]:
    name, kind = column["name"], column["type"]
    found: sql.TypeEngine[Any] = kind
    if isinstance(kind, DateTime):
        found = UtcDateTime()
    elif isinstance(kind, JSON):
        # In a column that may be empty None stands for that, else for JSON's own null.
        found = JSON(none_as_null=column["nullable"])
    return Column(name, found, primary_key=name in keys, nullable=column["nullable"], autoincrement=False)


def _order(connection: Connection, table: Table) -> list[Any]:
    """Return the key's columns, texts by their bytes whatever the database's language is."""
    keys = sorted(table.primary_key.columns, key=lambda column: column.name)
    if connection.dialect.name != "postgresql":
        return list(keys)
    return [collate(key, "C") if isinstance(key.type, sql.String) else key for key in keys]


def _by_name(table: Table) -> list[Column[Any]]:
    return sorted(table.columns, key=lambda column: column.name)


def _conversion(kind: sql.TypeEngine[Any]) -> Callable[[Any], Any] | None:
    """Return what makes a value the same on every database, for types for which it is not."""
    if isinstance(kind, UtcDateTime):
        return _moment
    if isinstance(kind, JSON):
        return _ENCODE_SORTED
    # A whole number where a float belongs is the same number.
    return float if isinstance(kind, sql.Float) else None


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat(timespec="microseconds")
