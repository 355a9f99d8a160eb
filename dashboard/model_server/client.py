"""The openai client as this program uses it: where it gets its key, and how long and often it may wait."""

import email.utils
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dashboard.model_server import failures
from dashboard.model_server.connection import open_client
from dashboard.model_server.failures import Misconfigured

if TYPE_CHECKING:
    from openai import OpenAI


@dataclass(frozen=True, slots=True)
class Limits:
    """How long and how often an answerer waits, in seconds.

    Attributes:
        connect: For the connection.
        read: For each next part of the reply.
        whole: For the whole answer, retries and pauses included.
        tries: Requests at most, while nothing of the answer has arrived.
        pause: Before the second try, doubled for each further one, where the server names no pause.
        longest_pause: A server that asks for more is not waited for.
    """

    connect: float = 10.0
    read: float = 60.0
    whole: float = 180.0
    tries: int = 3
    pause: float = 0.5
    longest_pause: float = 30.0


def client_from_environment(limits: Limits) -> "OpenAI":
    """Return a client that takes key and address from OPENAI_API_KEY and OPENAI_BASE_URL.

    Raises:
        Misconfigured: There is no key.
    """
    import openai

    timeout = openai.Timeout(limits.read, connect=limits.connect)
    try:
        # Retries are made by `ChatStream`, which knows the deadline; the client would wait up to two minutes.
        return open_client(timeout)
    except openai.OpenAIError:
        raise Misconfigured(failures.NO_KEY) from None


def retry_after(error: Exception) -> float | None:
    """Return the seconds that a server asks to wait; None when its error names no pause that can be read."""
    asked = failures.retry_after_text(error)
    try:
        seconds = float(asked)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(asked).timestamp() - time.time()
        except (ValueError, OverflowError):
            return None
    return max(0.0, seconds) if not math.isnan(seconds) else None
