"""What a reader gives: records, problems, and the marks of where a label came from."""

import json
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from dashboard.errors import RecordError
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewAnnotation, NewJudgement, Phase
from dashboard.records.record import Record, RecordJudgement

_EVENTS = uuid.uuid5(uuid.NAMESPACE_URL, "urn:veredito:records")
_RAW_SCORE = re.compile(r"Score\s*:[\s*]*(\d+(?:\.\d+)?)", re.IGNORECASE)
_RAW_MAXIMUM = 3.0
_SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """Something in a file that cannot be taken in.

    Attributes:
        line: Where, counted from 1: the line of a text file, the row of a Parquet file.
        message: Translatable template: what was wrong and what was expected.
        found: Values for the template's fields.
    """

    line: int
    message: str
    found: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The message in English."""
        return self.message.format(**self.found)


@dataclass(frozen=True, slots=True)
class ReadResult:
    """The good records of a file and everything that is wrong with the others."""

    records: tuple[Record, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """Whom to credit with labels in files that do not say.

    Attributes:
        annotator: Name of the person who gave the manual labels.
        judge: Name of the judge that gave the automated ones.
        phase: Whether the person could see the judge's output when labelling.
    """

    annotator: str
    judge: str
    phase: Phase = Phase.BLIND

    def annotation(self, number: int, question: str, answer: str, label: Label) -> NewAnnotation:
        """Return a manual label as an event whose id is the same on every import of the same record."""
        what = json.dumps([number, question, answer, self.annotator, label.value])
        return NewAnnotation(str(uuid.uuid5(_EVENTS, what)), self.annotator, label, self.phase)

    def judgement(
        self, score: float | None, label: Label | None, reasoning: str, judge: str = ""
    ) -> RecordJudgement | None:
        """Return an automated verdict, or None where a record gives nothing of one.

        The raw score (0-3) is read from the last "Score: n" of the reasoning; None where it has none.
        """
        if score is None and label is None and not reasoning:
            return None
        config = JudgeConfig(
            name=judge or self.judge, rubric="answer relevance", prompt_version="", model="unknown"
        )
        unscored = score is None and label is None
        verdict = NewJudgement(
            raw_score=raw_score_of(reasoning),
            score=score,
            label=label,
            reasoning=reasoning,
            error="the record gives neither a score nor a label" if unscored else "",
        )
        return RecordJudgement(config, verdict)


def as_problem(line: int, error: RecordError) -> Problem:
    """Return the problem that an error met on a line stands for."""
    return Problem(line, error.message, error.found)


def collect(items: Iterable[Record | Problem]) -> ReadResult:
    """Sort what a reader gives into records and problems."""
    records: list[Record] = []
    problems: list[Problem] = []
    for item in items:
        if isinstance(item, Record):
            records.append(item)
        else:
            problems.append(item)
    return ReadResult(tuple(records), tuple(problems))


def shown(value: object) -> str:
    """Return a value short enough for a message."""
    text = value if isinstance(value, str) else repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def raw_score_of(reasoning: str) -> float | None:
    """Return the last "Score: n" of a reasoning, None where it has none from 0 to 3."""
    found = _RAW_SCORE.findall(reasoning)
    if not found:
        return None
    raw = float(found[-1])
    return raw if raw <= _RAW_MAXIMUM else None
