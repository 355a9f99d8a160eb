"""One request to an OpenAI-compatible server and the reading of its reply, streamed or in one piece."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dashboard.model_server import failures
from dashboard.model_server.failures import (
    BROKEN_REPLY,
    CUT_OFF,
    EMPTY,
    FILTERED,
    NOT_JSON,
    REFUSED,
    TOO_LONG_ANSWER,
    BrokenAnswer,
    Misconfigured,
    safe_excerpt,
)

if TYPE_CHECKING:
    import httpx2


@dataclass(slots=True)
class Reply:
    """What a server said about an answer beside its text; tokens are None where it did not say.

    Attributes:
        finish: Why the model stopped, as the server put it; empty when it did not say.
        refusal: The model's words when it refused.
    """

    model: str
    finish: str = ""
    refusal: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None

    def check(self, text: str) -> None:
        """Raise the failure that the end of the reply stands for, if it is one.

        Raises:
            BrokenAnswer: Refusal, content filter, length limit, broken stream, or no text at all.
        """
        if self.refusal:
            raise BrokenAnswer(REFUSED, model=self.model, reason=safe_excerpt(self.refusal))
        if self.finish == "content_filter":
            raise BrokenAnswer(FILTERED)
        if self.finish == "length":
            raise BrokenAnswer(TOO_LONG_ANSWER, model=self.model)
        if not text.strip():
            raise BrokenAnswer(EMPTY, model=self.model)
        if not self.finish:
            raise BrokenAnswer(CUT_OFF, model=self.model)


@contextmanager
def explained(
    model: str, patience: float, tries: Callable[[], int], has_begun: Callable[[], bool], segments: int = 0
) -> Iterator[None]:
    """Turn what the openai client raises into what a person can do about it.

    Args:
        model: Name of the model that was asked.
        patience: Seconds after which the client gives up waiting.
        tries: Says how many requests were sent.
        has_begun: Says whether a reply had begun.
        segments: How many segments were sent, for a request that was too long.

    Raises:
        BrokenAnswer: Instead of any error of the client.
    """
    import httpx2
    import openai

    try:
        yield
    except (openai.APITimeoutError, httpx2.TimeoutException):
        raise BrokenAnswer(failures.TOO_SLOW, seconds=patience) from None
    except (openai.APIConnectionError, httpx2.HTTPError) as error:
        if isinstance(error.__cause__, (httpx2.LocalProtocolError, httpx2.UnsupportedProtocol)):
            raise Misconfigured(failures.BAD_SETTINGS) from None
        if has_begun():
            raise BrokenAnswer(CUT_OFF, model=model) from None
        raise BrokenAnswer(failures.UNREACHABLE, tries=tries()) from None
    except openai.APIError as error:
        raise failures.status_failure(error, model, segments, tries()) from None
    except (openai.OpenAIError, httpx2.InvalidURL, ValueError):
        raise Misconfigured(failures.BAD_SETTINGS) from None


def read_reply(raw: Any, reply: Reply) -> Iterator[str]:
    """Yield the text of a reply as it arrives and fill in `reply`.

    Args:
        raw: What `chat.completions.with_raw_response.create(stream=True)` returned.
        reply: Filled while reading.

    Raises:
        BrokenAnswer: The reply is not what the protocol promises.
    """
    kind = raw.http_response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind.endswith("html"):
        raise BrokenAnswer(BROKEN_REPLY, found="HTML")
    try:
        if kind.endswith("json"):
            yield from _piece(_whole_body(raw.http_response), reply, "message")
        else:
            for chunk in raw.parse():
                yield from _piece(chunk.model_dump(warnings=False), reply, "delta")
    except (ValueError, RecursionError):
        raise BrokenAnswer(NOT_JSON) from None
    except (TypeError, AttributeError):
        raise BrokenAnswer(BROKEN_REPLY, found="JSON") from None


def _whole_body(response: "httpx2.Response") -> Any:
    body = json.loads(response.read())
    choices = body.get("choices")
    if isinstance(choices, list) and choices and not choices[0].get("finish_reason"):
        choices[0]["finish_reason"] = "stop"  # One piece of JSON cannot have broken off.
    return body


def _piece(data: Any, reply: Reply, part: str) -> Iterator[str]:
    model = data.get("model")
    if isinstance(model, str) and model.isprintable() and model.strip():
        reply.model = model.strip()[:200]
    usage = data.get("usage") or {}
    reply.tokens_in = _count(usage.get("prompt_tokens"), reply.tokens_in)
    reply.tokens_out = _count(usage.get("completion_tokens"), reply.tokens_out)
    choices = data.get("choices") or []
    if not isinstance(choices, list):
        raise TypeError
    for choice in choices[:1]:
        said = choice.get(part) or {}
        text = said.get("content") or ""
        if not isinstance(text, str):
            raise TypeError
        reply.refusal += str(said.get("refusal") or "")
        reply.finish = str(choice.get("finish_reason") or reply.finish)
        if text:
            yield text


def _count(value: object, otherwise: int | None) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and value >= 0:
        return value
    return otherwise
