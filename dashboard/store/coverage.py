"""Which lectures and segments were ever retrieved, counted in the database."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from dashboard.store.schema import AnswerRow, HitRow, SegmentRow, VideoRow


@dataclass(frozen=True, slots=True)
class CoverageTotals:
    """How many lectures and segments that can be found there are, and how many were a hit at least once."""

    lectures: int
    retrieved_lectures: int
    segments: int
    retrieved_segments: int


@dataclass(frozen=True, slots=True)
class LectureCoverage:
    """A lecture, its segments that can be found, those that were a hit, and the answers with such a hit."""

    video_id: str
    title: str
    segments: int
    retrieved: int
    answers: int


def coverage_totals(session: Session, run_id: int | None = None) -> CoverageTotals:
    """Return the counts over all stored hits, or over those of one run."""
    lectures, segments = _lectures().where(_has_segments()), _segments()
    return CoverageTotals(
        lectures=session.execute(lectures).scalar_one(),
        retrieved_lectures=session.execute(lectures.where(_was_hit(run_id))).scalar_one(),
        segments=session.execute(segments).scalar_one(),
        retrieved_segments=session.execute(segments.where(_is_hit(SegmentRow.id, run_id))).scalar_one(),
    )


def lecture_coverage(
    session: Session, offset: int, limit: int, run_id: int | None = None, *, never: bool
) -> list[LectureCoverage]:
    """Return a page of the lectures that were never retrieved, or of all with the least covered first."""
    own = aliased(SegmentRow)
    segments = select(func.count()).where(own.video_id == VideoRow.video_id, own.active).scalar_subquery()
    hit = aliased(SegmentRow)
    retrieved = (
        select(func.count())
        .where(hit.video_id == VideoRow.video_id, hit.active, _is_hit(hit.id, run_id))
        .scalar_subquery()
    )
    query = select(VideoRow.video_id, VideoRow.title, segments, retrieved, _answers(run_id))
    query = query.where(_has_segments())
    if never:
        query = query.where(~_was_hit(run_id)).order_by(VideoRow.title, VideoRow.video_id)
    else:
        query = query.order_by(1.0 * retrieved / segments, VideoRow.title, VideoRow.video_id)
    return [LectureCoverage(*row) for row in session.execute(query.offset(offset).limit(limit))]


def _lectures() -> Select[int]:
    return select(func.count()).select_from(VideoRow)


def _segments() -> Select[int]:
    return select(func.count()).select_from(SegmentRow).where(SegmentRow.active)


def _has_segments() -> ColumnElement[bool]:
    some = aliased(SegmentRow)
    return exists().where(some.video_id == VideoRow.video_id, some.active)


def _was_hit(run_id: int | None) -> ColumnElement[bool]:
    """Say whether a segment of the lecture was a hit, also one that can no longer be found."""
    some = aliased(SegmentRow)
    return exists().where(some.video_id == VideoRow.video_id, _is_hit(some.id, run_id))


def _is_hit(segment_id: InstrumentedAttribute[int], run_id: int | None) -> ColumnElement[bool]:
    hit = aliased(HitRow)
    found = exists().where(hit.segment_id == segment_id)
    if run_id is None:
        return found
    answer = aliased(AnswerRow)
    return found.where(answer.id == hit.answer_id, answer.run_id == run_id)


def _answers(run_id: int | None) -> ColumnElement[int]:
    some, hit = aliased(SegmentRow), aliased(HitRow)
    query = select(func.count(hit.answer_id.distinct())).where(
        some.video_id == VideoRow.video_id, hit.segment_id == some.id
    )
    if run_id is not None:
        answer = aliased(AnswerRow)
        query = query.where(answer.id == hit.answer_id, answer.run_id == run_id)
    return query.scalar_subquery()
