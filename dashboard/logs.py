"""What the program writes about itself on standard error: a line an event, with who and what it belongs to.

Nothing of what people or models wrote is in it: an exception is told by its kinds and places, not by its
words, which may quote a text, an address or a key.
"""

import json
import logging
import secrets
import sys
import threading
import traceback
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from dashboard.config import load_settings
from dashboard.errors import SettingsError, VereditoError
from dashboard.masking import masked, secrets_here

LONGEST = 2000
"""Characters of a message; nothing that the program has to say is as long."""

_ROOT = str(Path(__file__).resolve().parents[1])


@dataclass(frozen=True, slots=True)
class Origin:
    """What an event belongs to: one run of a page or one request, and the person's number, if known."""

    request: str = ""
    user: int | None = None


_NOTHING = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=_NOTHING)


def begin() -> str:
    """Begin a run or a request: return its number, which is random and in every line from now on."""
    request = secrets.token_hex(4)
    _origin.set(Origin(request))
    return request


def origin() -> Origin:
    """Return what is going on here."""
    return _origin.get()


def belongs_to(origin: Origin) -> None:
    """Say what this thread, or the rest of this run, is about."""
    _origin.set(origin)


def kinds(error: BaseException | None) -> list[str]:
    """Return the kind of an exception and of those behind it, with the template of one meant for people."""
    found: list[str] = []
    while error is not None and len(found) < 10:
        template = f": {error.message}" if isinstance(error, VereditoError) else ""
        found.append(
            f"{type(error).__module__}.{type(error).__qualname__}{template}".removeprefix("builtins.")
        )
        error = error.__cause__ or error.__context__
    return found


def places(error: BaseException | None) -> list[str]:
    """Return where an exception came from, the outermost call first: file, line and function."""
    found = traceback.extract_tb(error.__traceback__) if error is not None else []
    return [f"{_short(frame.filename)}:{frame.lineno} {frame.name}" for frame in found]


def _short(path: str) -> str:
    _, marker, rest = path.rpartition("site-packages/")
    return rest if marker else path.removeprefix(_ROOT).removeprefix("/")


class _Lines(logging.Formatter):
    """What both forms share: masked, of one line, and silent on what an exception says."""

    def __init__(self) -> None:
        super().__init__()
        self._secrets = secrets_here()

    def _message(self, record: logging.LogRecord) -> str:
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            message = str(record.msg)
        # The first line says what; asyncio, for one, quotes an exception below it.
        return masked(message.strip().partition("\n")[0], self._secrets)[:LONGEST]

    def _error(self, record: logging.LogRecord) -> tuple[list[str], list[str]]:
        error = record.exc_info[1] if record.exc_info else None
        return [masked(kind, self._secrets) for kind in kinds(error)], places(error)


class _Json(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, object] = {
            "time": _moment(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": self._message(record),
            "request": origin().request,
            "user": origin().user,
        }
        error, place = self._error(record)
        if error:
            told |= {"error": error, "place": place}
        return json.dumps(told, ensure_ascii=False)


class _Text(_Lines):
    def format(self, record: logging.LogRecord) -> str:
        about = f" [{origin().request}]" if origin().request else ""
        error, place = self._error(record)
        said = self._message(record)
        line = f"{_moment(record)} {record.levelname} {record.name}{about}: {said}"
        trail = ["  " + " <- ".join(error), *(f"    {one}" for one in place)] if error else []
        return "\n".join(_on_one_line(one) for one in [line, *trail])


def _on_one_line(text: str) -> str:
    return "".join(sign if sign.isprintable() else repr(sign)[1:-1] for sign in text)


def _moment(record: logging.LogRecord) -> str:
    moment = datetime.fromtimestamp(record.created, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def set_up() -> None:
    """Send everything that is logged, and every exception that nobody caught, to standard error.

    Settings that cannot be used are told elsewhere; the form is then that for a person.
    """
    try:
        form = load_settings().log
    except SettingsError:
        form = "text"
    handler = logging.StreamHandler()
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    for former in root.handlers[:]:
        root.removeHandler(former)
    root.addHandler(handler)
    root.setLevel(logging.WARNING)
    # What goes well is of interest to whoever collects it, and noise at a terminal.
    logging.getLogger("dashboard").setLevel(logging.INFO if form == "json" else logging.WARNING)
    logging.captureWarnings(True)
    sys.excepthook = _uncaught
    threading.excepthook = _uncaught_in_thread
    sys.unraisablehook = _unraisable


def _uncaught(kind: type[BaseException], error: BaseException, trail: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trail)
        return
    logging.getLogger(__name__).critical("ended by an error", exc_info=(kind, error, trail))


def _unraisable(ended: "sys.UnraisableHookArgs") -> None:
    if ended.exc_value is not None:
        trail = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger(__name__).error("an error where none can be raised", exc_info=trail)


def _uncaught_in_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and not isinstance(ended.exc_value, SystemExit):
        trail = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        logging.getLogger(__name__).critical("a thread ended by an error", exc_info=trail)
