"""The tables of vectors in PostgreSQL, made on demand because they need the extension pgvector."""

from typing import Any

from pgvector.sqlalchemy import HALFVEC, VECTOR
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    cast,
    func,
    literal,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.types import TypeEngine

from dashboard.errors import N_, StoreError
from dashboard.store.engine import explain

FIRST_SERVED = (0, 8)
"""The first pgvector that searches on when an index has given out before enough was found."""

MOST_INDEXED, MOST_INDEXED_HALVED = 2_000, 4_000
"""Numbers of a vector that pgvector can index in single precision, and in half precision."""

NEIGHBOURS, EF_CONSTRUCTION = 16, 64

PREPARING, EMBEDDING, INDEXING = 7_430_001, 7_430_002, 7_430_003
"""First halves of the advisory locks; the second is the space."""

_REFUSED = "42501"

METADATA = MetaData()

SPACE = Table(
    "vector_space",
    METADATA,
    Column("id", Integer, Identity(), primary_key=True),
    Column("encoder", Text, nullable=False),
    Column("dimension", Integer, nullable=False),
    Column("last_number", BigInteger, nullable=False, server_default="0"),
    UniqueConstraint("encoder", "dimension"),
)
"""One row an encoder, with the last number that one of its vectors was given; none is given twice."""

VECTORS = Table(
    "segment_vector",
    METADATA,
    Column("space_id", Integer, ForeignKey("vector_space.id"), primary_key=True, autoincrement=False),
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("text_hash", LargeBinary, nullable=False),
    Column("embedding", VECTOR(), nullable=False),
    UniqueConstraint("space_id", "text_hash"),
)
"""One row a text and encoder. `number` counts up from 1 in each space: what is new is above what is known."""


def prepare(engine: Engine) -> StoreError | None:
    """Make the extension and the tables ready; several processes may do so at once.

    Returns:
        Why this PostgreSQL keeps no vectors, None where it does.

    Raises:
        StoreError: The database failed.
    """
    try:
        with engine.begin() as connection:
            connection.execute(select(func.pg_advisory_xact_lock(PREPARING, 0)))
            fault = _extend(connection)
            if fault is None:
                METADATA.create_all(connection)
            return fault
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _REFUSED:
            raise explain(error) from error
        return StoreError(
            N_(
                "PostgreSQL did not allow the extension vector to be used: {reason}. Let its administrator "
                "run CREATE EXTENSION vector in this database."
            ),
            reason=str(error.orig).strip().splitlines()[0],
        )


def _extend(connection: Connection) -> StoreError | None:
    version = _version(connection)
    if version is None:
        offered = text("SELECT 1 FROM pg_available_extensions WHERE name = 'vector'")
        if connection.scalar(offered) is None:
            return StoreError(
                N_("This PostgreSQL has no extension vector. Install pgvector 0.8 or newer on its server.")
            )
        connection.execute(text("CREATE EXTENSION vector"))
        version = _version(connection)
    if tuple(int(part) for part in str(version).split(".")[:2]) < FIRST_SERVED:
        return StoreError(
            N_(
                "pgvector {found} is too old. Install 0.8 or newer on PostgreSQL's server, then let its "
                "administrator run ALTER EXTENSION vector UPDATE in this database."
            ),
            found=version,
        )
    return None


def version_of(engine: Engine) -> str:
    """Return the version of pgvector, empty where it is not."""
    with engine.connect() as connection:
        return _version(connection) or ""


def _version(connection: Connection) -> str | None:
    found = connection.scalar(text("SELECT extversion FROM pg_extension WHERE extname = 'vector'"))
    return None if found is None else str(found)


def indexed_type(dimension: int) -> TypeEngine[Any] | None:
    """Return the type under which vectors of so many numbers are indexed, None where they cannot be."""
    if dimension <= MOST_INDEXED:
        return VECTOR(dimension)
    return HALFVEC(dimension) if dimension <= MOST_INDEXED_HALVED else None


def index_name(space: int) -> str:
    """Return the name of a space's HNSW index."""
    return f"segment_vector_hnsw_{space}"


def hnsw_index(space: int, dimension: int, kind: TypeEngine[Any]) -> Index:
    """Return the HNSW index over the vectors of one space, to be made while others write."""
    # A table of its own, because an index stays with the table that it is declared on.
    table = VECTORS.to_metadata(MetaData())
    operators = "vector_ip_ops" if dimension <= MOST_INDEXED else "halfvec_ip_ops"
    return Index(
        index_name(space),
        cast(table.c.embedding, kind).label("indexed"),
        postgresql_using="hnsw",
        postgresql_ops={"indexed": operators},
        postgresql_with={"m": NEIGHBOURS, "ef_construction": EF_CONSTRUCTION},
        postgresql_where=table.c.space_id == literal(space),
        postgresql_concurrently=True,
    )
