"""A record as one row: flat columns to read and sort by, and JSON columns from which all of it comes back.

On import the JSON columns decide; the flat `label`, `judge`, `judge_label`, `judge_score` and `reasoning` are
only read where the JSON cells are empty or missing, as in a spreadsheet made by hand.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.labels import Label
from dashboard.records.json_text import read_json, write_json
from dashboard.records.md_lines import finite
from dashboard.records.plain import PARTS, read_parts, write_parts
from dashboard.records.plain_values import Fields, read_moment, write_moment
from dashboard.records.reading import Origin, Problem, shown
from dashboard.records.record import Record

FLAT = (
    "number",
    "question",
    "tags",
    "reference_answer",
    "run",
    "retriever",
    "model",
    "answer",
    "created_at",
    "label",
    "judge",
    "judge_label",
    "judge_score",
    "reasoning",
)
"""Flat columns in order. `number` is whole, `judge_score` is in [0, 1], all others are texts."""

COLUMNS = FLAT + PARTS
"""Every column in order."""

NEEDED = ("number", "question", "answer")
"""Columns without which a table cannot be imported."""

_SEPARATOR = "; "


def write_row(record: Record) -> dict[str, str | int | float | None]:
    """Return the cells of a record by column; None is an empty cell."""
    first = record.first_judgement
    verdict = first.judgement if first else None
    label = record.agreed_label
    return {
        "number": record.number,
        "question": record.question,
        "tags": _write_tags(record.tags),
        "reference_answer": record.reference_answer,
        "run": record.run,
        "retriever": record.retriever,
        "model": record.model,
        "answer": record.answer,
        "created_at": write_moment(record.created_at),
        "label": label.value if label else None,
        "judge": first.judge.name if first else None,
        "judge_label": verdict.label.value if verdict and verdict.label else None,
        "judge_score": verdict.score if verdict else None,
        "reasoning": verdict.reasoning if verdict else None,
        **{name: write_json(part) for name, part in write_parts(record).items()},
    }


def read_row(row: Mapping[str, Any], origin: Origin) -> Record:
    """Return the record of a row.

    Raises:
        RecordError: Naming the column, what was expected and what was found.
    """
    cells = {name: value for name, value in row.items() if value is not None and value != ""}
    fields = Fields("", cells)
    number, question = _number(cells), fields.text("question")
    answer = fields.text("answer", "")
    parts = read_parts({name: _json_cell(name, cells[name]) for name in PARTS if name in cells})
    label = _label(cells, "label")
    if label and not {"annotations", "adjudications"} & parts.keys():
        parts["annotations"] = (origin.annotation(number, question, answer, label),)
    if "judgements" not in parts:
        judgement = origin.judgement(
            _judge_score(cells),
            _label(cells, "judge_label"),
            fields.text("reasoning", ""),
            fields.text("judge", ""),
        )
        parts["judgements"] = (judgement,) if judgement else ()
    return Record(
        number=number,
        question=question,
        answer=answer,
        tags=_read_tags(fields.text("tags", "")),
        created_at=read_moment("created_at", cells["created_at"]) if "created_at" in cells else None,
        reference_answer=fields.text("reference_answer", ""),
        run=fields.text("run", ""),
        retriever=fields.text("retriever", ""),
        model=fields.text("model", ""),
        **parts,
    )


def check_columns(names: Iterable[str]) -> list[Problem]:
    """Return what is wrong with a header; columns that the format does not know are named and left out.

    Raises:
        RecordError: A needed column is missing or a column is there twice, so no row can be read.
    """
    found = list(names)
    missing = [name for name in NEEDED if name not in found]
    if missing:
        raise RecordError(
            N_("The column {missing} is missing; the table needs {needed}, found {found}."),
            missing=missing[0],
            needed=", ".join(NEEDED),
            found=shown(", ".join(found)),
        )
    twice = [name for name in COLUMNS if found.count(name) > 1]
    if twice:
        raise RecordError(N_("The column {found} is there twice; remove one."), found=twice[0])
    return [
        Problem(
            1, N_("The column “{found}” is not one of the format and is left out."), {"found": shown(name)}
        )
        for name in found
        if name and name not in COLUMNS
    ]


def _number(cells: Mapping[str, Any]) -> int:
    value = cells.get("number")
    digits = value.strip() if isinstance(value, str) else ""
    if digits.removeprefix("-").isdecimal() and digits.isascii() and len(digits) <= 20:
        value = int(digits)
    return Fields("", {"number": value}).integer("number")


def _judge_score(cells: Mapping[str, Any]) -> float | None:
    value = cells.get("judge_score")
    if isinstance(value, str):
        # Spreadsheets in Portuguese write a decimal comma.
        value = finite(value.strip().replace(",", "."))
    return Fields("", {"judge_score": value}).optional_number("judge_score", low=0, high=1)


def _label(cells: Mapping[str, Any], column: str) -> Label | None:
    value = cells.get(column)
    tidy = value.strip().upper() if isinstance(value, str) else value
    return Fields("", {column: tidy or None}).optional_member(column, Label)


def _json_cell(name: str, value: object) -> Any:
    return read_json(Fields("", {name: value}).text(name))


def _write_tags(tags: tuple[str, ...]) -> str:
    plain = _SEPARATOR.join(tags)
    # A tag may hold the separator itself; then a list in JSON says where each ends.
    return plain if not plain.startswith("[") and _read_tags(plain) == tags else write_json(list(tags))


def _read_tags(cell: str) -> tuple[str, ...]:
    if cell.startswith("["):
        return Fields("", {"tags": read_json(cell)}).texts("tags")
    return tuple(tag.strip() for tag in cell.split(_SEPARATOR.strip()) if tag.strip())
