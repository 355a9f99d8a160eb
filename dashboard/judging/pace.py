"""How fast a model server may be asked: requests and tokens a minute, and the pauses it asks for."""

import threading
import time

STEP_SECONDS = 0.05


class Halted(Exception):
    """The work was stopped while a request waited for its turn."""


class Pace:
    """Lets requests go one by one as the limits allow. Safe to share between threads.

    Args:
        halt: Set to end all waiting.
        requests_a_minute: Requests in any minute, None for no limit.
        tokens_a_minute: Tokens in any minute, None for no limit.
    """

    def __init__(
        self,
        halt: threading.Event,
        requests_a_minute: int | None = None,
        tokens_a_minute: int | None = None,
    ) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self.halt = halt
        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        limits = {"requests": requests_a_minute, "tokens": tokens_a_minute}
        self._limits = {name: RateLimitItemPerMinute(limit) for name, limit in limits.items() if limit}
        self._lock = threading.Lock()
        self._held_until = 0.0

    def wait(self, tokens: int) -> None:
        """Return when a request that takes about so many tokens may go.

        Raises:
            Halted: The work was stopped.
        """
        while not self._may_go(tokens):
            if self.halt.wait(STEP_SECONDS):
                raise Halted
        if self.halt.is_set():
            raise Halted

    def hold(self, seconds: float) -> None:
        """Let no request go for so long, because the server asked for a pause."""
        with self._lock:
            self._held_until = max(self._held_until, time.monotonic() + seconds)

    def _may_go(self, tokens: int) -> bool:
        with self._lock:
            if time.monotonic() < self._held_until:
                return False
            # A request above the limit of a minute could never go: it takes the whole minute.
            costs = {
                name: 1 if name == "requests" else max(1, min(tokens, item.amount))
                for name, item in self._limits.items()
            }
            if not all(
                self._limiter.test(item, name, cost=costs[name]) for name, item in self._limits.items()
            ):
                return False
            return all(self._limiter.hit(item, name, cost=costs[name]) for name, item in self._limits.items())
