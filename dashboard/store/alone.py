"""What only one of all app processes may do at a time."""

import zlib
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from dashboard.store.engine import explain
from dashboard.store.store import Store

_ALONE = 7_430_004
"""First half of the advisory locks; the second is a checksum of the name."""


@contextmanager
def alone(store: Store, name: str) -> Iterator[bool]:
    """Hold a name that one process at a time can hold; it is free again when the process ends, however.

    On SQLite there is one app process, so that every name is free.

    Args:
        store: The database that the processes share.
        name: What is done.

    Yields:
        Whether it is held here; False while another holds it.

    Raises:
        StoreError: The database failed.
    """
    if store.engine.dialect.name != "postgresql":
        yield True
        return
    key = zlib.crc32(name.encode()) - 2**31
    engine = store.engine.execution_options(isolation_level="AUTOCOMMIT")
    try:
        connection = engine.connect()
        # Its own, which is closed at the end and takes the lock with it.
        connection.detach()
        is_held = bool(connection.scalar(select(func.pg_try_advisory_lock(_ALONE, key))))
    except DBAPIError as error:
        raise explain(error) from error
    with connection:
        yield is_held
