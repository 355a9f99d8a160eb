"""Question banks as files, in and out."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from dashboard.errors import N_, RecordError
from dashboard.question_bank import BankQuestion
from dashboard.records.bank_csv import read_csv_rows
from dashboard.records.bank_jsonl import read_jsonl_rows
from dashboard.records.bank_links import link_to_json, write_link
from dashboard.records.bank_rows import COLUMNS, SEPARATOR, BankRow, to_question
from dashboard.records.bank_xlsx import read_xlsx_rows
from dashboard.records.csv import defuse
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.audit import note
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import questions
from dashboard.store.questions import QuestionFilter

BATCH = 1_000

LARGEST_FILE = 16 * 2**20
"""Bytes of the largest bank that is read."""

LONGEST_CELL = 32_767
"""Characters that a cell of a workbook can hold."""

TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv",
    "jsonl": "application/jsonl",
}
"""What a bank can be written as, with its media type."""


@dataclass(slots=True)
class BankFile:
    """The good questions of a bank, and what is wrong with the other rows."""

    questions: list[BankQuestion] = field(default_factory=list)
    problems: list[RecordError] = field(default_factory=list)


def check_bank(path: Path) -> BankFile:
    """Read a question bank: CSV, JSONL or XLSX with number, text, tags, reference_answer, links.

    Tags, and links, are separated by `;` in CSV and XLSX and are lists in JSONL. All but number and text may
    be missing.

    Raises:
        RecordError: It is none of these, or holds no row at all.
    """
    found = BankFile()
    for row in _rows(path):
        try:
            question = to_question(row)
            check_entered(question, f"{row.place.file}:{row.place.line}: ")
        except RecordError as error:
            found.problems.append(error)
        else:
            found.questions.append(question)
    if not found.questions and not found.problems:
        raise RecordError(
            N_("The question bank {path} has no question. It needs the columns number, text, tags."),
            path=path,
        )
    return found


def read_bank(path: Path) -> list[BankQuestion]:
    """Read a question bank that is to be free of mistakes.

    Raises:
        RecordError: As `check_bank`, and for the first row that has no number or text; the line is named.
    """
    found = check_bank(path)
    if found.problems:
        raise found.problems[0]
    return found.questions


@needs(Role.RESEARCHER)
def write_bank(project: Project, chosen: QuestionFilter, kind: str) -> bytes:
    """Return the questions that pass a filter as a file that `read_bank` reads.

    Args:
        project: Where the questions are.
        chosen: The filter.
        kind: One of `TYPES`.
    """
    note(project, "questions.export", format=kind)
    if kind == "jsonl":
        lines = (json.dumps(_fields(one), ensure_ascii=False) + "\n" for one in _questions(project, chosen))
        return "".join(lines).encode()
    rows: list[list[str | int]] = [list(COLUMNS), *(_cells(one) for one in _questions(project, chosen))]
    return _as_xlsx(rows) if kind == "xlsx" else _as_csv(rows)


def _rows(path: Path) -> Iterator[BankRow]:
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise RecordError(
                N_("The question bank {path} has more than {limit} bytes. Split it."),
                path=path,
                limit=LARGEST_FILE,
            )
        if path.suffix.lower() == ".xlsx":
            with path.open("rb") as stream:
                yield from read_xlsx_rows(path, stream)
            return
        content = path.read_bytes().decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise RecordError(
            N_("The question bank {path} cannot be read: {reason}. Give CSV or JSONL in UTF-8, or XLSX."),
            path=path,
            reason=getattr(error, "strerror", None) or error,
        ) from error
    # As a file in text mode gives it.
    content = content.replace("\r\n", "\n").replace("\r", "\n")
    is_json = path.suffix.lower() in {".jsonl", ".ndjson"}
    yield from read_jsonl_rows(path, content) if is_json else read_csv_rows(path, content)


def _questions(project: Project, chosen: QuestionFilter) -> Iterator[BankQuestion]:
    with project.store.read() as session:
        ids = questions.question_ids(session, chosen)
    for first in range(0, len(ids), BATCH):
        with project.store.read() as session:
            found = questions.get_questions(session, ids[first : first + BATCH])
        for one in found:
            yield BankQuestion(one.number, one.text, one.tags, one.reference_answer, one.links)


def _fields(question: BankQuestion) -> dict[str, object]:
    return {
        "number": question.number,
        "text": question.text,
        "tags": list(question.tags),
        "reference_answer": question.reference_answer,
        "links": [link_to_json(link) for link in question.links],
    }


def _cells(question: BankQuestion) -> list[str | int]:
    texts = (
        question.text,
        f"{SEPARATOR} ".join(question.tags),
        question.reference_answer,
        f"{SEPARATOR} ".join(map(write_link, question.links)),
    )
    return [question.number, *texts]


def _defused(cell: str | int) -> str | int:
    return defuse(cell) if isinstance(cell, str) else cell


def _as_csv(rows: Sequence[Sequence[str | int]]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerows([_defused(one) for one in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _as_xlsx(rows: Sequence[Sequence[str | int]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("questions")
    sheet.freeze_panes = "A2"
    for letter, width in zip("ABCDE", (9, 80, 25, 60, 40), strict=True):
        sheet.column_dimensions[letter].width = width
    for row in rows:
        longest = max(len(one) for one in row if isinstance(one, str))
        if longest > LONGEST_CELL:
            raise RecordError(
                N_("A text has {found} characters, more than XLSX can hold ({limit}). Choose CSV or JSONL."),
                found=longest,
                limit=LONGEST_CELL,
            )
        # XML has no place for control characters; one that goes may have stood before a formula.
        sheet.append(
            [_defused(ILLEGAL_CHARACTERS_RE.sub("", one) if isinstance(one, str) else one) for one in row]
        )
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()
