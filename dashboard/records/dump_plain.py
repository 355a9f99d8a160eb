"""Judgements one a row: columns of CSV, or keys of JSON objects, in which any judge can be told.

An answer is named by its `key`, or by `question` and `answer`. Of the verdict one of `score`, `raw_score`,
`label`, or for an unscored answer `error`, is needed. Other columns are left out, as dumps hold many.
"""

from collections.abc import Mapping
from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.records.dumped import UNKNOWN, Dumped, Place
from dashboard.records.json_text import read_json
from dashboard.records.md_lines import finite
from dashboard.records.plain_values import Fields
from dashboard.records.reading import shown

COLUMNS = (
    "key",
    "question",
    "answer",
    "judge",
    "model",
    "rubric",
    "prompt_version",
    "parameters",
    "score",
    "raw_score",
    "label",
    "reasoning",
    "error",
    "reason",
    "raw_reply",
    "tokens_in",
    "tokens_out",
    "latency_ms",
    "created_at",
    "run",
    "answer_model",
    "reference_answer",
)
"""Every column that is read; an empty one is the same as none."""

HIGHEST_RAW = 3.0
"""The best raw score where no score says what the scale is."""

_NUMBERS = ("score", "raw_score", "latency_ms", "tokens_in", "tokens_out")
_COUNTS = ("tokens_in", "tokens_out")


def read_plain(row: Mapping[str, Any], place: Place, judge: str) -> Dumped:
    """Return the judgement of a row.

    Args:
        row: Cells by column, as texts or as JSON values.
        place: Where the row is.
        judge: Name of the judge where the row names none.

    Raises:
        RecordError: Naming the column, what was expected and what was found.
    """
    cells = {name: row[name] for name in COLUMNS if row.get(name) not in (None, "")}
    for name in _NUMBERS:
        if name in cells:
            cells[name] = _number(cells[name], is_count=name in _COUNTS)
    if isinstance(cells.get("label"), str):
        cells["label"] = cells["label"].strip().upper()
    if isinstance(cells.get("parameters"), str):
        cells["parameters"] = read_json(cells["parameters"])
    fields = Fields(place.path, cells)
    dumped = Dumped(
        place=place,
        judge=JudgeConfig(
            name=fields.text("judge", judge),
            rubric=fields.text("rubric", ""),
            prompt_version=fields.text("prompt_version", ""),
            model=fields.text("model", UNKNOWN),
            parameters=fields.anything("parameters"),
        ),
        judgement=_verdict(fields, place),
        key=fields.text("key", ""),
        question=fields.text("question", ""),
        answer=fields.text("answer", ""),
        reference_answer=fields.text("reference_answer", ""),
        run=fields.text("run", ""),
        model=fields.text("answer_model", ""),
    )
    if not dumped.key and not (dumped.question.strip() and "answer" in row):
        raise RecordError(
            N_("{field}: expected the key of an answer, or a question and an answer, found neither."),
            field=place.name("key"),
        )
    return dumped


def _verdict(fields: Fields, place: Place) -> NewJudgement:
    raw_score = fields.optional_number("raw_score")
    score = fields.optional_number("score", low=0, high=1)
    label = fields.optional_member("label", Label)
    reasoning, raw_reply = fields.text("reasoning", ""), fields.text("raw_reply", "")
    error, reason = fields.text("error", ""), fields.code("reason")
    if score is None and raw_score is not None:
        if not 0 <= raw_score <= HIGHEST_RAW:
            raise RecordError(
                N_("{field}: without a score beside it expected a number from 0 to 3, found {found}."),
                field=place.name("raw_score"),
                found=shown(raw_score),
            )
        score = raw_score / HIGHEST_RAW
    if score is None and label is None and not error:
        if not (reasoning or raw_reply):
            raise RecordError(
                N_("{field}: expected a score, a raw score, a label or an error, found none of them."),
                field=place.name("score"),
            )
        error, reason = "the dump gives neither a score nor a label", reason or "unreadable"
    return NewJudgement(
        raw_score=raw_score,
        score=score,
        label=label,
        reasoning=reasoning,
        raw_reply=raw_reply,
        error=error,
        tokens_in=fields.optional_integer("tokens_in"),
        tokens_out=fields.optional_integer("tokens_out"),
        latency_ms=fields.optional_number("latency_ms"),
        created_at=fields.moment("created_at"),
        reason=reason,
    )


def _number(value: object, *, is_count: bool) -> object:
    """Return a number written as text as a number, and a whole one as such; all else as it is."""
    if isinstance(value, str):
        try:
            # Spreadsheets in Portuguese write a decimal comma.
            value = finite(value.strip().replace(",", "."))
        except RecordError:
            return value
    return int(value) if is_count and isinstance(value, float) and value.is_integer() else value
