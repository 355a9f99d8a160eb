"""What went wrong at the model server, said so that a person can do something about it."""

import os
import re
from typing import TYPE_CHECKING

from dashboard.errors import N_, ModelError

if TYPE_CHECKING:
    from openai import APIError

NO_KEY = N_(
    "The model server needs a key: found no OPENAI_API_KEY in the environment; set it (any word will do for a"
    " server that needs none), or unset VEREDITO_ANSWER_MODEL and VEREDITO_JUDGE_MODEL to do without a model"
)
UNAUTHORISED = N_(
    "The model server refused the key (HTTP {status}); check OPENAI_API_KEY and that it may use the model"
    " {model}"
)
UNKNOWN_MODEL = N_(
    "The model server does not know the model {model} (HTTP 404); check the model's name and OPENAI_BASE_URL"
)
RATE_LIMITED = N_(
    "The model server allows no more requests for now (HTTP 429, tries: {tries}, it asks to wait"
    " {wait});"
    " wait and ask again, or check the account's quota"
)
SERVER_FAILED = N_(
    "The model server failed (HTTP {status}, tries: {tries}); ask again later or look at the server's log"
)
UNREACHABLE = N_(
    "The model server cannot be reached (tries: {tries}); check that it runs, the address in"
    " OPENAI_BASE_URL"
    " and the network"
)
TOO_SLOW = N_(
    "The model server did not answer in time (waited {seconds:g} s); ask again, or use fewer segments or a"
    " faster model"
)
BROKEN_REPLY = N_(
    "The model server sent a reply that cannot be read (found {found}); check that OPENAI_BASE_URL is the"
    " address"
    " of an OpenAI-compatible server, usually ending in /v1"
)
NOT_JSON = N_(
    "The model server sent a reply that is not JSON; check that OPENAI_BASE_URL is the address of an"
    " OpenAI-compatible server, usually ending in /v1"
)
BAD_SETTINGS = N_(
    "The model server cannot be asked: OPENAI_API_KEY or OPENAI_BASE_URL cannot be used as found;"
    " the address begins with http:// or https://, and neither holds blanks, line breaks or accents"
)
CUT_OFF = N_("The answer of the model {model} broke off before its end; ask again")
TOO_LARGE = N_(
    "The model server sent more than {limit} bytes and was cut off; check that OPENAI_BASE_URL is the address"
    " of an OpenAI-compatible server, usually ending in /v1"
)
REDIRECTED = N_(
    "The model server sends on to another address (HTTP {status}), where neither the key nor the texts go; if"
    " that address is right, set OPENAI_BASE_URL to it"
)
TOO_LONG_ANSWER = N_(
    "The answer of the model {model} was cut at its length limit; ask a narrower question or raise the limit"
    " of"
    " the server"
)
EMPTY = N_("The model {model} gave an empty answer; ask again or choose another model")
REFUSED = N_(
    "The model {model} refused to answer (found: {reason}); rephrase the question or choose another model"
)
FILTERED = N_(
    "The content filter of the model server stopped the answer; rephrase the question or choose another model"
)
CONTEXT_TOO_LONG = N_(
    "The question and its {segments} segments are too long for the model {model}; use fewer segments or a"
    " model"
    " with a longer context"
)
REJECTED = N_(
    "The model server rejected the request (HTTP {status}: {reason}); check the model {model} and the server"
)
REPORTED = N_(
    "The model server reported an error while answering ({reason}); ask again or look at the server's log"
)

_SECRET = re.compile(
    r"(?i)bearer\s+\S+|\bsk-[\w*.-]+|(?:api[-_ ]?key|authorization|token)\S*\s*[:=]\s*(?:(?:bearer|basic)\s+)?\S+|\w+://\S+"
)
_LOOKED_THROUGH = 2_000
"""Characters of what a server says that are looked through for keys; it may send any number."""

_CONTEXT = re.compile(
    r"(?i)context.{0,12}(?:length|window|size|limit)|maximum context|too many tokens|(?:prompt|"
    r"input) is too long"
)


class BrokenAnswer(ModelError):
    """The model server did not give a usable answer.

    Attributes:
        partial: The text that had arrived before the break, possibly empty.
    """

    partial: str = ""


class Misconfigured(BrokenAnswer):
    """Nothing can be answered before a setting is changed, so that asking on is pointless."""


def status_failure(error: "APIError", model: str, segments: int, tries: int) -> BrokenAnswer:
    """Return the failure that an HTTP error status, or an error reported inside a stream, stands for."""
    status = getattr(error, "status_code", None)
    if status is not None and 300 <= status < 400:
        return Misconfigured(REDIRECTED, status=status)
    if status in (401, 403):
        return Misconfigured(UNAUTHORISED, status=status, model=model)
    if status == 404:
        return Misconfigured(UNKNOWN_MODEL, model=model)
    if status == 429:
        wait = safe_excerpt(retry_after_text(error)) or "?"
        # The header holds seconds, or a date.
        wait = f"{wait} s" if wait.isdecimal() else wait
        return BrokenAnswer(RATE_LIMITED, tries=tries, wait=wait)
    if is_content_filter(error):
        return BrokenAnswer(FILTERED)
    if is_context_too_long(error):
        return BrokenAnswer(CONTEXT_TOO_LONG, segments=segments, model=model)
    if status is None:
        return BrokenAnswer(REPORTED, reason=safe_excerpt(error.message) or "?")
    if status >= 500 or status == 408:
        return BrokenAnswer(SERVER_FAILED, status=status, tries=tries)
    return BrokenAnswer(REJECTED, status=status, reason=safe_excerpt(_said(error)) or "?", model=model)


def retry_after_text(error: Exception) -> str:
    """Return the Retry-After header of an error's response, empty when there is none."""
    response = getattr(error, "response", None)
    return str(response.headers.get("retry-after", "")) if response is not None else ""


def is_context_too_long(error: "APIError") -> bool:
    """Return whether a server rejected a request because it does not fit the model's context."""
    return error.code == "context_length_exceeded" or bool(_CONTEXT.search(_said(error)))


def is_content_filter(error: "APIError") -> bool:
    """Return whether a server's content filter rejected a request."""
    return error.code in ("content_filter", "content_policy_violation")


def safe_excerpt(text: str, longest: int = 200) -> str:
    """Return the beginning of a server's text on one line, without keys, headers and addresses."""
    address = os.environ.get("OPENAI_BASE_URL", "").partition("://")[2].partition("/")[0]
    for secret in (os.environ.get("OPENAI_API_KEY", ""), address):
        text = text.replace(secret, "…") if secret else text
    return " ".join(_SECRET.sub("…", _beginning(text)).split())[:longest]


def _beginning(text: str) -> str:
    """Return as much of a text as is looked through, whole words only: half a key would not look like one."""
    if len(text) <= _LOOKED_THROUGH:
        return text
    return text[:_LOOKED_THROUGH].rpartition(" ")[0]


def _said(error: "APIError") -> str:
    body = error.body
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, str) else ""
