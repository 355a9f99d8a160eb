"""Which answer a person labels next."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select
from sqlalchemy.orm import Session

from dashboard.store.annotations import is_newest, is_response
from dashboard.store.schema import AnnotationRow, AnnotatorRow, AnswerRow


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of the answers sent to annotation a person has labelled."""

    done: int
    total: int


def _labelled_by(name: str) -> ColumnElement[bool]:
    person = select(AnnotatorRow.id).where(AnnotatorRow.name == name).scalar_subquery()
    return exists().where(
        AnnotationRow.answer_id == AnswerRow.id,
        AnnotationRow.annotator_id == person,
        is_response(),
        is_newest(),
    )


def next_unlabelled(session: Session, annotator: str, after: int = 0) -> int | None:
    """Return the first answer above `after` that waits for this person's label.

    When none is left above, the search starts again from the beginning; None means that all are done.
    """
    waiting = (
        select(AnswerRow.id)
        .where(AnswerRow.queued_at.is_not(None), ~_labelled_by(annotator))
        .order_by(AnswerRow.id)
        .limit(1)
    )
    found = session.scalar(waiting.where(AnswerRow.id > after))
    return found if found is not None or after == 0 else session.scalar(waiting.where(AnswerRow.id <= after))


def previous_queued(session: Session, before: int) -> int | None:
    """Return the answer that comes before this one among those sent to annotation."""
    return session.scalar(
        select(func.max(AnswerRow.id)).where(AnswerRow.queued_at.is_not(None), AnswerRow.id < before)
    )


def progress(session: Session, annotator: str) -> Progress:
    """Return how far a person is."""
    queued = select(func.count()).select_from(AnswerRow).where(AnswerRow.queued_at.is_not(None))
    return Progress(
        done=session.scalar(queued.where(_labelled_by(annotator))) or 0, total=session.scalar(queued) or 0
    )
