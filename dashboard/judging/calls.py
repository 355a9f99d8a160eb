"""One question to a judge's model: sent at the allowed pace, again where that may help, never for ever."""

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard.judging.pace import Pace
from dashboard.model_server import failures
from dashboard.model_server.client import Limits, client_from_environment, retry_after
from dashboard.model_server.deadline import Background, DeadlinePassed
from dashboard.model_server.exchange import Reply, explained, read_reply
from dashboard.model_server.failures import BrokenAnswer
from dashboard.store.replies import StoredReply

if TYPE_CHECKING:
    from openai import OpenAI
    from openai.types.chat import ChatCompletionMessageParam
    from tenacity import RetryCallState

CHARACTERS_PER_TOKEN = 3
"""A low guess for Portuguese, so that a request without a count is taken for rather more than it is."""

JUDGE_LIMITS = Limits(read=60.0, whole=300.0, tries=5, pause=1.0, longest_pause=120.0)
"""How long and often a judge's model is waited for."""

_WORTH_ANOTHER_TRY = frozenset(
    {
        failures.RATE_LIMITED,
        failures.SERVER_FAILED,
        failures.UNREACHABLE,
        failures.TOO_SLOW,
        failures.CUT_OFF,
        failures.EMPTY,
        failures.NOT_JSON,
        failures.BROKEN_REPLY,
        failures.REPORTED,
    }
)


@dataclass(frozen=True, slots=True)
class Request:
    """What a model is asked, as the server gets it, and which of several samples of it this is."""

    model: str
    messages: tuple["ChatCompletionMessageParam", ...]
    options: dict[str, Any]
    sample: int = 0

    @property
    def hash(self) -> str:
        """Identity of the request: SHA-256 of model, messages, parameters and sample."""
        text = json.dumps(
            [self.model, self.messages, self.options, self.sample], ensure_ascii=False, sort_keys=True
        )
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()

    @property
    def tokens(self) -> int:
        """About how many tokens the model reads."""
        return sum(len(str(message["content"])) for message in self.messages) // CHARACTERS_PER_TOKEN


class ModelCalls:
    """Asks an OpenAI-compatible server. Safe to share between threads.

    Args:
        pace: How fast it may be asked.
        limits: Time limits and tries.
        open_client: Makes the client at the first request.
    """

    def __init__(
        self,
        pace: Pace,
        limits: Limits = JUDGE_LIMITS,
        open_client: Callable[[Limits], "OpenAI"] = client_from_environment,
    ) -> None:
        self.pace = pace
        self._limits = limits
        self._open_client = open_client
        self._made: OpenAI | None = None

    @property
    def server_hash(self) -> str:
        """Identity of the server: the SHA-256 of its address, which itself is kept nowhere.

        Raises:
            Misconfigured: There is no key.
        """
        return hashlib.sha256(str(self._client.base_url).encode()).hexdigest()

    @property
    def _client(self) -> "OpenAI":
        # Two threads may make one each at first; both work, and one is kept.
        if self._made is None:
            self._made = self._open_client(self._limits)
        return self._made

    def ask(self, request: Request) -> StoredReply:
        """Return the reply to a request.

        Raises:
            BrokenAnswer: The server gave no usable reply after all tries; `partial` is what had arrived.
            Halted: The work was stopped while the request waited.
        """
        from tenacity import (
            Retrying,
            retry_if_exception,
            sleep_using_event,
            stop_after_attempt,
            stop_after_delay,
        )

        limits = self._limits
        retrying = Retrying(
            stop=stop_after_attempt(limits.tries) | stop_after_delay(limits.whole),
            wait=self._pause,
            sleep=sleep_using_event(self.pace.halt),
            retry=retry_if_exception(self._is_worth_another_try),
            reraise=True,
        )
        return retrying(self._try, request, retrying)

    def _try(self, request: Request, retrying: Any) -> StoredReply:
        self.pace.wait(request.tokens)
        begun = time.monotonic()
        reply, raw = Reply(request.model), _Open()
        tries = retrying.statistics.get("attempt_number", 1)

        def exchange() -> Iterator[str]:
            try:
                with explained(
                    request.model, self._limits.read, lambda: tries, lambda: raw.response is not None
                ):
                    raw.response = self._send(request)
                    yield from read_reply(raw.response, reply)
            finally:
                raw.close()

        text = ""
        try:
            for piece in Background(exchange, begun + self._limits.read, raw.close):
                text += piece
            reply.check(text)
        except DeadlinePassed:
            failure = BrokenAnswer(failures.TOO_SLOW, seconds=self._limits.read)
        except BrokenAnswer as broken:
            failure = broken
        else:
            milliseconds = (time.monotonic() - begun) * 1000
            return StoredReply(reply.model, text, reply.tokens_in, reply.tokens_out, milliseconds)
        failure.partial = text
        # Cause and frames hold the request with its key: they must not travel with the error.
        failure.__cause__ = failure.__context__ = None
        raise failure.with_traceback(None)

    def _send(self, request: Request) -> Any:
        import openai

        create: Any = self._client.chat.completions.with_raw_response.create
        try:
            return create(model=request.model, messages=list(request.messages), **request.options)
        except openai.RateLimitError as error:
            asked = retry_after(error) or 0.0
            if asked > self._limits.longest_pause:
                raise _NotSoon(failures.RATE_LIMITED, tries=1, wait=f"{asked:g} s") from None
            self.pace.hold(asked)
            raise

    def _pause(self, state: "RetryCallState") -> float:
        from tenacity import wait_exponential_jitter

        # What the server asked for holds every request back (see `_send`); this is on top of it.
        pause = self._limits.pause
        return wait_exponential_jitter(multiplier=pause, max=self._limits.longest_pause, jitter=pause)(state)

    def _is_worth_another_try(self, error: BaseException) -> bool:
        return (
            isinstance(error, BrokenAnswer)
            and not isinstance(error, _NotSoon)
            and error.message in _WORTH_ANOTHER_TRY
            and not self.pace.halt.is_set()
        )


class _NotSoon(BrokenAnswer):
    """The server asks for a longer pause than anybody would wait."""


class _Open:
    """A response that may be open, to be closed by whoever gives up first."""

    def __init__(self) -> None:
        self.response: Any = None

    def close(self) -> None:
        """Release the connection; safe to repeat."""
        if self.response is not None:
            self.response.http_response.close()
