"""Two retrievers or runs on the same questions: figures side by side, and what changed on each question."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from dashboard.retrieval.evaluation.intervals import Estimate, mean_interval, paired_difference
from dashboard.services.answer_pairs import AnswerPair
from dashboard.services.evaluating import Evaluated
from dashboard.services.measured_questions import QuestionLine, question_lines
from dashboard.services.truth import Truth

TIE = 1e-9
"""Differences up to this are rounding."""


class Change(StrEnum):
    """What became of a question from the first to the second."""

    WORSE = "worse"
    BETTER = "better"
    SAME = "same"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class QuestionChange:
    """One question under both; `by` is the second's figure less the first's, NaN where one is undefined."""

    left: QuestionLine
    right: QuestionLine
    by: float

    @property
    def question(self) -> int:
        """Its number in the source of truth."""
        return self.left.question

    @property
    def text(self) -> str:
        """The question."""
        return self.left.text

    @property
    def change(self) -> Change:
        """Whether the second does better."""
        if math.isnan(self.by):
            return Change.UNKNOWN
        if abs(self.by) <= TIE:
            return Change.SAME
        return Change.BETTER if self.by > 0 else Change.WORSE


@dataclass(frozen=True, slots=True)
class Side:
    """What one of the two reaches on the questions that both ranked."""

    figures: Mapping[str, Estimate]


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two retrievers or runs on the questions that both ranked.

    Attributes:
        left: The first.
        right: The second.
        differences: The second less the first, under each measure's name, paired by question.
        changes: Each question, those that lost most first.
    """

    left: Side
    right: Side
    differences: Mapping[str, Estimate]
    changes: Sequence[QuestionChange]

    def count(self, change: Change) -> int:
        """Return on how many questions that happened."""
        return sum(one.change is change for one in self.changes)


@dataclass(frozen=True, slots=True)
class Moved:
    """How the answers moved on the questions whose retrieval changed in one way.

    Attributes:
        change: In which way.
        questions: How many such questions both sides answered.
        label: Mean change of people's label, in steps of 0.5, over those labelled on both sides.
        score: Mean change of the judge's score over those that it scored on both sides.
    """

    change: Change
    questions: int
    label: Estimate
    score: Estimate


def compare(truth: Truth, left: Evaluated, right: Evaluated, k: int, name: str) -> Comparison:
    """Compare what two retrievers or runs found.

    Args:
        truth: What is known to be relevant.
        left: The first, measured against it.
        right: The second.
        k: How many of the first places are looked at.
        name: The measure by which a question got better or worse, such as nDCG@10.
    """
    first = {line.question: line for line in question_lines(truth, left, k)}
    second = {line.question: line for line in question_lines(truth, right, k)}
    both = sorted(first.keys() & second.keys())
    names = list(left.measured.values)

    def values(
        lines: Mapping[int, QuestionLine], measure: str
    ) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
        return np.array([lines[one].values[measure] for one in both], dtype=np.float64)

    changes = [
        QuestionChange(first[one], second[one], second[one].values[name] - first[one].values[name])
        for one in both
    ]
    changes.sort(key=lambda one: math.inf if math.isnan(one.by) else one.by)
    return Comparison(
        Side({one: mean_interval(values(first, one)) for one in names}),
        Side({one: mean_interval(values(second, one)) for one in names}),
        {one: paired_difference(values(first, one), values(second, one)) for one in names},
        changes,
    )


def moved(changes: Sequence[QuestionChange], pairs: Sequence[AnswerPair]) -> list[Moved]:
    """Return how labels and scores moved on questions whose retrieval got worse, better, or neither."""
    by_question = {one.question_id: one for one in pairs}
    found = []
    for change in (Change.WORSE, Change.SAME, Change.BETTER):
        here = [
            by_question[one.question]
            for one in changes
            if one.change is change and one.question in by_question
        ]
        found.append(
            Moved(
                change,
                len(here),
                _mean([one.label_change for one in here]),
                _mean([one.score_change for one in here]),
            )
        )
    return found


def _mean(changes: Sequence[float | None]) -> Estimate:
    known = np.array([math.nan if one is None else one for one in changes], dtype=np.float64)
    return paired_difference(np.zeros_like(known), known)
