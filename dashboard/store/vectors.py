"""Vectors in PostgreSQL: read and written in its binary format, and the nearest found by pgvector."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from pgvector import Vector
from sqlalchemy import Connection, Integer, cast, func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert as insert_new
from sqlalchemy.exc import DBAPIError

from dashboard.store.engine import explain
from dashboard.store.store import Store
from dashboard.store.vector_schema import EMBEDDING, SPACE, VECTORS, indexed_type

Numbers = npt.NDArray[np.int64]
Keys = npt.NDArray[np.bytes_]
Rows = npt.NDArray[np.float32]

BLOCK = 10_000
"""Vectors in one statement."""

LEAST_EF, MOST_EF = 200, 1_000
"""Candidates that a search in the HNSW index keeps; pgvector allows no more."""

PATIENT = text(
    "SELECT set_config('lock_timeout', '0', :is_local), set_config('statement_timeout', '0', :is_local)"
)
"""Lifts the limits of usual statements, for what rightly takes long or waits for one that does."""

_HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"


class Near(NamedTuple):
    """The vectors nearest to another: their numbers, themselves, and their inner products with it."""

    numbers: Numbers
    rows: Rows
    products: npt.NDArray[np.float64]


@contextmanager
def explained() -> Iterator[None]:
    """Turn an error of the database or its driver into one that says what to do.

    Raises:
        StoreError: The database failed.
    """
    import psycopg

    try:
        yield
    except DBAPIError as error:
        raise explain(error) from error
    except psycopg.Error as error:
        raise explain(DBAPIError("", {}, error)) from error


def open_space(store: Store, encoder: str, dimension: int) -> int:
    """Return the number of the space of an encoder's vectors, which is made when there is none."""
    values = {"encoder": encoder, "dimension": dimension}
    mine = select(SPACE.c.id).filter_by(**values)
    with explained(), store.engine.begin() as connection:
        found = connection.scalar(mine)
        if found is None:
            # Two may come at once: who waited finds it there.
            connection.execute(insert_new(SPACE).values(values).on_conflict_do_nothing())
            found = connection.scalar(mine)
    assert found is not None
    return int(found)


def newer_keys(store: Store, space: int, after: int) -> tuple[Numbers, Keys]:
    """Return the vectors above a number: their numbers, ascending, and the hashes of their texts."""
    with explained(), store.read() as session:
        return _newer_keys(session.connection(), space, after)


def _newer_keys(connection: Connection, space: int, after: int) -> tuple[Numbers, Keys]:
    query = (
        select(VECTORS.c.number, VECTORS.c.text_hash)
        .where(VECTORS.c.space_id == space, VECTORS.c.number > after)
        .order_by(VECTORS.c.number)
    )
    rows = connection.execute(query).all()
    return np.array([row[0] for row in rows], dtype=np.int64), np.array([row[1] for row in rows], dtype="S32")


def add(store: Store, space: int, after: int, keys: Keys, rows: Rows) -> None:
    """Store the vectors of texts that have none, all of them or nothing.

    Args:
        store: The database.
        space: Where they belong.
        after: A number up to which the caller knows what is there, and that none of the keys is.
        keys: The hashes of the texts, each once.
        rows: One vector a hash.

    Raises:
        StoreError: The database failed and nothing was stored.
    """
    with explained(), store.engine.begin() as connection:
        connection.execute(PATIENT, {"is_local": True})
        # Writers of one space follow each other, so what is new is above and nothing is stored twice.
        last = connection.scalar(select(SPACE.c.last_number).where(SPACE.c.id == space).with_for_update())
        assert last is not None
        new = np.flatnonzero(~np.isin(keys, _newer_keys(connection, space, after)[1]))
        for start in range(0, len(new), BLOCK):
            part = new[start : start + BLOCK]
            _copy_in(connection, space, last + 1 + start, keys[part], rows[part])
        connection.execute(update(SPACE).where(SPACE.c.id == space).values(last_number=last + len(new)))


def _copy_in(connection: Connection, space: int, first: int, keys: Keys, rows: Rows) -> None:
    dimension = rows.shape[1]
    data = np.zeros(
        len(rows),
        dtype=[
            ("fields", ">i2"),
            ("space_size", ">i4"),
            ("space", ">i4"),
            ("number_size", ">i4"),
            ("number", ">i8"),
            ("key_size", ">i4"),
            ("key", "S32"),
            *_vector_type(dimension),
        ],
    )
    data["fields"] = 4
    data["space_size"], data["space"] = 4, space
    data["number_size"], data["number"] = 8, np.arange(first, first + len(rows))
    data["key_size"], data["key"] = 32, keys
    data["vector_size"], data["dimension"], data["vector"] = 4 + 4 * dimension, dimension, rows
    statement = "COPY segment_vector (space_id, number, text_hash, embedding) FROM STDIN (FORMAT binary)"
    with _cursor(connection) as cursor, cursor.copy(statement) as copy:
        copy.write(_HEADER + data.tobytes() + _TRAILER)


