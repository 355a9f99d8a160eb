"""Annotators."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.store.schema import AnnotatorRow


def find_annotator(session: Session, name: str) -> int | None:
    """Return the id of the annotator of that name, None when there is none."""
    return session.scalar(select(AnnotatorRow.id).where(AnnotatorRow.name == name))


def annotator_id(session: Session, name: str) -> int:
    """Return the id of the annotator of that name, who is added when new."""
    found = find_annotator(session, name)
    if found is not None:
        return found
    row = AnnotatorRow(name=name)
    session.add(row)
    session.flush()
    return row.id


def list_annotators(session: Session) -> list[str]:
    """Return every annotator's name, in alphabetical order."""
    return list(session.scalars(select(AnnotatorRow.name).order_by(AnnotatorRow.name)))
