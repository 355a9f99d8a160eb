"""What the map of segments and questions needs to know of all of them, and nothing more."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.store.schema import AnswerRow, HitRow, QuestionRow, SegmentRow, VideoRow

FIRST_RANK = 1


class SegmentFacts(NamedTuple):
    """A segment that can be found, without its text. `position` counts within the lecture."""

    segment_id: int
    corpus_id: int
    video_id: str
    position: int
    start_s: float | None
    end_s: float | None
    content_hash: str


class QuestionFacts(NamedTuple):
    """A question and the hash of its text."""

    question_id: int
    number: int
    text: str
    text_hash: str


def segment_facts(session: Session) -> list[SegmentFacts]:
    """Return the facts of every segment that can be found, in ascending order of the ids."""
    query = (
        select(
            SegmentRow.id,
            SegmentRow.corpus_id,
            SegmentRow.video_id,
            SegmentRow.position,
            SegmentRow.start_s,
            SegmentRow.end_s,
            SegmentRow.content_hash,
        )
        .where(SegmentRow.active)
        .order_by(SegmentRow.id)
    )
    return [
        SegmentFacts(key, corpus_id, video_id or "", position, start, end, content)
        for key, corpus_id, video_id, position, start, end, content in session.execute(query)
    ]


def newest_questions(session: Session, limit: int) -> list[QuestionFacts]:
    """Return the newest questions in ascending order of their ids."""
    columns = (QuestionRow.id, QuestionRow.number, QuestionRow.text, QuestionRow.text_hash)
    query = select(*columns).order_by(QuestionRow.id.desc()).limit(limit)
    return [QuestionFacts(*row) for row in session.execute(query)][::-1]


def lecture_titles(session: Session) -> dict[str, str]:
    """Return the title of every lecture, in the order of the titles."""
    query = select(VideoRow.video_id, VideoRow.title).order_by(VideoRow.title, VideoRow.video_id)
    return dict(session.execute(query).all())


def first_hits(session: Session, answer_ids: list[int]) -> dict[int, int]:
    """Return the segment that was the first hit of each answer that has one."""
    query = select(HitRow.answer_id, HitRow.segment_id).where(
        HitRow.rank == FIRST_RANK, HitRow.answer_id.in_(answer_ids)
    )
    return dict(session.execute(query).all())


def answers_to(session: Session, question_id: int, limit: int) -> list[int]:
    """Return the ids of the newest answers to a question, newest first."""
    query = select(AnswerRow.id).where(AnswerRow.question_id == question_id)
    return list(session.scalars(query.order_by(AnswerRow.id.desc()).limit(limit)))
