"""One value for many threads that is replaced, while in use, when it has become stale."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Served(Generic[T]):
    """Keeps what `load` made until `is_current` denies it.

    One thread replaces it; the others are served the former value meanwhile. Only where there is no former
    value do they wait.
    """

    def __init__(self, load: Callable[[], T], is_current: Callable[[T], bool]) -> None:
        self._load = load
        self._is_current = is_current
        self._loading = threading.Lock()
        self._value: T | None = None

    def get(self) -> T:
        """Return the current value, or the former one while another thread replaces it."""
        former = self._value
        if former is not None and self._is_current(former):
            return former
        if not self._loading.acquire(blocking=former is None):
            return former  # type: ignore[return-value]  # Only a present value is not waited for.
        try:
            latest = self._value
            if latest is None or not self._is_current(latest):
                latest = self._load()
                self._value = latest
            return latest
        finally:
            self._loading.release()
