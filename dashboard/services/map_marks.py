"""People's label or a judge's score at every place of the map that has one."""

from dataclasses import dataclass, field

import numpy as np

from dashboard.agreement.table import MISSING
from dashboard.labels import ORDERED, Label
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.agreement import side_by_side
from dashboard.services.project import Project
from dashboard.store import map_facts
from dashboard.store.corpus import BATCH
from dashboard.store.exposure import not_yet_seen

MOST_QUESTIONS = 5_000


@dataclass(frozen=True, slots=True)
class Marks:
    """What is said of questions and segments.

    A question has the mark of its newest answer that has one; a segment that of the newest of these answers
    whose first hit it is.

    Attributes:
        answers: The answers whose marks these are.
        questions: The answer that counts, by question.
        segments: The answer that counts, by segment.
        labels: People's label, by answer.
        scores: The judge's score in [0, 1], by answer.
    """

    answers: tuple[int, ...] = ()
    questions: dict[int, int] = field(default_factory=dict)
    segments: dict[int, int] = field(default_factory=dict)
    labels: dict[int, Label] = field(default_factory=dict)
    scores: dict[int, float] = field(default_factory=dict)


@needs(Role.RESEARCHER)
def label_marks(project: Project) -> Marks:
    """Return people's labels: the agreed one, else the majority of the newest of any phase."""
    sides = side_by_side(project, None, phase=None)
    labels = {
        answer_id: ORDERED[at]
        for answer_id, at in zip(sides.answer_ids.tolist(), sides.human.tolist(), strict=True)
        if at != MISSING
    }
    questions = dict(zip(sides.answer_ids.tolist(), sides.question_ids.tolist(), strict=True))
    newest = _newest({answer_id: questions[answer_id] for answer_id in labels})
    return Marks(
        answers=tuple(newest.values()),
        questions=newest,
        segments=_by_segment(project, list(newest.values())),
        labels={answer_id: labels[answer_id] for answer_id in newest.values()},
    )


@needs(Role.RESEARCHER)
def score_marks(project: Project, judge_id: int) -> Marks:
    """Return a judge's scores; an answer that it could not score has none."""
    sides = side_by_side(project, judge_id, phase=None)
    scored = ~np.isnan(sides.scores)
    answer_ids = sides.answer_ids[scored].tolist()
    newest = _newest(dict(zip(answer_ids, sides.question_ids[scored].tolist(), strict=True)))
    scores = dict(zip(answer_ids, sides.scores[scored].tolist(), strict=True))
    return Marks(
        answers=tuple(newest.values()),
        questions=newest,
        segments=_by_segment(project, list(newest.values())),
        scores={answer_id: scores[answer_id] for answer_id in newest.values()},
    )


@needs(Role.RESEARCHER)
def count_unseen(project: Project, annotator: str, marks: Marks) -> int:
    """Return of how many of these answers a person has not been shown any verdict."""
    if not annotator:
        return len(marks.answers)
    unseen = 0
    with project.store.read() as session:
        for start in range(0, len(marks.answers), BATCH):
            unseen += len(not_yet_seen(session, annotator, marks.answers[start : start + BATCH]))
    return unseen


def _newest(questions: dict[int, int]) -> dict[int, int]:
    """Return the newest answer of each question, of the newest questions."""
    found: dict[int, int] = {}
    for answer_id in sorted(questions):
        found[questions[answer_id]] = answer_id
    return {question_id: found[question_id] for question_id in sorted(found)[-MOST_QUESTIONS:]}


def _by_segment(project: Project, answer_ids: list[int]) -> dict[int, int]:
    found: dict[int, int] = {}
    in_order = sorted(answer_ids)
    with project.store.read() as session:
        for start in range(0, len(in_order), BATCH):
            hits = map_facts.first_hits(session, in_order[start : start + BATCH])
            for answer_id in sorted(hits):
                found[hits[answer_id]] = answer_id
    return found