def _vector_type(dimension: int) -> list[tuple[Any, ...]]:
    return [
        ("vector_size", ">i4"),
        ("dimension", ">u2"),
        ("unused", ">u2"),
        ("vector", ">f4", (dimension,)),
    ]


def _cursor(connection: Connection) -> Any:
    driver = connection.connection.driver_connection
    assert driver is not None
    return driver.cursor()


def read_rows(store: Store, space: int, dimension: int, numbers: Numbers) -> tuple[Numbers, Rows]:
    """Return the vectors with these numbers, ascending and each once; those that are gone are left out."""
    layout = np.dtype(
        [("fields", ">i2"), ("number_size", ">i4"), ("number", ">i8"), *_vector_type(dimension)]
    )
    wanted = np.unique(numbers)
    statement = (
        "COPY (SELECT number, embedding FROM segment_vector WHERE space_id = %s AND number = ANY(%s) "
        "ORDER BY number) TO STDOUT (FORMAT binary)"
    )
    found = np.zeros(len(wanted), dtype=np.int64)
    rows = np.zeros((len(wanted), dimension), dtype=np.float32)
    count = 0
    with explained(), store.read() as session, _cursor(session.connection()) as cursor:
        for start in range(0, len(wanted), BLOCK):
            block = wanted[start : start + BLOCK].tolist()
            with cursor.copy(statement, (space, block)) as copy:
                data = b"".join(copy)
            table = np.frombuffer(data[len(_HEADER) : -len(_TRAILER)], dtype=layout)
            part = slice(count, count + len(table))
            found[part], rows[part] = table["number"], table["vector"]
            count = part.stop
    return found[:count], rows[:count]


def nearest(store: Store, space: int, row: npt.NDArray[np.float32], limit: int, *, is_indexed: bool) -> Near:
    """Return the vectors of a space with the greatest inner product with another, in any order.

    Args:
        store: The database.
        space: Where they are looked for.
        row: What they are compared with.
        limit: How many.
        is_indexed: Whether to go by the HNSW index, which may miss some; else all are compared.
    """
    embedding: Any = VECTORS.c.embedding
    indexed = indexed_type(len(row)) if is_indexed else None
    # Only the expression that is indexed can be looked up; without the cast every vector is compared.
    expression = embedding if indexed is None else cast(embedding, indexed)
    distance = expression.max_inner_product(row)
    found = (
        select(VECTORS.c.number, embedding, distance.label("negative"))
        # Written out, because an index for one space does not serve a statement for any space.
        .where(VECTORS.c.space_id == literal(space, Integer, literal_execute=True))
        .order_by(distance)
        .limit(limit)
        .subquery()
    )
    # Outside, or every vector would be written out before the nearest are known.
    query = select(found.c.number, func.vector_send(found.c.embedding), found.c.negative)
    with explained(), store.read() as session:
        session.execute(_SETTINGS, _settings(limit, is_indexed=indexed is not None))
        near = session.execute(query).all()
    rows = [Vector.from_binary(sent).to_numpy() for _, sent, _ in near]
    return Near(
        np.array([number for number, _, _ in near], dtype=np.int64),
        np.array(rows, dtype=np.float32).reshape(len(rows), len(row)),
        -np.array([negative for _, _, negative in near], dtype=np.float64),
    )


_SETTINGS = text(
    "SELECT set_config('hnsw.ef_search', :ef, true), "
    "set_config('hnsw.iterative_scan', 'relaxed_order', true), "
    "set_config('enable_seqscan', :others, true), set_config('enable_sort', :others, true), "
    "set_config('max_parallel_workers_per_gather', '0', true)"
)


def _settings(limit: int, *, is_indexed: bool) -> dict[str, str]:
    return {"ef": str(min(max(LEAST_EF, limit), MOST_EF)), "others": "off" if is_indexed else "on"}


def mean_row(store: Store, space: int, numbers: Numbers) -> npt.NDArray[np.float64]:
    """Return the mean of vectors; a number that comes several times counts as often."""
    with explained(), store.read() as session:
        sent = session.scalar(_MEAN, {"space": space, "numbers": numbers.tolist()})
    return Vector.from_binary(sent).to_numpy().astype(np.float64)


_MEAN = text(
    "SELECT vector_send(avg(v.embedding)) FROM unnest(CAST(:numbers AS bigint[])) AS wanted (number) "
    "JOIN segment_vector v ON v.number = wanted.number AND v.space_id = :space"
)


@contextmanager
def embedding(store: Store, space: int) -> Iterator[None]:
    """Hold the space's right to embed, which the other processes wait for; it ends with the connection.

    Raises:
        StoreError: The database failed before it was held.
    """
    with store.engine.connect() as connection:
        with explained():
            connection.execute(PATIENT, {"is_local": True})
            connection.execute(select(func.pg_advisory_xact_lock(EMBEDDING, space)))
        yield
        # A server that went away meanwhile took the lock with it; whoever embeds the same stores it once.
        with suppress(DBAPIError):
            connection.rollback()
