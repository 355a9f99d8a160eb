"""How often something may be asked for, by one and by all together. Each process counts for itself."""

from dashboard.errors import N_, TooManyRequests


class RateLimit:
    """Lets so much through in any minute. Safe to share between threads.

    Args:
        each: How often one address, or one person, may.
        together: How often all may together.
    """

    def __init__(self, each: int, together: int) -> None:
        from limits import RateLimitItemPerMinute
        from limits.storage import MemoryStorage
        from limits.strategies import MovingWindowRateLimiter

        self._limiter = MovingWindowRateLimiter(MemoryStorage())
        self._each, self._together = RateLimitItemPerMinute(each), RateLimitItemPerMinute(together)

    def count(self, who: str) -> None:
        """Count one more of somebody's.

        Raises:
            TooManyRequests: It was one too many.
        """
        # Each before all: who asks too often must not use up what is there for the others.
        if self._limiter.hit(self._each, "each", who) and self._limiter.hit(self._together, "together"):
            return
        raise TooManyRequests(N_("That was asked for too often. Wait a minute, then try again."))
