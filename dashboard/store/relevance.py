"""People's relevance grades of segments for a question: append-only events of which the newest counts."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dashboard.models import Phase, Relevance
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotatorRow, RelevanceRow


def add_relevance(session: Session, question_id: int, relevance: Relevance) -> bool:
    """Append a grade; False when the event is there already."""
    if session.scalar(select(exists().where(RelevanceRow.event_id == relevance.event_id))):
        return False
    session.add(
        RelevanceRow(
            event_id=relevance.event_id,
            question_id=question_id,
            segment_id=relevance.segment_id,
            annotator_id=annotator_id(session, relevance.annotator),
            grade=relevance.grade,
            phase=relevance.phase.value,
            seconds=relevance.seconds,
            created_at=relevance.created_at,
        )
    )
    session.flush()
    return True


def relevance_of(session: Session, question_ids: Sequence[int]) -> dict[int, list[Relevance]]:
    """Return every grade given for each of the questions, oldest first, in one query."""
    query = (
        select(RelevanceRow, AnnotatorRow.name)
        .join(AnnotatorRow, AnnotatorRow.id == RelevanceRow.annotator_id)
        .where(RelevanceRow.question_id.in_(question_ids))
        .order_by(RelevanceRow.sequence)
    )
    found: dict[int, list[Relevance]] = {}
    for row, name in session.execute(query):
        relevance = Relevance(
            row.event_id, name, row.segment_id, row.grade, Phase(row.phase), row.seconds, row.created_at
        )
        found.setdefault(row.question_id, []).append(relevance)
    return found


def grades_of(session: Session, annotator: str, question_id: int) -> dict[int, int]:
    """Return one person's newest grade of each segment for a question."""
    query = (
        select(RelevanceRow.segment_id, RelevanceRow.grade)
        .join(AnnotatorRow, AnnotatorRow.id == RelevanceRow.annotator_id)
        .where(RelevanceRow.question_id == question_id, AnnotatorRow.name == annotator)
        .order_by(RelevanceRow.sequence)
    )
    return dict(session.execute(query).all())
