"""An iterator read in the background, so that its reader is never held longer than a deadline."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

T = TypeVar("T")


class DeadlinePassed(Exception):
    """The deadline passed before the iterator ended."""


class Background(Generic[T]):
    """Runs a source in a thread and hands over its items as they come.

    The time limits of an HTTP client bound each wait, not their sum: a server that sends a comment every few
    seconds, or a name lookup that hangs, would hold the reader for ever. Here only the thread waits.

    Args:
        source: Makes the iterator; it is called and read in the thread.
        deadline: Moment of `time.monotonic()` after which reading ends.
        abandon: Called once the reader stops early, to free a thread that waits for the network.
    """

    def __init__(
        self, source: Callable[[], Iterator[T]], deadline: float, abandon: Callable[[], None]
    ) -> None:
        self._source = source
        self._deadline = deadline
        self._abandon = abandon
        self._items: queue.SimpleQueue[tuple[bool, T | BaseException | None]] = queue.SimpleQueue()
        self._stopped = threading.Event()

    def __iter__(self) -> Iterator[T]:
        """Yield the items, then raise what the source raised.

        Raises:
            DeadlinePassed: The source had not ended at the deadline.
        """
        threading.Thread(target=self._read, name="answer", daemon=True).start()
        try:
            while True:
                try:
                    is_item, value = self._items.get(timeout=max(0.0, self._deadline - time.monotonic()))
                except queue.Empty:
                    raise DeadlinePassed from None
                if is_item:
                    yield value  # type: ignore[misc]
                elif value is None:
                    return
                else:
                    raise value  # type: ignore[misc]
        finally:
            if not self._stopped.is_set():
                self._stopped.set()
                self._abandon()

    def _read(self) -> None:
        end: BaseException | None = None
        try:
            for item in self._source():
                if self._stopped.is_set():
                    return
                self._items.put((True, item))
        except BaseException as error:
            end = error
        self._items.put((False, end))
