"""The interface in the reader's language: catalogues, numbers and moments."""

import gettext
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import TypeVar

import streamlit as st
from babel.dates import format_datetime, format_skeleton, format_time, format_timedelta
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent

from dashboard.errors import VereditoError
from dashboard.roles import ROLE_NAMES, Role

Result = TypeVar("Result")

LANGUAGES = {"pt-BR": "Português", "en": "English"}
"""Each language under its own name. The messages in the code are English; the others are catalogues."""

SENTENCE = 25
"""Messages with more characters than this are sentences, such as errors have."""

_LOCALE = Path(__file__).parent / "locale"
_KEY = "app.language"
_SPOKEN: ContextVar[str] = ContextVar("spoken", default="")


def language() -> str:
    """Return the language of this session."""
    return _SPOKEN.get() or str(st.session_state.get(_KEY, "pt-BR"))


@contextmanager
def speaking(name: str) -> Iterator[str]:
    """Speak a language inside of the `with` block, where there is no session that has chosen one."""
    token = _SPOKEN.set(name)
    try:
        yield name
    finally:
        _SPOKEN.reset(token)


def spoken_here(give: Callable[[], Result]) -> Callable[[], Result]:
    """Return a function that speaks this session's language also outside of it, as a late download runs."""
    name = language()

    def run() -> Result:
        with speaking(name):
            return give()

    return run


def set_language(name: str) -> None:
    """Choose the language of this session; an unknown one changes nothing."""
    if name in LANGUAGES:
        st.session_state[_KEY] = name


def _(message: str) -> str:
    """Return a message in the reader's language."""
    return _catalogue(language()).gettext(message)


def ngettext(one: str, many: str, count: int) -> str:
    """Return the message for a count, with the count filled in at `{count}`."""
    return _catalogue(language()).ngettext(one, many, count).format(count=number(count))


def explain(error: VereditoError) -> str:
    """Return an error's message in the reader's language."""
    return fill(error.message, error.found)


def fill(message: str, found: dict[str, object]) -> str:
    """Return a translated template with its fields filled in, roles in the reader's language."""
    told = {name: _(ROLE_NAMES[value]) if isinstance(value, Role) else value for name, value in found.items()}
    return _(message).format(**told)


def retold(text: str) -> str:
    """Return an error's text, stored in English, in the reader's language; any other text as it is."""
    if language() == "en":
        return text
    for template, form in _templates():
        if match := form.fullmatch(text):
            return _(template).format(**match.groupdict())
    return text


@cache
def _templates() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return the sentences of the catalogues with forms that find their fields, the wordiest first."""
    messages: set[str] = set()
    for path in _LOCALE.glob("*/LC_MESSAGES/veredito.po"):
        with path.open("rb") as file:
            messages |= {
                one.id for one in read_po(file) if isinstance(one.id, str) and len(one.id) > SENTENCE
            }
    forms = []
    for message in sorted(messages, key=len, reverse=True):
        pieces = list(Formatter().parse(message))
        names = [name for _text, name, spec, how in pieces if name is not None and not spec and not how]
        fields = [name for _text, name, _spec, _how in pieces if name is not None]
        if names == fields and len(set(names)) == len(names) and all(name.isidentifier() for name in names):
            form = "".join(
                re.escape(text) + (f"(?P<{name}>.*?)" if name else "") for text, name, *_ in pieces
            )
            forms.append((message, re.compile(form, re.DOTALL)))
    return tuple(forms)


def number(value: float, digits: int = 0) -> str:
    """Return a number as it is written in the reader's language, with a fixed number of digits."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "")
    return str(format_decimal(value, format=pattern, locale=_locale()))


def percent(value: float, digits: int = 0) -> str:
    """Return a share in [0, 1] as a percentage."""
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return str(format_percent(value, format=pattern, locale=_locale()))


def moment(value: datetime) -> str:
    """Return a moment in the server's time zone, short."""
    return str(format_datetime(value.astimezone(), format="short", locale=_locale()))


def moment_of(text: str) -> str:
    """Return a moment that was stored as text in ISO 8601; any other text gives a dash."""
    try:
        return moment(datetime.fromisoformat(text))
    except ValueError:
        return "–"


def day(value: datetime) -> str:
    """Return a day in the server's time zone, short: for today the time, for another year the month."""
    then, today = value.astimezone(), datetime.now().astimezone()
    if then.date() == today.date():
        return str(format_time(then, format="short", locale=_locale()))
    return str(format_skeleton("Md" if then.year == today.year else "yM", then, locale=_locale()))


def span(seconds: float) -> str:
    """Return a stretch of time, short, to its largest unit."""
    return str(format_timedelta(round(seconds), threshold=1.5, format="short", locale=_locale()))


def _locale() -> str:
    return language().replace("-", "_")


@cache
def _catalogue(name: str) -> gettext.NullTranslations:
    path = _LOCALE / name.replace("-", "_") / "LC_MESSAGES" / "veredito.po"
    if not path.exists():
        return gettext.NullTranslations()
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file))
    compiled.seek(0)
    return gettext.GNUTranslations(compiled)
