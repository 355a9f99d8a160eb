"""Answers written by a language model behind an OpenAI-compatible server."""

import threading
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from dashboard.answering.citations import references
from dashboard.answering.prompt import PROMPT_VERSION, messages
from dashboard.model_server import failures
from dashboard.model_server.client import Limits, client_from_environment, retry_after
from dashboard.model_server.deadline import Background, DeadlinePassed
from dashboard.model_server.exchange import Reply, explained, read_reply
from dashboard.model_server.failures import BrokenAnswer
from dashboard.models import Hit, NewAnswer

if TYPE_CHECKING:
    from openai import OpenAI


class ChatAnswerer:
    """Answers with a chat model.

    Args:
        model: Name of the model at the server.
        limits: Time limits and tries.
        open_client: Makes the client at the first question; it is kept and shared by threads.
    """

    prompt_version = PROMPT_VERSION

    def __init__(
        self,
        model: str,
        limits: Limits | None = None,
        open_client: Callable[[Limits], "OpenAI"] = client_from_environment,
    ) -> None:
        self.model = model
        self.limits = limits or Limits()
        self._open_client = open_client
        self._client: OpenAI | None = None
        self._opening = threading.Lock()

    @property
    def id(self) -> str:
        """The answerer as a run names it."""
        return f"openai:{self.model}"

    def stream(self, question: str, hits: Sequence[Hit]) -> "ChatStream":
        """Start answering a question; the request leaves when the first piece is asked for."""
        return ChatStream(self, question, hits)

    def client(self) -> "OpenAI":
        """Return the shared client.

        Raises:
            Misconfigured: There is no key.
        """
        with self._opening:
            if self._client is None:
                self._client = self._open_client(self.limits)
            return self._client


class ChatStream:
    """An answer on its way from the model server; see `base.AnswerStream`.

    Any failure is a `BrokenAnswer`, whose `partial` is the text that had arrived.
    """

    def __init__(self, answerer: ChatAnswerer, question: str, hits: Sequence[Hit]) -> None:
        self._answerer = answerer
        self._hits = tuple(hits)
        self._messages = messages(question, hits)
        self._limits = answerer.limits
        self._reply = Reply(answerer.model)
        self._text = ""
        self._tries = 0
        self._raw: Any = None
        self._answer: NewAnswer | None = None
        self._failure: BrokenAnswer | None = None
        self._pieces = self._run()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._pieces)

    @property
    def answer(self) -> NewAnswer:
        """The whole answer; what has not been read yet is read first.

        Raises:
            BrokenAnswer: The server gave no usable answer, or the stream was closed before its end.
        """
        for _ in self:
            pass
        if self._answer is None:
            raise self._failure or self._with_partial(BrokenAnswer(failures.CUT_OFF, model=self._reply.model))
        return self._answer

    def close(self) -> None:
        """Give up the rest of the answer and release the connection; safe to repeat."""
        self._pieces.close()

    def _run(self) -> Generator[str]:
        begun = time.monotonic()
        deadline = begun + self._limits.whole
        try:
            for piece in Background(lambda: self._exchange(deadline), deadline, self._hang_up):
                self._text += piece
                yield piece
            self._reply.check(self._text)
        except DeadlinePassed:
            self._failure = BrokenAnswer(failures.TOO_SLOW, seconds=self._limits.whole)
        except BrokenAnswer as failure:
            self._failure = failure
        if self._failure is not None:
            # Cause and frames hold the request with its key: they must not travel with the error.
            self._failure.__cause__ = self._failure.__context__ = None
            raise self._with_partial(self._failure).with_traceback(None)
        text = self._text.strip()
        self._answer = NewAnswer(
            text=text,
            model=self._reply.model,
            references=references(text, self._hits),
            latency_ms=(time.monotonic() - begun) * 1000,
            tokens_in=self._reply.tokens_in,
            tokens_out=self._reply.tokens_out,
        )

    def _with_partial(self, failure: BrokenAnswer) -> BrokenAnswer:
        failure.partial = self._text
        return failure

    def _exchange(self, deadline: float) -> Iterator[str]:
        """Send the request, again where that may help, and yield the reply; runs in the background thread."""
        model, read, segments = self._answerer.model, self._limits.read, len(self._hits)
        try:
            with explained(model, read, lambda: self._tries, lambda: self._raw is not None, segments):
                self._raw = self._open(deadline)
                yield from read_reply(self._raw, self._reply)
        finally:
            self._hang_up()

    def _open(self, deadline: float) -> Any:
        import httpx2
        import openai

        with_usage = True
        while True:
            self._tries += 1
            try:
                return self._request(with_usage)
            except (openai.BadRequestError, openai.UnprocessableEntityError) as error:
                is_final = failures.is_context_too_long(error) or failures.is_content_filter(error)
                if is_final or not with_usage:
                    raise
                with_usage = False  # Some servers know no stream_options.
            except openai.APITimeoutError:
                raise
            except (openai.RateLimitError, openai.InternalServerError, openai.APIConnectionError) as error:
                if isinstance(error.__cause__, (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)):
                    raise
                pause = self._pause(error)
                if (
                    self._tries >= self._limits.tries
                    or pause > self._limits.longest_pause
                    or time.monotonic() + pause >= deadline
                ):
                    raise
                time.sleep(pause)

    def _request(self, with_usage: bool) -> Any:
        create: Any = self._answerer.client().chat.completions.with_raw_response.create
        options = {"stream_options": {"include_usage": True}} if with_usage else {}
        return create(model=self._answerer.model, messages=self._messages, stream=True, **options)

    def _pause(self, error: Exception) -> float:
        asked = retry_after(error)
        return self._limits.pause * 2 ** (self._tries - 1) if asked is None else asked

    def _hang_up(self) -> None:
        if self._raw is not None:
            self._raw.http_response.close()
