"""A result that is served while a newer one is made in the background, so that no page waits for it."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from dashboard.errors import VereditoError
from dashboard.services.ingest import Progress
from dashboard.services.task import Task

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Outlook(Generic[Value]):
    """What there is at a moment.

    Attributes:
        value: The newest result, None when there is none yet.
        is_current: Whether it is of the present data.
        task: The work that makes another one, None when none is under way.
        error: Why the last work failed, None when it did not.
    """

    value: Value | None
    is_current: bool
    task: Task[Value] | None
    error: VereditoError | None


class Background(Generic[Value]):
    """Keeps one result. Safe to use from any thread; one work runs at a time.

    Args:
        load: Reads the stored result; None where there is none that can be trusted.
        make: Makes a result and stores it.
        is_current: Says whether a result is of the present data.
        rest: After a work another is begun by itself only when so many times as long has passed; while an
            ingest goes on, every result is outdated when it is made.
    """

    def __init__(
        self,
        load: Callable[[], Value | None],
        make: Callable[[Progress], Value],
        is_current: Callable[[Value], bool],
        rest: float = 0.0,
    ) -> None:
        self._load = load
        self._make = make
        self._is_current = is_current
        self._rest = rest
        self._next = 0.0
        self._guard = threading.Lock()
        self._is_loaded = False
        self._value: Value | None = None
        self._task: Task[Value] | None = None
        self._error: VereditoError | None = None

    def look(self, *, begin: bool) -> Outlook[Value]:
        """Return what there is.

        Args:
            begin: Whether to begin the work where there is no current result; one that failed is begun
                again only by `begin_again`.

        Raises:
            VereditoError: What the result rests on cannot be read.
        """
        with self._guard:
            self._take_in()
            if not self._is_loaded:
                self._value = self._load()
                self._is_loaded = True
            is_current = self._value is not None and self._is_current(self._value)
            may_begin = begin and self._error is None and time.monotonic() >= self._next
            if may_begin and not is_current and self._task is None:
                self._begin()
            return Outlook(self._value, is_current, self._task, self._error)

    def begin_again(self) -> None:
        """Begin the work unless it is under way."""
        with self._guard:
            self._take_in()
            self._error = None
            if self._task is None:
                self._begin()

    def _begin(self) -> None:
        self._task = Task(self._work)

    def _work(self, progress: Progress) -> Value:
        begun = time.monotonic()
        try:
            return self._make(progress)
        finally:
            ended = time.monotonic()
            self._next = ended + self._rest * (ended - begun)

    def _take_in(self) -> None:
        if self._task is None or not self._task.wait(0):
            return
        try:
            self._value, self._error = self._task.result, None
        except VereditoError as error:
            self._error = error
        self._task = None
