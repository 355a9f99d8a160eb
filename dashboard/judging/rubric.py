"""Rubrics: what a judge looks at, its scale, and the instructions that people edit.

A rubric is a text file: a TOML header between two lines `+++`, then the criteria as plain text.
"""

import re
import tomllib
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from dashboard.errors import N_, RubricError
from dashboard.labels import Label

LANGUAGES = ("pt-BR", "en")
"""The languages in which a judge can be instructed."""

MATERIAL = ("question", "reference", "segments", "answer")
"""What a judge may be shown, in the order in which it is shown."""

LONGEST = 100_000
"""Characters of the longest rubric."""

_FILE = re.compile(
    r"\s*^\+\+\+[ \t]*\n(?P<header>.*?)^\+\+\+[ \t]*\n(?P<criteria>.*)", re.DOTALL | re.MULTILINE
)
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_GRADE = re.compile(r"[0-9A-Za-z]{1,16}")
_FIELDS = ("name", "language", "title", "unit", "sees", "scale", "partial_from", "correct_from")


class Unit(StrEnum):
    """What one grade is given to."""

    ANSWER = "answer"
    SENTENCE = "sentence"
    SEGMENT = "segment"


@dataclass(frozen=True, slots=True)
class Rubric:
    """How an answer is judged.

    Attributes:
        name: What is judged, such as answer-relevance.
        language: Language of the instructions, pt-BR or en.
        title: The name for people.
        unit: What one grade is given to; the raw score is the mean over the sentences or segments.
        sees: What the judge is shown, names of `MATERIAL`.
        scale: The grades from worst to best, as the judge writes them.
        partial_from: Lowest raw score with the label partial.
        correct_from: Lowest raw score with the label correct.
        criteria: The instructions.
        source: The whole text of the file.
    """

    name: str
    language: str
    title: str
    unit: Unit
    sees: tuple[str, ...]
    scale: tuple[str, ...]
    partial_from: float
    correct_from: float
    criteria: str
    source: str

    @property
    def key(self) -> str:
        """The name with the language, which one project has once."""
        return f"{self.name}.{self.language}"

    @property
    def highest(self) -> int:
        """The best raw score."""
        return len(self.scale) - 1

    def raw(self, grade: str) -> int:
        """Return a grade's position in the scale; the worst is 0."""
        return self.scale.index(grade)

    def score(self, raw: float) -> float:
        """Return a raw score as a share of the best one."""
        return raw / self.highest

    def label(self, raw: float) -> Label:
        """Return the label of a raw score."""
        if raw >= self.correct_from:
            return Label.CORRECT
        return Label.PARTIAL if raw >= self.partial_from else Label.INCORRECT


def parse_rubric(source: str) -> Rubric:
    """Return the rubric that a text describes.

    Raises:
        RubricError: The text is not a rubric; the message says what was found and what to do.
    """
    if len(source) > LONGEST:
        raise RubricError(
            N_("The rubric has {found} characters, more than the limit of {limit}. Shorten it."),
            found=len(source),
            limit=LONGEST,
        )
    parts = _FILE.fullmatch(source.removeprefix("\ufeff").replace("\r\n", "\n") + "\n")
    if not parts:
        raise RubricError(
            N_("A rubric begins with its header between two lines “+++”, found “{found}”. Add the header."),
            found=source.strip().partition("\n")[0][:80],
        )
    try:
        header = tomllib.loads(parts["header"])
    except (ValueError, RecursionError) as error:
        raise RubricError(
            N_("The rubric's header is not TOML: {error}. Correct that line."), error=error
        ) from None
    criteria = parts["criteria"].strip()
    if not criteria:
        raise RubricError(N_("The rubric has no criteria. Write them below the header."))
    return _rubric(_Header(header), criteria, source)


def _rubric(header: "_Header", criteria: str, source: str) -> Rubric:
    header.check_fields()
    unit = Unit(header.one_of("unit", tuple(Unit)))
    sees = header.texts("sees")
    scale = header.texts("scale")
    if not set(sees) <= set(MATERIAL):
        raise header.wrong("sees", ", ".join(MATERIAL))
    if unit is Unit.SENTENCE and "answer" not in sees or unit is Unit.SEGMENT and "segments" not in sees:
        raise header.wrong("sees", "answer" if unit is Unit.SENTENCE else "segments")
    if len(scale) < 2 or not all(_GRADE.fullmatch(grade) for grade in scale):
        raise header.wrong("scale", '["0", "1", "2", "3"]')
    partial_from, correct_from = header.number("partial_from"), header.number("correct_from")
    if not 0 <= partial_from <= correct_from <= len(scale) - 1:
        raise RubricError(
            N_(
                "The rubric's limits must rise from 0 to {highest}, found partial_from {partial} and "
                "correct_from {correct}. Correct them."
            ),
            highest=len(scale) - 1,
            partial=partial_from,
            correct=correct_from,
        )
    return Rubric(
        name=header.matching("name", _NAME, "answer-relevance"),
        language=header.one_of("language", LANGUAGES),
        title=header.matching("title", re.compile(r".*\S.*"), "Relevância da resposta"),
        unit=unit,
        sees=sees,
        scale=scale,
        partial_from=partial_from,
        correct_from=correct_from,
        criteria=criteria,
        source=source,
    )


class _Header:
    """The fields of a header, each read as what it must be."""

    def __init__(self, fields: dict[str, Any]) -> None:
        self._fields = fields

    def check_fields(self) -> None:
        """Refuse a header with missing or unknown fields."""
        missing = [name for name in _FIELDS if name not in self._fields]
        if missing:
            raise RubricError(
                N_("The rubric's header lacks {fields}. Add what is missing."), fields=", ".join(missing)
            )
        unknown = [name for name in self._fields if name not in _FIELDS]
        if unknown:
            raise RubricError(
                N_("The rubric's header has unknown fields: {fields}. Use only {known}."),
                fields=", ".join(unknown),
                known=", ".join(_FIELDS),
            )

    def wrong(self, name: str, expected: str) -> RubricError:
        """Return the error about a field's value."""
        return RubricError(
            N_("The rubric's {field} cannot be {found}. Write for instance {expected}."),
            field=name,
            found=repr(self._fields[name])[:80],
            expected=expected,
        )

    def matching(self, name: str, pattern: re.Pattern[str], example: str) -> str:
        """Return a text of a certain form."""
        value = self._fields[name]
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise self.wrong(name, example)
        return value

    def one_of(self, name: str, known: tuple[str, ...]) -> str:
        """Return one of the known values."""
        value = self._fields[name]
        if value not in known:
            raise self.wrong(name, " / ".join(known))
        return str(value)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list of texts that differ in more than case; an empty one is refused."""
        value = self._fields[name]
        is_list = isinstance(value, list) and value and all(isinstance(item, str) for item in value)
        if not is_list or len({item.casefold() for item in value}) < len(value):
            raise self.wrong(name, '["…", "…"]')
        return tuple(value)

    def number(self, name: str) -> float:
        """Return a number; the caller checks its range, which refuses NaN too."""
        value = self._fields[name]
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise self.wrong(name, "1.5")
        return float(value)
