"""A row of a question bank, as every format gives it, and the question that it holds."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.question_bank import BankQuestion
from dashboard.records.bank_links import read_links
from dashboard.records.reading import shown

NEEDED = ("number", "text")
"""Columns, or keys, that every question has."""

COLUMNS = (*NEEDED, "tags", "reference_answer", "links")
"""All columns, or keys, that a question may have."""

SEPARATOR = ";"
"""Stands between the tags, or the links, of a cell."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: its file with, in a workbook, its sheet; and its line, counted from 1."""

    file: str
    line: int


@dataclass(frozen=True, slots=True)
class BankRow:
    """A row and where it stands; `tags` and `links` are lists where the row has them."""

    place: Place
    cells: dict[str, Any]


def in_sheet(path: Path, sheet: str) -> str:
    """Return a file with its sheet, as a place names it."""
    return f"{path} [{shown(sheet)}]"


def split_cell(cell: str) -> list[str]:
    """Return the entries of a cell with several."""
    return [part.strip() for line in cell.splitlines() for part in line.split(SEPARATOR) if part.strip()]


def check_columns(file: str, columns: list[str]) -> None:
    """Refuse a table that lacks a column.

    Raises:
        RecordError: It does.
    """
    missing = [name for name in NEEDED if name not in columns]
    if missing:
        raise RecordError(
            N_("{file} lacks the columns {missing}: found {columns}. Add them to its first line."),
            file=file,
            missing=", ".join(missing),
            columns=shown(" ".join(", ".join(columns).split())),
        )


def to_question(row: BankRow) -> BankQuestion:
    """Return the question that a row holds.

    Raises:
        RecordError: There is no number or no text, or tags or links are none; the line is named.
    """
    path, line = row.place.file, row.place.line
    number, text = row.cells.get("number"), row.cells.get("text")
    tags = row.cells.get("tags") or []
    if number is None or number == "":
        raise RecordError(
            N_("{path}, line {line}: there is no number. Give each question a whole number as `number`."),
            path=path,
            line=line,
        )
    try:
        whole = int(str(number))
    except ValueError:
        raise RecordError(
            N_("{path}, line {line}: the number is {found!r}. Give each question a whole number."),
            path=path,
            line=line,
            found=shown(number),
        ) from None
    if not isinstance(text, str) or not text.strip():
        raise RecordError(
            N_("{path}, line {line}: there is no question text. Fill in the column `text`."),
            path=path,
            line=line,
        )
    if not isinstance(tags, list):
        raise RecordError(
            N_("{path}, line {line}: the tags are {found!r}. Give a list of texts."),
            path=path,
            line=line,
            found=shown(tags),
        )
    try:
        links = read_links(row.cells.get("links") or [])
    except RecordError as error:
        raise RecordError(
            N_(
                "{path}, line {line}: {found} is no link. Give http or https addresses, or ids of lectures "
                "such as aula-01?t=90."
            ),
            path=path,
            line=line,
            found=error.found["found"],
        ) from None
    return BankQuestion(
        whole,
        text.strip(),
        tuple(dict.fromkeys(str(tag).strip() for tag in tags if str(tag).strip())),
        str(row.cells.get("reference_answer") or ""),
        links,
    )
