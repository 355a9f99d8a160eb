"""Whether database, index and disk are well: cheap enough to be asked every few seconds, by anybody."""

import logging
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from pathlib import Path

from dashboard.config import Settings
from dashboard.retrieval.manifest import is_complete
from dashboard.store.migrate import HEAD
from dashboard.store.probe import schema_of

OK, ABSENT, DAMAGED = "ok", "absent", "damaged"
FAILED, MISSING, OTHER_SCHEMA, FULL, READ_ONLY = "failed", "missing", "other schema", "full", "read-only"
NO_ANSWER = "no answer"

WELL = frozenset({OK, ABSENT, DAMAGED})
"""States with which the program works: an index that is absent or damaged is built by the next search."""

REUSED_SECONDS = 1.0
"""How long a state counts, so that however many ask, the database is asked once a second."""

CONNECT_SECONDS = 2

_LOGGER = logging.getLogger(__name__)


class Part:
    """One part of the project and how it is, looked at in a thread of its own: what hangs, hangs there.

    Args:
        name: What it is called in the log.
        look: Returns its state, a word or two without paths, versions or addresses.
    """

    def __init__(self, name: str, look: Callable[[], str]) -> None:
        self._name = name
        self._look = look
        self._lock = threading.Lock()
        self._state: Future[str] | None = None
        self._seen = 0.0

    def state(self) -> "Future[str]":
        """Return the state to come. Who asks meanwhile, or soon after, is given the same."""
        with self._lock:
            if self._state is None or (self._state.done() and self._is_old()):
                self._state = Future()
                threading.Thread(target=self._find, args=(self._state,), name="health", daemon=True).start()
            return self._state

    def _is_old(self) -> bool:
        return time.monotonic() - self._seen > REUSED_SECONDS

    def _find(self, state: "Future[str]") -> None:
        found = FAILED
        try:
            found = self._look()
        except Exception as error:
            # Its words may name a file or an address; its kind does not.
            _LOGGER.warning("health: %s failed with %s", self._name, type(error).__name__)
        finally:
            self._seen = time.monotonic()
            state.set_result(found)


def parts_of(settings: Settings) -> dict[str, Part]:
    """Return every part that is looked at, by its name."""
    looks: Mapping[str, Callable[[], str]] = {
        "database": lambda: database_state(settings),
        "index": lambda: index_state(settings.data_dir),
        "disk": lambda: disk_state(settings.data_dir, settings.min_free_mb),
    }
    return {name: Part(name, look) for name, look in looks.items()}


def database_state(settings: Settings) -> str:
    """Look whether the database answers and has the schema of this program; nothing is made or migrated."""
    schema = schema_of(settings.database, CONNECT_SECONDS)
    if schema is None:
        return MISSING
    return OK if schema == HEAD else OTHER_SCHEMA


def index_state(data_dir: Path) -> str:
    """Look whether the files of the stored indexes are there; their checksums are the searcher's business."""
    folder = data_dir / "indexes"
    if not folder.is_dir():
        return ABSENT
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        return READ_ONLY
    complete = [is_complete(own) for own in folder.iterdir() if own.is_dir()]
    if not complete:
        return ABSENT
    return OK if all(complete) else DAMAGED


def disk_state(data_dir: Path, min_free_mb: int) -> str:
    """Look whether the data folder can be written and has room left."""
    if not data_dir.is_dir():
        return MISSING
    if not os.access(data_dir, os.W_OK | os.X_OK):
        return READ_ONLY
    return OK if shutil.disk_usage(data_dir).free >= min_free_mb * 1_000_000 else FULL
