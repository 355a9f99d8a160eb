"""Verdicts on citations: append-only events of which the newest of a person on a citation counts."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dashboard.models import Phase, Support
from dashboard.responses import Verdict
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotatorRow, SupportRow


def add_support(session: Session, answer_id: int, support: Support) -> bool:
    """Append a verdict; False when the event is there already."""
    if session.scalar(select(exists().where(SupportRow.event_id == support.event_id))):
        return False
    session.add(
        SupportRow(
            event_id=support.event_id,
            answer_id=answer_id,
            annotator_id=annotator_id(session, support.annotator),
            citation=support.citation,
            rank=support.rank,
            verdict=support.verdict.value,
            phase=support.phase.value,
            seconds=support.seconds,
            created_at=support.created_at,
        )
    )
    session.flush()
    return True


def supports_of(session: Session, answer_ids: Sequence[int]) -> dict[int, list[Support]]:
    """Return every verdict on the citations of each of the answers, oldest first, in one query."""
    query = (
        select(SupportRow, AnnotatorRow.name)
        .join(AnnotatorRow, AnnotatorRow.id == SupportRow.annotator_id)
        .where(SupportRow.answer_id.in_(answer_ids))
        .order_by(SupportRow.sequence)
    )
    found: dict[int, list[Support]] = {}
    for row, name in session.execute(query):
        support = Support(
            row.event_id,
            name,
            row.citation,
            row.rank,
            Verdict(row.verdict),
            Phase(row.phase),
            row.seconds,
            row.created_at,
        )
        found.setdefault(row.answer_id, []).append(support)
    return found


def verdicts_of(session: Session, annotator: str, answer_id: int) -> dict[int, Verdict]:
    """Return one person's newest verdict on each citation of an answer."""
    query = (
        select(SupportRow.citation, SupportRow.verdict)
        .join(AnnotatorRow, AnnotatorRow.id == SupportRow.annotator_id)
        .where(SupportRow.answer_id == answer_id, AnnotatorRow.name == annotator)
        .order_by(SupportRow.sequence)
    )
    return {citation: Verdict(verdict) for citation, verdict in session.execute(query)}
