"""Why answers failed: the question, the evidence or the writing; and whether the judge noticed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from dashboard.agreement.figure import Figure
from dashboard.agreement.table import MISSING
from dashboard.labels import ORDERED, Label, code
from dashboard.models import Run
from dashboard.responses import Flag
from dashboard.retrieval.evaluation.measures import Grades
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.agreement import SideBySide
from dashboard.services.project import Project
from dashboard.services.stages import KIND, RIGHT, STRICT, UNJUDGED, share
from dashboard.store import evidence
from dashboard.store.evidence import Evidence


class Cause(StrEnum):
    """Why an answer failed. The order is the order of precedence: the first that holds is the cause."""

    QUESTION = "question"
    """People flagged the item itself, so that no system could be expected to answer it well."""

    GENERATION = "generation"
    """A relevant segment was there, and the answer is wrong all the same."""

    RETRIEVAL = "retrieval"
    """Every segment was graded, and none is relevant."""

    UNGRADED = "ungraded"
    """No segment is known to be relevant, and not all were graded: the cause is not known."""


CAUSES = tuple(Cause)

EXPLAINED = (Cause.QUESTION, Cause.GENERATION, Cause.RETRIEVAL)
"""The causes that say why; shares are among these."""

QUESTION_FLAGS = frozenset(
    {Flag.QUESTION_UNCLEAR, Flag.TRANSCRIPT_UNREADABLE, Flag.WRONG_LANGUAGE, Flag.OTHER}
)
"""The flags that make the item the cause. `Flag.EVIDENCE_MISSING` does not: grades tell that better."""

FAILED = (Label.INCORRECT, Label.PARTIAL)
"""The labels of people with which an answer has failed."""


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that people labelled incorrect or partly correct.

    Attributes:
        answer_id: The answer.
        run_id: The run that gave it.
        question_id: Its question.
        human: People's label.
        judge: The judge's, None without one.
        cause: Why it failed.
        graded: Segments among its evidence that have a grade.
        segments: Segments that it was given.
        flags: What people flagged about it.
    """

    answer_id: int
    run_id: int
    question_id: int
    human: Label
    judge: Label | None
    cause: Cause
    graded: int
    segments: int
    flags: frozenset[Flag]

    @property
    def verdict(self) -> str:
        """How the judge's label stands to people's: `RIGHT`, `KIND`, `STRICT` or `UNJUDGED`."""
        if self.judge is None:
            return UNJUDGED
        if self.judge is self.human:
            return RIGHT
        return KIND if code(self.judge) > code(self.human) else STRICT


@dataclass(frozen=True, slots=True)
class Failures:
    """Every failure in ascending order of the answers, and how many answers of each run were labelled."""

    found: tuple[Failure, ...]
    labelled: Mapping[int, int]


@dataclass(frozen=True, slots=True)
class CauseCount:
    """How often a cause occurs.

    Attributes:
        cause: The cause.
        n: Failures with it.
        share: Its share of the explained failures; None for `Cause.UNGRADED`, which explains nothing.
        judge: Failures with it by how the judge's label stands to people's.
    """

    cause: Cause
    n: int
    share: Figure | None
    judge: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class RunFailures:
    """A run's labelled answers, and how many of them failed of each cause."""

    run_id: int
    created_at: datetime
    labelled: int
    causes: Mapping[Cause, int]


@needs(Role.RESEARCHER)
def explain_failures(project: Project, labels: SideBySide, grades: Grades, relevant_from: int) -> Failures:
    """Return why each answer failed that people labelled incorrect or partly correct.

    It takes two queries, however many answers there are.

    Args:
        project: Where evidence and flags are.
        labels: People's and the judge's labels.
        grades: Relevance grades, by question and segment.
        relevant_from: Lowest grade that counts as relevant.
    """
    with project.store.read() as session:
        known = evidence.evidence_of_labelled(session)
        flags = evidence.flags_of_answers(session)
    found = []
    labelled: dict[int, int] = {}
    for at in np.flatnonzero(labels.human != MISSING).tolist():
        answer_id = int(labels.answer_ids[at])
        given = known[answer_id]
        labelled[given.run_id] = labelled.get(given.run_id, 0) + 1
        human = ORDERED[labels.human[at]]
        if human not in FAILED:
            continue
        flagged = flags.get(answer_id, frozenset())
        grades_here = _grades_of(given, grades)
        found.append(
            Failure(
                answer_id,
                given.run_id,
                given.question_id,
                human,
                None if labels.judge[at] == MISSING else ORDERED[labels.judge[at]],
                cause_of(flagged, grades_here, len(given.segments), relevant_from),
                len(grades_here),
                len(given.segments),
                flagged,
            )
        )
    return Failures(tuple(found), labelled)


def cause_of(flags: Collection[Flag], grades: Sequence[int], segments: int, relevant_from: int) -> Cause:
    """Return why an answer failed: the first of `Cause` that holds.

    Args:
        flags: What people flagged about it.
        grades: The grades of those of its segments that have one.
        segments: How many segments it was given.
        relevant_from: Lowest grade that counts as relevant.
    """
    if not QUESTION_FLAGS.isdisjoint(flags):
        return Cause.QUESTION
    if any(grade >= relevant_from for grade in grades):
        return Cause.GENERATION
    # One that nobody graded may be the relevant one.
    return Cause.RETRIEVAL if segments and len(grades) == segments else Cause.UNGRADED


def count_causes(found: Sequence[Failure]) -> list[CauseCount]:
    """Return how often each cause occurs, with Wilson's interval of its share of the explained failures."""
    explained = [one for one in found if one.cause in EXPLAINED]
    questions = np.array([one.question_id for one in explained], dtype=np.int64)
    counts = []
    for cause in CAUSES:
        verdicts = [one.verdict for one in found if one.cause is cause]
        is_it: npt.NDArray[np.bool_] = np.array([one.cause is cause for one in explained], dtype=np.bool_)
        counts.append(
            CauseCount(
                cause,
                len(verdicts),
                share(is_it, questions) if cause in EXPLAINED else None,
                {verdict: verdicts.count(verdict) for verdict in (RIGHT, KIND, STRICT, UNJUDGED)},
            )
        )
    return counts


def by_run(failures: Failures, runs: Mapping[int, Run]) -> list[RunFailures]:
    """Return the causes in each run with labelled answers, the oldest run first."""
    counts: dict[int, dict[Cause, int]] = {run_id: dict.fromkeys(CAUSES, 0) for run_id in failures.labelled}
    for one in failures.found:
        counts[one.run_id][one.cause] += 1
    return [
        RunFailures(run_id, runs[run_id].created_at, failures.labelled[run_id], counts[run_id])
        for run_id in sorted(counts, key=lambda run_id: (runs[run_id].created_at, run_id))
    ]


def judge_wrong(found: Sequence[Failure]) -> Figure:
    """Return how often the judge's label differs from people's, among the failures that it judged."""
    judged = [one for one in found if one.judge is not None]
    return share(
        np.array([one.judge is not one.human for one in judged], dtype=np.bool_),
        np.array([one.question_id for one in judged], dtype=np.int64),
    )


def _grades_of(given: Evidence, grades: Grades) -> list[int]:
    of_question = grades.get(given.question_id, {})
    return [of_question[segment] for segment in given.segments if segment in of_question]
