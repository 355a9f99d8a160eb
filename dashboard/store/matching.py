"""Finding a text inside another whatever the case of its letters, accented ones too."""

import unicodedata
from typing import Any

from sqlalchemy import Boolean, ColumnElement, and_, false
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType


class _PerDatabase(FunctionElement[bool]):
    """Two ways to say the same: the first for SQLite, the second for every other database."""

    name = "per_database"
    type = Boolean()
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "_PerDatabase":
        """Stay as it is: the usual `… = 1` would make SQLite compute both sides of every AND."""
        return self


@compiles(_PerDatabase, "sqlite")
def _for_sqlite(element: _PerDatabase, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[0], **options)})"


@compiles(_PerDatabase)
def _elsewhere(element: _PerDatabase, compiler: SQLCompiler, **options: Any) -> str:
    return f"({compiler.process(element.clauses.clauses[1], **options)})"


def per_database(for_sqlite: ColumnElement[bool], elsewhere: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return a condition that is written in one way for SQLite and in another for other databases."""
    return _PerDatabase(for_sqlite, elsewhere)


def contains_text(column: InstrumentedAttribute[str], text: str) -> ColumnElement[bool]:
    """Return the condition that a text occurs in a column, whatever its case.

    SQLite knows the case of ASCII letters only: its `lower` leaves "É" alone. GLOB can name both forms of a
    letter but is slow, so LIKE, with a wildcard for each such letter, first leaves out nearly all rows.
    What no database can store it cannot look for either: nothing holds it.
    """
    if not all(map(is_storable, text)):
        return false()
    like = "".join(_like_letter(letter) for letter in text)
    glob = "".join(_glob_letter(letter) for letter in text)
    for_sqlite = and_(column.like(f"%{like}%", escape="/"), column.bool_op("GLOB")(f"*{glob}*"))
    return per_database(for_sqlite, column.icontains(text, autoescape=True))


def is_storable(letter: str) -> bool:
    """Return whether a character can stand in a stored text: no NUL, nor half of a surrogate pair."""
    return letter != "\0" and unicodedata.category(letter) != "Cs"


def _forms(letter: str) -> str:
    return "".join(sorted({form for form in (letter, letter.lower(), letter.upper()) if len(form) == 1}))


def _like_letter(letter: str) -> str:
    if not letter.isascii() and len(_forms(letter)) > 1:
        return "_"
    return f"/{letter}" if letter in "%_/" else letter


def _glob_letter(letter: str) -> str:
    forms = _forms(letter)
    return f"[{forms}]" if len(forms) > 1 or letter in "*?[" else letter
