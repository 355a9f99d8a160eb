"""Where things go wrong: in the evidence, in the answer, or in the judge."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dashboard.agreement.clustered import effective_size
from dashboard.agreement.figure import Figure, Undefined
from dashboard.agreement.intervals import wilson
from dashboard.agreement.table import MISSING
from dashboard.labels import ORDERED, Label
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.agreement import SideBySide
from dashboard.services.project import Project
from dashboard.services.relevance_grades import PEOPLE_RELEVANT_FROM
from dashboard.store import facts

UNKNOWN, ABSENT, PRESENT = -1, 0, 1

RIGHT, KIND, STRICT, UNJUDGED = "right", "kind", "strict", "unjudged"
"""How the judge's label stands to people's: the same, a better one, a worse one, or there is none."""


@dataclass(frozen=True, slots=True)
class StagedAnswer:
    """An answer at every stage.

    Attributes:
        answer_id: The answer.
        evidence: `PRESENT`, `ABSENT`, or `UNKNOWN` where nobody graded it.
        human: People's label.
        judge: The judge's, None without one.
        outcome: How the two stand to each other: `RIGHT`, `KIND`, `STRICT` or `UNJUDGED`.
    """

    answer_id: int
    evidence: int
    human: Label
    judge: Label | None
    outcome: str


@dataclass(frozen=True, slots=True)
class Stage:
    """The answers with one kind of evidence and one label of the people.

    Attributes:
        evidence: `PRESENT`, `ABSENT`, or `UNKNOWN` where nobody graded it.
        label: Code of the people's label.
        n: Answers that people labelled.
        right: Share of them, among those the judge labelled, to which it gave the same label.
        too_kind: Answers to which the judge gave a better label.
        too_strict: Answers to which it gave a worse one.
        unjudged: Answers without a label of the judge.
    """

    evidence: int
    label: int
    n: int
    right: Figure
    too_kind: int
    too_strict: int
    unjudged: int


@needs(Role.RESEARCHER)
def stages(project: Project, labels: SideBySide) -> list[Stage]:
    """Return every combination that occurs, evidence first, the best labels first."""
    evidence = _evidence(project, labels)
    found = []
    for kind in (PRESENT, ABSENT, UNKNOWN):
        for label in reversed(range(len(labels.categories))):
            here = (evidence == kind) & (labels.human == label)
            if here.any():
                found.append(_stage(labels, here, kind, label))
    return found


@needs(Role.RESEARCHER)
def staged_answers(project: Project, labels: SideBySide) -> list[StagedAnswer]:
    """Return every answer that people labelled, at its stages, in ascending order."""
    evidence = _evidence(project, labels)
    found = []
    for at in np.flatnonzero(labels.human != MISSING).tolist():
        human, judge = int(labels.human[at]), int(labels.judge[at])
        found.append(
            StagedAnswer(
                int(labels.answer_ids[at]),
                int(evidence[at]),
                ORDERED[human],
                None if judge == MISSING else ORDERED[judge],
                _outcome(human, judge),
            )
        )
    return found


def _outcome(human: int, judge: int) -> str:
    if judge == MISSING:
        return UNJUDGED
    return RIGHT if judge == human else KIND if judge > human else STRICT


def _evidence(project: Project, labels: SideBySide) -> npt.NDArray[np.int64]:
    with project.store.read() as session:
        grades = facts.best_grades(session)
    return np.array([_kind(grades.get(one)) for one in labels.answer_ids.tolist()], dtype=np.int64)


def _kind(grade: int | None) -> int:
    if grade is None:
        return UNKNOWN
    return PRESENT if grade >= PEOPLE_RELEVANT_FROM else ABSENT


def _stage(labels: SideBySide, here: npt.NDArray[np.bool_], kind: int, label: int) -> Stage:
    judged = here & (labels.judge != MISSING)
    given = labels.judge[judged]
    return Stage(
        evidence=kind,
        label=label,
        n=int(here.sum()),
        right=share(given == label, labels.question_ids[judged]),
        too_kind=int((given > label).sum()),
        too_strict=int((given < label).sum()),
        unjudged=int((here & ~judged).sum()),
    )


def share(hits: npt.NDArray[np.bool_], questions: npt.NDArray[np.int64]) -> Figure:
    """Return a share with Wilson's interval at the size that answers to the same question are worth."""
    n = len(hits)
    if not n:
        return Figure.undefined(0, Undefined.NO_PAIRS)
    ids, groups = np.unique(questions, return_inverse=True)
    size = effective_size(hits, groups if len(ids) < n else None)
    value = float(hits.mean())
    interval = wilson(value * size, size)
    return Figure(value, interval.low, interval.high, n)
