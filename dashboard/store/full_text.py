"""Finding texts by the words in them: FTS5 on SQLite, the configuration for Portuguese on PostgreSQL."""

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, literal_column, select, table, true
from sqlalchemy import column as sql_column
from sqlalchemy.orm import InstrumentedAttribute

from dashboard.store.matching import contains_text, is_storable, per_database

MOST_CHARACTERS, MOST_WORDS = 1_000, 50
"""What is typed beyond is not looked for."""

_WORD = re.compile(r"[^\W_]+")
_LONGEST_WORD = 200

_BETWEEN_WORDS = frozenset("-'’‘.,;:!?\"“”«»()[]{}…–—/")
"""What only separates words. Any other sign, as in C++ or 100%, must stand in the text as it was typed."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    is_beginning: bool


def matches(column: InstrumentedAttribute[str], typed: str) -> ColumnElement[bool]:
    """Return the condition that a text has all the words that a person typed, in any order.

    Neither case nor accents matter. The last word may be unfinished as long as nothing follows it. On
    PostgreSQL other inflections of the words are found, too. Where no word was typed, the signs must occur.

    Args:
        column: The text of a question, an answer or a segment, or a reference answer.
        typed: Whatever was typed.
    """
    clean = unicodedata.normalize("NFC", "".join(filter(is_storable, typed)))
    clean = clean[:MOST_CHARACTERS].lstrip()
    words = _words(clean)
    if not words:
        return contains_text(column, clean.strip()) if clean.strip() else true()
    signs = [piece for piece in clean.split() if _has_signs(piece)][:MOST_WORDS]
    return and_(_has_words(column, words), *(contains_text(column, piece) for piece in signs))


def _words(clean: str) -> list[_Word]:
    found = list(_WORD.finditer(clean))[:MOST_WORDS]
    return [
        _Word(one.group()[:_LONGEST_WORD], one.end() == len(clean) or len(one.group()) > _LONGEST_WORD)
        for one in found
    ]


def _has_signs(piece: str) -> bool:
    signs = set(_WORD.sub("", piece)) - _BETWEEN_WORDS
    return bool(signs) and _WORD.search(piece) is not None


def _has_words(column: InstrumentedAttribute[str], words: list[_Word]) -> ColumnElement[bool]:
    name = column.class_.__tablename__
    fts5 = table(f"{name}_words", sql_column("rowid"))
    every = " ".join(f'"{word.text}"{"*" if word.is_beginning else ""}' for word in words)
    by_fts5 = literal_column(fts5.name).bool_op("MATCH")(f"{{{column.key}}} : ({every})")
    indexed = table(name, sql_column("id"), sql_column(f"{column.key}_words")).alias("indexed")
    by_vector = indexed.c[f"{column.key}_words"].bool_op("@@")(_query(words))
    row = column.class_.id
    return per_database(
        row.in_(select(fts5.c.rowid).where(by_fts5)), row.in_(select(indexed.c.id).where(by_vector))
    )


def _query(words: list[_Word]) -> ColumnElement[str]:
    query: ColumnElement[str] | None = None
    for word in words:
        folded = _folded(word.text)
        as_typed = func.to_tsquery("simple", f"'{folded}'{':*' if word.is_beginning else ''}")
        # Stems are beside the words, not in their place, so that "de" and "para" are found as well.
        either = as_typed.op("||")(func.plainto_tsquery("portuguese", folded))
        query = either if query is None else query.op("&&")(either)
    assert query is not None
    return query


def _folded(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word)
    return "".join(part for part in parts if not "\u0300" <= part <= "\u036f").lower()
