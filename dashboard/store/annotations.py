"""People's labels on answers: append-only events of which the newest counts."""

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from dashboard.errors import N_, NotFound
from dashboard.labels import Label
from dashboard.models import Annotation, NewAnnotation, Phase
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotationRow, AnnotatorRow, AnswerRow, now


def add_annotation(session: Session, answer_id: int, annotation: NewAnnotation) -> bool:
    """Append a label to an answer's history.

    Returns:
        False when the event is there already, which a double click or a repeated request causes.

    Raises:
        NotFound: There is no such answer.
    """
    if session.get(AnswerRow, answer_id) is None:
        raise NotFound(N_("The answer {found} is not in this project, so it got no label."), found=answer_id)
    if session.scalar(select(exists().where(AnnotationRow.event_id == annotation.event_id))):
        return False
    session.add(
        AnnotationRow(
            event_id=annotation.event_id,
            answer_id=answer_id,
            annotator_id=annotator_id(session, annotation.annotator),
            label=annotation.label.value,
            phase=annotation.phase.value,
            note=annotation.note,
            seconds=annotation.seconds,
            created_at=annotation.created_at or now(),
        )
    )
    session.flush()
    return True


def is_newest(phase: Phase | None = None) -> ColumnElement[bool]:
    """Return the condition that an `AnnotationRow` is its annotator's newest on that answer.

    Args:
        phase: Consider only the labels given in this phase; None for any.
    """
    newer = aliased(AnnotationRow)
    later = and_(
        newer.answer_id == AnnotationRow.answer_id,
        newer.annotator_id == AnnotationRow.annotator_id,
        newer.sequence > AnnotationRow.sequence,
    )
    if phase is None:
        return ~exists().where(later)
    return and_(AnnotationRow.phase == phase.value, ~exists().where(later, newer.phase == phase.value))


def history(session: Session, answer_id: int) -> list[Annotation]:
    """Return every label an answer was ever given, oldest first."""
    return histories(session, [answer_id]).get(answer_id, [])


def histories(session: Session, answer_ids: Sequence[int]) -> dict[int, list[Annotation]]:
    """Return every label that each of the answers was ever given, oldest first, in one query."""
    query = (
        select(
            AnnotationRow.answer_id,
            AnnotationRow.sequence,
            AnnotationRow.event_id,
            AnnotatorRow.name,
            AnnotationRow.label,
            AnnotationRow.phase,
            AnnotationRow.note,
            AnnotationRow.seconds,
            AnnotationRow.created_at,
        )
        .join(AnnotatorRow, AnnotatorRow.id == AnnotationRow.annotator_id)
        .where(AnnotationRow.answer_id.in_(answer_ids))
        .order_by(AnnotationRow.sequence)
    )
    found: dict[int, list[Annotation]] = {}
    for answer_id, sequence, event_id, name, label, phase, note, seconds, moment in session.execute(query):
        found.setdefault(answer_id, []).append(
            Annotation(sequence, event_id, name, Label(label), Phase(phase), note, seconds, moment)
        )
    return found


def current(annotations: list[Annotation]) -> dict[str, Annotation]:
    """Return each annotator's newest label of a history."""
    return {annotation.annotator: annotation for annotation in annotations}
