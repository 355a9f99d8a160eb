"""Agreed labels: append-only events of which the newest counts."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dashboard.errors import N_, NotFound
from dashboard.labels import Label
from dashboard.models import Adjudication, Phase
from dashboard.store.people import annotator_id
from dashboard.store.schema import AdjudicationRow, AnnotatorRow, AnswerRow


def add_adjudication(session: Session, answer_id: int, adjudication: Adjudication) -> bool:
    """Append an agreed label; False when the event is there already.

    Raises:
        NotFound: There is no such answer.
    """
    if session.get(AnswerRow, answer_id) is None:
        raise NotFound(
            N_("The answer {found} is not in this project, so nothing was settled."), found=answer_id
        )
    if session.scalar(select(exists().where(AdjudicationRow.event_id == adjudication.event_id))):
        return False
    session.add(
        AdjudicationRow(
            event_id=adjudication.event_id,
            answer_id=answer_id,
            annotator_id=annotator_id(session, adjudication.annotator),
            label=adjudication.label.value,
            reason=adjudication.reason,
            phase=adjudication.phase.value,
            seconds=adjudication.seconds,
            created_at=adjudication.created_at,
        )
    )
    session.flush()
    return True


def adjudications(session: Session, answer_ids: Sequence[int]) -> dict[int, list[Adjudication]]:
    """Return the agreed labels that each of the answers was ever given, oldest first, in one query."""
    query = (
        select(AdjudicationRow, AnnotatorRow.name)
        .join(AnnotatorRow, AnnotatorRow.id == AdjudicationRow.annotator_id)
        .where(AdjudicationRow.answer_id.in_(answer_ids))
        .order_by(AdjudicationRow.sequence)
    )
    found: dict[int, list[Adjudication]] = {}
    for row, name in session.execute(query):
        adjudication = Adjudication(
            row.event_id, name, Label(row.label), row.reason, Phase(row.phase), row.seconds, row.created_at
        )
        found.setdefault(row.answer_id, []).append(adjudication)
    return found
