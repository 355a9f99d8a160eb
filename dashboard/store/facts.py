"""What is known of the answers that anybody labelled or judged, by which agreement is looked at in parts."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from dashboard.models import Phase
from dashboard.store.annotations import gives_label, is_newest
from dashboard.store.grades import middle_grade, peoples_grades
from dashboard.store.schema import (
    AnnotationRow,
    AnswerRow,
    HitRow,
    JudgementRow,
    QuestionTagRow,
    RelevanceRow,
    SegmentRow,
    VideoRow,
)

FIRST_RANK = 1


class AnswerFacts(NamedTuple):
    """An answer's run and length in characters, and of its first hit the lecture and the score."""

    answer_id: int
    run_id: int
    length: int
    lecture: str
    score: float | None


def answer_facts(session: Session) -> list[AnswerFacts]:
    """Return the facts of each answer that anybody labelled or judged, in one query."""
    labelled = exists().where(AnnotationRow.answer_id == AnswerRow.id)
    judged = exists().where(JudgementRow.answer_id == AnswerRow.id)
    title = func.coalesce(VideoRow.title, SegmentRow.video_id, "")
    query = (
        select(AnswerRow.id, AnswerRow.run_id, func.length(AnswerRow.text), title, HitRow.score)
        .outerjoin(HitRow, (HitRow.answer_id == AnswerRow.id) & (HitRow.rank == FIRST_RANK))
        .outerjoin(SegmentRow, SegmentRow.id == HitRow.segment_id)
        .outerjoin(VideoRow, VideoRow.video_id == SegmentRow.video_id)
        .where(labelled | judged)
    )
    return [AnswerFacts(*row) for row in session.execute(query)]


def tags_of_questions(session: Session) -> dict[int, list[str]]:
    """Return the tags of each question that has any."""
    found: dict[int, list[str]] = {}
    for question_id, tag in session.execute(select(QuestionTagRow.question_id, QuestionTagRow.tag)):
        found.setdefault(question_id, []).append(tag)
    return found


def label_days(session: Session, phase: Phase | None, campaign: str | None = None) -> dict[int, datetime]:
    """Return when each answer got the newest of the labels that count."""
    query = (
        select(AnnotationRow.answer_id, func.max(AnnotationRow.created_at))
        .where(is_newest(phase, campaign), gives_label())
        .group_by(AnnotationRow.answer_id)
    )
    return dict(session.execute(query).all())


def best_grades(session: Session) -> dict[int, int]:
    """Return, for each answer with graded evidence, the best grade of its segments.

    The grade of a segment is the middle one of people's newest, 0 (unrelated) to 3 (answers it fully).
    """
    middle = {place: middle_grade(given) for place, given in peoples_grades(session).items()}
    hits = (
        select(HitRow.answer_id, AnswerRow.question_id, HitRow.segment_id)
        .join(AnswerRow, AnswerRow.id == HitRow.answer_id)
        .where(AnswerRow.question_id.in_(select(RelevanceRow.question_id)))
    )
    best: dict[int, int] = {}
    for answer_id, question_id, segment_id in session.execute(hits):
        place = (question_id, segment_id)
        if place in middle:
            best[answer_id] = max(middle[place], best.get(answer_id, 0))
    return best
