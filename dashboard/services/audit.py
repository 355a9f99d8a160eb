"""Who did what and when, to be searched and taken away."""

import csv
import json
from collections.abc import Sequence
from dataclasses import asdict
from io import StringIO

from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import audit
from dashboard.store.audit import AuditEvent, AuditFilter, Outcome

COLUMNS = ("sequence", "created_at", "who", "operator", "action", "object_kind", "object_id", "outcome")


def note(
    project: Project,
    action: str,
    object_kind: str = "",
    object_id: object = "",
    outcome: Outcome = "done",
    **details: object,
) -> None:
    """Put on record what the one who acts has done, in a write of its own.

    Where what was done is itself a write, `store.audit.add_event` belongs into that one.
    """
    with project.store.write() as session:
        audit.add_event(session, project.actor, action, object_kind, object_id, outcome, details)


@needs(Role.ADMIN)
def count_events(project: Project, chosen: AuditFilter) -> int:
    """Return how many events pass a filter."""
    with project.store.read() as session:
        return audit.count_events(session, chosen)


@needs(Role.ADMIN)
def find_events(project: Project, chosen: AuditFilter, page: int, size: int) -> list[AuditEvent]:
    """Return a page, counted from 1, of the events that pass a filter, the newest first."""
    with project.store.read() as session:
        return audit.find_events(session, chosen, page, size)


@needs(Role.ADMIN)
def actions_in_use(project: Project) -> Sequence[str]:
    """Return every action that there is an event of."""
    with project.store.read() as session:
        return audit.actions_in_use(session)


@needs(Role.ADMIN)
def as_csv(project: Project, chosen: AuditFilter) -> str:
    """Return every event that passes a filter as CSV, the oldest first, safe to open as a spreadsheet."""
    from dashboard.records.csv import defuse

    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([*COLUMNS, "details"])
    with project.store.read() as session:
        for event in audit.all_events(session, chosen):
            cells = [str(value) for name, value in _plain(event).items() if name != "details"]
            details = json.dumps(dict(event.details), ensure_ascii=False, sort_keys=True)
            writer.writerow([defuse(cell) for cell in [*cells, details]])
    return text.getvalue()


@needs(Role.ADMIN)
def as_jsonl(project: Project, chosen: AuditFilter) -> str:
    """Return every event that passes a filter as JSONL, the oldest first."""
    with project.store.read() as session:
        lines = [json.dumps(_plain(event), ensure_ascii=False) for event in audit.all_events(session, chosen)]
    return "".join(f"{line}\n" for line in lines)


def _plain(event: AuditEvent) -> dict[str, object]:
    return {**asdict(event), "created_at": event.created_at.isoformat(), "details": dict(event.details)}
