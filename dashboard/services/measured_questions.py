"""What was measured, question by question: the figures of each and the grades of what was found."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from dashboard.models import Hit
from dashboard.retrieval.evaluation.measures import JUDGED, NDCG, named
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.asking import find_answer
from dashboard.services.evaluating import Evaluated
from dashboard.services.project import Project
from dashboard.services.truth import Truth
from dashboard.store import grades


class Show(StrEnum):
    """Which questions are listed."""

    ALL = "all"
    MISSED = "missed"
    UNJUDGED = "unjudged"


class Order(StrEnum):
    """In which order they are listed."""

    WORST = "worst"
    UNJUDGED = "unjudged"
    QUESTION = "question"


@dataclass(frozen=True, slots=True)
class Found:
    """A segment that was found: its rank, the retriever's score, and its grade, None when unjudged."""

    rank: int
    segment_id: int
    score: float
    grade: int | None


@dataclass(frozen=True, slots=True)
class QuestionLine:
    """One question with all that was measured of it.

    Attributes:
        question: Its number in the source of truth.
        text: The question.
        values: Its figures by name, NaN where undefined.
        found: The first k segments.
        first: Rank of the first relevant one, None when there is none among the first k.
        known: How many segments are known to be relevant.
        answer_id: The answer under which the ranking is stored, None when it was searched now.
    """

    question: int
    text: str
    values: Mapping[str, float]
    found: tuple[Found, ...]
    first: int | None
    known: int
    answer_id: int | None

    @property
    def unjudged(self) -> int:
        """How many of the first k segments have no grade."""
        return sum(one.grade is None for one in self.found)


@dataclass(frozen=True, slots=True)
class RankCounts:
    """What stands at a rank, over all questions; `nothing` where fewer segments were found."""

    rank: int
    relevant: int
    irrelevant: int
    unjudged: int
    nothing: int


def question_lines(truth: Truth, evaluated: Evaluated, k: int) -> list[QuestionLine]:
    """Return every measured question, in ascending order of its number."""
    ranked, measured = evaluated.ranked, evaluated.measured
    lines = []
    for place, question in enumerate(measured.questions):
        given = truth.grades[question]
        scores = dict(zip(ranked.rankings[question], ranked.scores[question], strict=True))
        segments = list(dict.fromkeys(ranked.rankings[question]))[:k]
        found = tuple(
            Found(rank, segment, scores[segment], given.get(segment))
            for rank, segment in enumerate(segments, start=1)
        )
        relevant = [one.rank for one in found if (one.grade or 0) >= truth.relevant_from]
        lines.append(
            QuestionLine(
                question,
                truth.questions[question],
                {name: float(values[place]) for name, values in measured.values.items()},
                found,
                relevant[0] if relevant else None,
                sum(grade >= truth.relevant_from for grade in given.values()),
                ranked.answers.get(question),
            )
        )
    return lines


def listed(lines: Sequence[QuestionLine], show: Show, order: Order, k: int) -> list[QuestionLine]:
    """Return the lines that are asked for, in the order asked for; equal ones stay in theirs."""
    kept = [
        line
        for line in lines
        if show is Show.ALL
        or (show is Show.MISSED and line.first is None)
        or (show is Show.UNJUDGED and line.unjudged)
    ]
    if order is Order.WORST:
        kept.sort(key=lambda line: _or_highest(line.values[named(NDCG, k)]))
    elif order is Order.UNJUDGED:
        kept.sort(key=lambda line: _or_highest(line.values[named(JUDGED, k)]))
    return kept


def first_places(lines: Sequence[QuestionLine], k: int) -> tuple[list[int], int]:
    """Return how many questions have their first relevant segment at each of k ranks, and how many none."""
    counts = [0] * k
    for line in lines:
        if line.first is not None:
            counts[line.first - 1] += 1
    return counts, len(lines) - sum(counts)


def by_rank(lines: Sequence[QuestionLine], relevant_from: int, k: int) -> list[RankCounts]:
    """Return what stands at each of k ranks, over all questions."""
    rows = []
    for rank in range(1, k + 1):
        at = [line.found[rank - 1] for line in lines if len(line.found) >= rank]
        judged = [one.grade for one in at if one.grade is not None]
        relevant = sum(grade >= relevant_from for grade in judged)
        rows.append(
            RankCounts(rank, relevant, len(judged) - relevant, len(at) - len(judged), len(lines) - len(at))
        )
    return rows


@needs(Role.RESEARCHER)
def hits_of(project: Project, line: QuestionLine) -> dict[int, Hit]:
    """Return what a question found as hits, by segment id; segments that are gone are left out.

    Those of a run are its own, since a record may withhold the address of a lecture.
    """
    if line.answer_id is not None:
        return {hit.segment.segment_id: hit for hit in find_answer(project, line.answer_id).hits}
    segments = project.segments.segments([one.segment_id for one in line.found])
    return {
        one.segment_id: Hit(one.rank, segments[one.segment_id], one.score)
        for one in line.found
        if one.segment_id in segments
    }


@needs(Role.RESEARCHER)
def answers_to(project: Project, lines: Sequence[QuestionLine]) -> dict[int, list[int]]:
    """Return the answers that are stored to some stored questions, oldest first."""
    with project.store.read() as session:
        return grades.answers_to(session, [line.question for line in lines])


@needs(Role.RESEARCHER)
def numbers_of(project: Project, lines: Sequence[QuestionLine]) -> dict[int, int]:
    """Return the numbers of some stored questions."""
    with project.store.read() as session:
        return grades.question_numbers(session, [line.question for line in lines])


def _or_highest(value: float) -> float:
    return math.inf if math.isnan(value) else value
