"""Which answers' judgements, or other people's labels, a person has had before their eyes."""

from collections.abc import Sequence

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotatorRow, ExposureRow


def not_yet_seen(session: Session, annotator: str, answer_ids: Sequence[int]) -> list[int]:
    """Return those of the answers whose verdicts this person has not been shown."""
    query = (
        select(ExposureRow.answer_id)
        .join(AnnotatorRow, AnnotatorRow.id == ExposureRow.annotator_id)
        .where(AnnotatorRow.name == annotator, ExposureRow.answer_id.in_(answer_ids))
    )
    seen = set(session.scalars(query))
    return [answer_id for answer_id in answer_ids if answer_id not in seen]


def add_exposure(session: Session, annotator: str, answer_ids: Sequence[int]) -> None:
    """Remember that this person has been shown the verdicts on these answers."""
    person = annotator_id(session, annotator)
    for answer_id in not_yet_seen(session, annotator, answer_ids):
        session.add(ExposureRow(annotator_id=person, answer_id=answer_id))
    session.flush()


def has_seen(session: Session, annotator: str, answer_id: int) -> bool:
    """Return whether this person has been shown the verdicts on an answer."""
    seen = (
        exists()
        .where(ExposureRow.answer_id == answer_id, ExposureRow.annotator_id == AnnotatorRow.id)
        .where(AnnotatorRow.name == annotator)
    )
    return bool(session.scalar(select(seen)))
