"""Annotators."""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from dashboard.store.access_schema import AccountRow, InviteRow, RoleRuleRow, SignInRow
from dashboard.store.campaign_schema import DraftRow
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


def forget(session: Session, person: int, pseudonym: str) -> None:
    """Give an annotator another name, and delete all that leads back to the person."""
    account = session.get(AccountRow, person)
    if account is not None:
        session.execute(delete(RoleRuleRow).where(RoleRuleRow.pattern == account.email))
        session.delete(account)
    for table in (InviteRow, SignInRow, DraftRow):
        session.execute(delete(table).where(table.annotator_id == person))
    session.execute(update(AnnotatorRow).where(AnnotatorRow.id == person).values(name=pseudonym))
