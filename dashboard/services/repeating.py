"""What is done again and again for as long as the process lives."""

import logging
import threading
from collections.abc import Callable

from dashboard.errors import VereditoError

_LOGGER = logging.getLogger(__name__)


def every(seconds: float, work: Callable[[], object], name: str) -> None:
    """Call a function by the clock, in a thread of its own; one that fails has its turn again.

    Args:
        seconds: Time between two calls; the first comes after it.
        work: What is called.
        name: What the thread is called.
    """

    def run() -> None:
        while not waiting.wait(seconds):
            try:
                work()
            except VereditoError as error:
                _LOGGER.info("%s: %s", name, error)

    waiting = threading.Event()
    threading.Thread(target=run, name=name, daemon=True).start()
