"""Results that are costly and may be a little old: computing them takes a share of the time at most."""

import threading
import time
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

Result = TypeVar("Result")

REST = 20
"""After a result was computed it stands for this many times as long as that took, whatever has changed."""


class Recent(Generic[Result]):
    """Keeps the newest result, which all sessions share.

    Args:
        compute: Gives the result anew.
        clock: Gives seconds.
    """

    def __init__(self, compute: Callable[[], Result], clock: Callable[[], float] = time.monotonic) -> None:
        self._compute, self._clock = compute, clock
        self._lock = threading.Lock()
        self._kept: tuple[Hashable, float, Result] | None = None

    def get(self, version: Hashable) -> Result:
        """Return the result; it is computed again when the version has changed and the rest is over."""
        with self._lock:
            if self._kept is not None:
                known, due, result = self._kept
                if known == version or self._clock() < due:
                    return result
            began = self._clock()
            result = self._compute()
            ended = self._clock()
            self._kept = (version, ended + REST * (ended - began), result)
            return result
