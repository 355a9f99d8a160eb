"""Long work in a thread of its own, so that leaving the page that began it stops nothing."""

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from dashboard import logs
from dashboard.errors import N_, StoreError, VereditoError
from dashboard.services.ingest import Progress

_LOGGER = logging.getLogger(__name__)

Result = TypeVar("Result")


class Task(Generic[Result]):
    """Work that is under way, and where it stands. Safe to look at from any thread.

    Args:
        work: Does it; it is given a function to tell its progress to.
    """

    def __init__(self, work: Callable[[Progress], Result]) -> None:
        self._work = work
        self._finished = threading.Event()
        self._result: Result | None = None
        self._error: VereditoError | None = None
        self.step, self.done, self.total = "", 0, 0
        self._origin = logs.origin()
        threading.Thread(target=self._run, name="task", daemon=True).start()

    def wait(self, seconds: float) -> bool:
        """Wait so long at most, and return whether the work has ended."""
        return self._finished.wait(seconds)

    @property
    def result(self) -> Result:
        """What the work gave; wait for its end first.

        Raises:
            VereditoError: The work failed.
        """
        if self._error is not None:
            raise self._error
        assert self._result is not None, "the work goes on"
        return self._result

    def _run(self) -> None:
        logs.belongs_to(self._origin)
        try:
            self._result = self._work(self._tell)
        except VereditoError as error:
            self._error = error
        except Exception as error:
            _LOGGER.exception("a task failed")
            self._error = StoreError(
                N_("The work stopped early: {reason}. Begin it again; what was done is kept."),
                reason=type(error).__name__,
            )
        finally:
            self._finished.set()

    def _tell(self, step: str, done: int, total: int) -> None:
        self.step, self.done, self.total = step, done, total
