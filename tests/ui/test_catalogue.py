"""The Portuguese catalogue holds every message of the code, whole and with the same fields."""

import ast
import gettext
import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir, extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).parents[2]
CATALOGUE = ROOT / "dashboard/ui/locale/pt_BR/LC_MESSAGES/veredito.po"
KEYWORDS = {"_": None, "N_": None, "ngettext": (1, 2)}
SAME_IN_BOTH = {
    "Gradual",
    "Corpus",
    "Corpus ID {number}",
    "Kappa",
    "Tokens",
    "{count} token",
    "{count} tokens",
    "{seconds} s",
}
"""Messages that Portuguese writes as English does."""

_KEPT = re.compile(
    r"\b(?:VEREDITO|OPENAI)_\w+|--[a-z][\w-]*|`[^`]*`|python -m dashboard \w+|pip install [\w-]+"
)
"""Names, options, commands and code that people type or copy, so no language changes them."""

_UPDATE = "Extract again with pybabel (it does not see messages inside f-strings: add those by hand): "


def _sources() -> Iterator[Path]:
    yield from (ROOT / "dashboard").rglob("*.py")
    yield from (ROOT / "pages").rglob("*.py")
    yield ROOT / "app.py"


def _seen_by_babel() -> Iterator[str]:
    for folder in ("dashboard", "pages"):
        for _file, _line, message, *_rest in extract_from_dir(
            ROOT / folder, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            yield message if isinstance(message, str) else message[0]
    for _line, message, *_rest in extract_from_file("python", ROOT / "app.py", keywords=KEYWORDS):
        yield message if isinstance(message, str) else message[0]


def _in_calls() -> Iterator[str]:
    """Yield the message of every marked call, also inside f-strings, where Babel does not look."""
    for path in _sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in KEYWORDS:
                first = node.args[0] if node.args else None
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value


@cache
def _in_code() -> frozenset[str]:
    return frozenset(_seen_by_babel()) | frozenset(_in_calls())


@cache
def _catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, abort_invalid=True)


def _messages() -> list[Message]:
    return [message for message in _catalogue() if message.id]


def _pairs() -> Iterator[tuple[str, str]]:
    """Yield each English text with its translation; a plural message gives one pair for each form."""
    for message in _messages():
        if isinstance(message.id, str):
            yield message.id, str(message.string)
        else:
            yield from zip(message.id, message.string, strict=True)


def _key(message: Message) -> str:
    return message.id if isinstance(message.id, str) else message.id[0]


def _fields(text: str) -> set[tuple[str, str | None, str | None]]:
    return {
        (name, spec, conversion)
        for _text, name, spec, conversion in Formatter().parse(text)
        if name is not None
    }


def test_messages_are_found_in_the_code():
    found = _in_code()
    assert {"Agreement", "{count} answer", "Demonstration"} <= found
    assert len(found) > 300


def test_every_message_has_a_translation():
    known = {_key(message) for message in _messages()}
    missing = sorted(_in_code() - known)
    assert missing == [], _UPDATE + repr(missing)
    assert [english for english, portuguese in _pairs() if not portuguese.strip()] == []


def test_nothing_is_obsolete():
    assert sorted(_key(message) for message in _catalogue().obsolete.values()) == []
    assert sorted({_key(message) for message in _messages()} - _in_code()) == []


def test_nothing_is_a_guess():
    assert [_key(message) for message in _messages() if message.fuzzy] == []
    assert not _catalogue().fuzzy


def test_both_plural_forms_are_there():
    assert _catalogue().num_plurals == 2
    assert _catalogue().plural_expr == "(n > 1)"
    plurals = [message for message in _messages() if not isinstance(message.id, str)]
    assert plurals
    assert [message.id for message in plurals if len(message.string) != 2] == []


def test_fields_are_the_same():
    differing = [pair for pair in _pairs() if _fields(pair[0]) != _fields(pair[1])]
    assert differing == []


def test_names_commands_and_code_are_kept():
    differing = [pair for pair in _pairs() if set(_KEPT.findall(pair[0])) != set(_KEPT.findall(pair[1]))]
    assert differing == []


def test_blanks_at_the_ends_and_the_last_stop_are_kept():
    def ends(text: str) -> tuple[bool, bool, str]:
        last = text[-1] if text[-1] in ".…:;,?" else ""
        return text[:1].isspace(), text[-1:].isspace(), last

    assert [pair for pair in _pairs() if ends(pair[0]) != ends(pair[1])] == []


def test_only_a_few_messages_are_the_same_in_both_languages():
    assert {english for english, portuguese in _pairs() if english == portuguese} == SAME_IN_BOTH


@pytest.mark.parametrize(("count", "form"), [(0, 0), (1, 0), (2, 1), (1000, 1)])
def test_the_compiled_catalogue_answers(count: int, form: int):
    compiled = BytesIO()
    write_mo(compiled, _catalogue())
    compiled.seek(0)
    portuguese = gettext.GNUTranslations(compiled)
    assert portuguese.gettext("Agreement") == "Concordância"
    expected = ("{count} resposta", "{count} respostas")[form]
    assert portuguese.ngettext("{count} answer", "{count} answers", count) == expected
