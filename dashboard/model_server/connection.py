"""The HTTP client below the openai client: it goes where the operator said only, and takes in little."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dashboard.model_server import failures
from dashboard.model_server.failures import BrokenAnswer

if TYPE_CHECKING:
    import httpx2
    from openai import OpenAI, Timeout

LARGEST_REPLY = 16 * 2**20
"""Bytes of the longest reply that is read: far above any answer or any vectors of one request."""


def open_client(timeout: "Timeout | float", max_retries: int = 0) -> "OpenAI":
    """Return a client that takes key and address from OPENAI_API_KEY and OPENAI_BASE_URL.

    It follows no redirect: neither the key nor a text goes to an address that a server, and not the operator,
    names. Replies come uncompressed, since a small one may unfold to a huge one, and end at `LARGEST_REPLY`.

    Raises:
        openai.OpenAIError: There is no key.
    """
    import openai

    return openai.OpenAI(
        timeout=timeout,
        max_retries=max_retries,
        http_client=openai.DefaultHttpxClient(
            timeout=timeout,
            follow_redirects=False,
            headers={"Accept-Encoding": "identity"},
            event_hooks={"response": [_bounded]},
        ),
    )


def _bounded(response: "httpx2.Response") -> None:
    import httpx2

    # What is compressed all the same is read as it is and found to be no reply.
    response.headers.pop("Content-Encoding", None)
    whole = response.stream

    class Bounded(httpx2.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            seen = 0
            assert isinstance(whole, httpx2.SyncByteStream)
            for part in whole:
                seen += len(part)
                if seen > LARGEST_REPLY:
                    raise BrokenAnswer(failures.TOO_LARGE, limit=LARGEST_REPLY)
                yield part

        def close(self) -> None:
            assert isinstance(whole, httpx2.SyncByteStream)
            whole.close()

    response.stream = Bounded()
