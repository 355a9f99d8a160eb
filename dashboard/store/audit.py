"""Who did what and when: events that are only ever added."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVarTuple

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from dashboard.roles import Actor, Via
from dashboard.store.access_schema import AuditRow
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotatorRow

_Columns = TypeVarTuple("_Columns")
Outcome = Literal["done", "refused"]
_LONGEST = 200
_BATCH = 1_000


@dataclass(frozen=True, slots=True)
class AuditEvent:
    """One thing that was done or refused.

    Attributes:
        sequence: What orders the events, whatever the clocks say.
        created_at: When it was.
        who: The person's name at present; empty for nobody in particular.
        operator: The operating-system user, where it was done on the command line.
        action: What was done, such as `label`.
        object_kind: What it was done to, such as `answer`.
        object_id: Which of them.
        outcome: `done` or `refused`.
        details: Counts, roles and the like; never a text that anybody wrote.
    """

    sequence: int
    created_at: datetime
    who: str
    operator: str
    action: str
    object_kind: str
    object_id: str
    outcome: str
    details: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which events are looked for; what is empty or None does not narrow.

    Attributes:
        words: Part of a person's or operator's name, of an object's id, or of an action.
        action: Exactly this action.
        outcome: `done` or `refused`.
        since: Not before this moment.
    """

    words: str = ""
    action: str = ""
    outcome: str = ""
    since: datetime | None = None


def add_event(
    session: Session,
    actor: Actor,
    action: str,
    object_kind: str = "",
    object_id: object = "",
    outcome: Outcome = "done",
    details: Mapping[str, Any] | None = None,
) -> None:
    """Add an event, in the same write as what it tells of."""
    is_person = actor.via is not Via.COMMAND_LINE and bool(actor.name)
    session.add(
        AuditRow(
            annotator_id=annotator_id(session, actor.name) if is_person else None,
            operator=actor.name[:_LONGEST] if actor.via is Via.COMMAND_LINE else "",
            action=action,
            object_kind=object_kind,
            object_id=str(object_id)[:_LONGEST],
            outcome=outcome,
            details=dict(details or {}),
        )
    )


def count_events(session: Session, chosen: AuditFilter) -> int:
    """Return how many events pass a filter."""
    return session.scalar(_narrowed(select(func.count(AuditRow.sequence)), chosen)) or 0


def find_events(session: Session, chosen: AuditFilter, page: int, size: int) -> list[AuditEvent]:
    """Return a page, counted from 1, of the events that pass a filter, the newest first."""
    query = _events(chosen).order_by(AuditRow.sequence.desc())
    return [_event(*row) for row in session.execute(query.limit(size).offset((page - 1) * size))]


def all_events(session: Session, chosen: AuditFilter) -> Iterator[AuditEvent]:
    """Yield every event that passes a filter, the oldest first."""
    query = _events(chosen).order_by(AuditRow.sequence)
    for row in session.execute(query.execution_options(yield_per=_BATCH)):
        yield _event(*row)


def actions_in_use(session: Session) -> Sequence[str]:
    """Return every action that there is an event of, in alphabetical order."""
    return session.scalars(select(AuditRow.action).distinct().order_by(AuditRow.action)).all()


def _events(chosen: AuditFilter) -> Select[AuditRow, str]:
    return _narrowed(select(AuditRow, func.coalesce(AnnotatorRow.name, "")), chosen)


def _narrowed(query: Select[*_Columns], chosen: AuditFilter) -> Select[*_Columns]:
    query = query.outerjoin(AnnotatorRow, AnnotatorRow.id == AuditRow.annotator_id)
    if chosen.words:
        columns = (AnnotatorRow.name, AuditRow.operator, AuditRow.object_id, AuditRow.action)
        query = query.where(or_(*(column.icontains(chosen.words, autoescape=True) for column in columns)))
    if chosen.action:
        query = query.where(AuditRow.action == chosen.action)
    if chosen.outcome:
        query = query.where(AuditRow.outcome == chosen.outcome)
    if chosen.since is not None:
        query = query.where(AuditRow.created_at >= chosen.since)
    return query


def _event(row: AuditRow, who: str) -> AuditEvent:
    return AuditEvent(
        row.sequence,
        row.created_at,
        who,
        row.operator,
        row.action,
        row.object_kind,
        row.object_id,
        row.outcome,
        row.details,
    )
