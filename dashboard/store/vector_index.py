"""The HNSW index over the vectors of a space, made once by one of all processes while the others go on."""

import logging
import threading

from sqlalchemy import Connection, func, select, text
from sqlalchemy.schema import CreateIndex, DropIndex

from dashboard.store.store import Store
from dashboard.store.vector_schema import INDEXING, hnsw_index, index_name, indexed_type
from dashboard.store.vectors import PATIENT, explained

LOOK_AGAIN_SECONDS = 2.0

MOST_MEMORY_MB = 1_024
"""What building may take of the server's memory; a graph that does not fit takes several times as long."""

_GRAPH_BYTES = 600
"""About what a vector costs in the graph besides itself."""

log = logging.getLogger(__name__)


def is_indexed(store: Store, space: int) -> bool:
    """Return whether there is a whole index over the vectors of a space."""
    with explained(), store.read() as session:
        return _state(session.connection(), space) is True


def make_index(store: Store, space: int, dimension: int, count: int) -> bool:
    """Make the index unless it is there; wait where another process is making it.

    Others search and write meanwhile. What a process that was killed left half made is made anew.

    Args:
        store: The database.
        space: Whose vectors.
        dimension: Numbers in each.
        count: About how many there are.

    Returns:
        Whether there is an index now; vectors with very many numbers have none.

    Raises:
        StoreError: The database failed.
    """
    if indexed_type(dimension) is None:
        return False
    engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    with explained(), engine.connect() as connection:
        # The settings below are the connection's own: it is closed at the end and not given to others.
        connection.detach()
        connection.execute(PATIENT, {"is_local": False})
        # Asked again and again: one that waits inside the database would be waited for by the making.
        while not connection.scalar(select(func.pg_try_advisory_lock(INDEXING, space))):
            threading.Event().wait(LOOK_AGAIN_SECONDS)
        if _state(connection, space) is not True:
            _make(connection, space, dimension, count)
    return True


def _make(connection: Connection, space: int, dimension: int, count: int) -> None:
    kind = indexed_type(dimension)
    assert kind is not None
    index = hnsw_index(space, dimension, kind)
    if _state(connection, space) is False:
        connection.execute(DropIndex(index, if_exists=True))
    memory = min(MOST_MEMORY_MB, 64 + count * (4 * dimension + _GRAPH_BYTES) // 2**20)
    connection.execute(_MEMORY, {"memory": f"{memory}MB"})
    log.info("The HNSW index of space %d is being made over %d vectors.", space, count)
    connection.execute(CreateIndex(index))


# By one process of the server: several would share the memory in /dev/shm, which containers keep small, and
# take every core from the people who work meanwhile.
_MEMORY = text(
    "SELECT set_config('maintenance_work_mem', :memory, false), "
    "set_config('max_parallel_maintenance_workers', '0', false)"
)


def _state(connection: Connection, space: int) -> bool | None:
    """Return whether the index is whole, None where there is none."""
    query = text(
        "SELECT i.indisvalid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
        "WHERE c.oid = to_regclass(:name)"
    )
    found = connection.scalar(query, {"name": index_name(space)})
    return None if found is None else bool(found)
