"""The versions of rubrics, which are never changed, only followed by others."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.store.judging_schema import RubricRow
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotatorRow


class StoredRubric(NamedTuple):
    """A version of a rubric's text; `annotator` is empty for what came along with the program."""

    version: int
    source: str
    annotator: str
    created_at: datetime


def versions(session: Session, name: str, language: str) -> list[StoredRubric]:
    """Return the versions of a rubric, the oldest first."""
    query = (
        select(RubricRow.version, RubricRow.source, AnnotatorRow.name, RubricRow.created_at)
        .outerjoin(AnnotatorRow, AnnotatorRow.id == RubricRow.annotator_id)
        .where(RubricRow.name == name, RubricRow.language == language)
        .order_by(RubricRow.version)
    )
    return [
        StoredRubric(version, source, annotator or "", created_at)
        for version, source, annotator, created_at in session.execute(query)
    ]


def names(session: Session) -> list[tuple[str, str]]:
    """Return the name and language of every rubric that has a version."""
    query = select(RubricRow.name, RubricRow.language).distinct()
    return [(name, language) for name, language in session.execute(query)]


def newest_sources(session: Session) -> list[str]:
    """Return the newest text of every rubric that has a version."""
    newest = (
        select(RubricRow.name, RubricRow.language, func.max(RubricRow.version).label("version"))
        .group_by(RubricRow.name, RubricRow.language)
        .subquery()
    )
    query = select(RubricRow.source).join(
        newest,
        (RubricRow.name == newest.c.name)
        & (RubricRow.language == newest.c.language)
        & (RubricRow.version == newest.c.version),
    )
    return list(session.scalars(query))


def add_version(session: Session, name: str, language: str, source: str, annotator: str = "") -> int:
    """Store a text as the newest version of a rubric, and return its number."""
    last = session.scalar(
        select(func.max(RubricRow.version)).where(RubricRow.name == name, RubricRow.language == language)
    )
    version = (last or 0) + 1
    person = annotator_id(session, annotator) if annotator else None
    session.add(RubricRow(name=name, language=language, version=version, source=source, annotator_id=person))
    session.flush()
    return version
