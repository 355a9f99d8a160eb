"""TruLens's table of records and feedback, as `get_records_and_feedback` gives it and pandas writes it.

Every feedback is a judge: a column with a score in [0, 1] under its name (`Answer Relevance`, or
`Groundedness:::statement` for one of several) and beside it `<name>_calls`, whose calls carry the reasons.
"""

import ast
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.records.dumped import RELEVANCE_CUTS, UNKNOWN, Dumped, Place
from dashboard.records.json_text import read_json
from dashboard.records.md_lines import finite
from dashboard.records.plain_values import Fields, read_moment
from dashboard.records.reading import Problem, as_problem, raw_score_of, shown

COLUMNS = ("record_id", "input", "output", "app_id", "app_name", "app_version", "ts", "type")
"""Columns by which the table is known; the first three are needed."""

LONGEST_CALLS = 4 * 2**20
"""Characters of the longest Python list that is read."""

_CALLS = "_calls"
_PART = ":::"
_REASONS = ("explanation", "explanations", "reason", "reasons")
_HIGHEST_RAW = 3
_OTHER = {
    *COLUMNS, "app_json", "record_json", "cost_json", "perf_json", "conversation_id", "input_id", "tags",
    "latency", "total_tokens", "total_cost", "cost_currency", "eval_cost", "eval_cost_snowflake",
    "num_events", "sampled", "sample_rate", "eval_decision_reason", "is_match", "record_metadata", "",
}  # fmt: skip
_BESIDE = re.compile(r".*(_calls| feedback cost in .*| direction)", re.DOTALL)


def is_trulens(columns: Sequence[str]) -> bool:
    """Tell whether a table or an object with these columns is one of TruLens's."""
    return all(name in columns for name in COLUMNS[:3])


def read_trulens(row: Mapping[str, Any], place: Place) -> Iterator[Dumped | Problem]:
    """Give the judgement, or the problem, of every feedback of a record."""
    names = [name for name in row if name not in _OTHER and not _BESIDE.fullmatch(name)]
    with_calls = [name for name in names if name.split(_PART)[0] + _CALLS in row]
    for name in with_calls or [name for name in names if _is_number(row[name])]:
        try:
            dumped = _feedback(name, row, place)
        except RecordError as error:
            yield as_problem(place.line, error)
        else:
            if dumped is not None:
                yield dumped


def _feedback(name: str, row: Mapping[str, Any], place: Place) -> Dumped | None:
    """Return a feedback's judgement, None where the feedback was not asked about the record."""
    calls = name.split(_PART)[0] + _CALLS
    score = _score(row[name], place.name(name))
    reasoning = _reasoning(row.get(calls), place.name(calls))
    if score is None and not reasoning:
        return None
    # TruLens writes -1 where it could read no score.
    is_scored = score is not None and score != -1
    fields = Fields(place.path, row)
    falls = str(row.get(f"{name} direction")).lower() in ("false", "0", "0.0")
    dumped = Dumped(
        place=place,
        judge=JudgeConfig(
            name=name,
            rubric=name,
            prompt_version="",
            model=UNKNOWN,
            parameters={"source": "TruLens"} | ({"lower_is_better": True} if falls else {}),
        ),
        judgement=NewJudgement(
            raw_score=_raw(score, reasoning) if is_scored else None,
            score=score if is_scored else None,
            label=None,
            reasoning=reasoning,
            error="" if is_scored else "TruLens gives no score",
            created_at=_moment(row.get("ts"), place.name("ts")),
            reason="" if is_scored else "unreadable",
        ),
        question=fields.text("input"),
        answer=fields.text("output"),
        run=" ".join(str(row[part]) for part in ("app_name", "app_version") if row.get(part)),
        cuts=None if falls else RELEVANCE_CUTS,
    )
    if not dumped.question.strip():
        raise RecordError(N_("{field} is empty. Fill it in."), field=place.name("input"))
    return dumped


def _is_number(value: object) -> bool:
    try:
        return _score(value, "") is not None
    except RecordError:
        return False


def _score(value: object, field: str) -> float | None:
    if value is None or value == "":
        return None
    number = _as_number(value)
    if number is None or not (0 <= number <= 1 or number == -1):
        raise RecordError(
            N_("{field}: expected a number from 0 to 1, found {found}."), field=field, found=shown(value)
        )
    return number


def _as_number(value: object) -> float | None:
    if isinstance(value, str):
        try:
            return finite(value.strip())
        except RecordError:
            return None
    return float(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else None


def _raw(score: float | None, reasoning: str) -> float | None:
    """Return the raw score that the reasoning ends with, if the score is a third of it."""
    raw = raw_score_of(reasoning)
    return raw if raw is not None and score is not None and abs(raw / _HIGHEST_RAW - score) < 0.01 else None


def _reasoning(value: object, field: str) -> str:
    """Return what the calls give as reasons, each once and unchanged."""
    calls = _literal(value, field) if isinstance(value, str) else value
    if calls is None:
        return ""
    if not isinstance(calls, list):
        raise RecordError(
            N_("{field}: expected a list of calls, found {found}."), field=field, found=shown(value)
        )
    metas = [call["meta"] for call in calls if isinstance(call, dict) and isinstance(call.get("meta"), dict)]
    texts = [next((text for name in _REASONS if (text := _text(meta.get(name)))), "") for meta in metas]
    return "\n\n".join(dict.fromkeys(text for text in texts if text))


def _text(value: object) -> str:
    if isinstance(value, list):
        return "\n".join(item for item in value if isinstance(item, str))
    return value if isinstance(value, str) else ""


def _literal(text: str, field: str) -> object:
    """Return the value of a text that is JSON or a list as Python prints it; nothing in it is ever run."""
    if not text.strip():
        return None
    try:
        return read_json(text, is_lenient=True)
    except RecordError:
        pass
    try:
        if len(text) > LONGEST_CALLS:
            raise ValueError
        return ast.literal_eval(_NoCalls().visit(ast.parse(text.strip(), mode="eval")))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        raise RecordError(
            N_("{field}: expected JSON or a list as Python prints it, found {found}."),
            field=field,
            found=shown(text),
        ) from None


class _NoCalls(ast.NodeTransformer):
    """Puts None where Python prints what is no literal, such as `datetime.datetime(2026, 3, 1)` or `nan`."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        return ast.Constant(None)

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Constant(None)


def _moment(value: object, field: str) -> datetime | None:
    if value is None or value == "":
        return None
    if isinstance(value, (int, float)) and 0 <= value < 1e14:
        # pandas writes a time in JSON as milliseconds.
        return datetime.fromtimestamp(value / 1000, UTC)
    return read_moment(field, value)
