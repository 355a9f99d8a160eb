"""Links that let a named person in."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from dashboard.roles import Role
from dashboard.store.access_schema import AccountRow, InviteRow
from dashboard.store.base import now
from dashboard.store.schema import AnnotatorRow


@dataclass(frozen=True, slots=True)
class Invite:
    """A link that was made for a person.

    Attributes:
        invite_id: Its number.
        person_id: Whom it lets in.
        name: Their name.
        role: The role that they were invited to; what they may do is what their account says.
        created_at: When it was made.
        expires_at: From when on it lets nobody in.
        revoked_at: When it was taken back, None when it was not.
        used_at: When it was last opened, None when it was not.
        is_removed: Whether the person may not come in any more.
    """

    invite_id: int
    person_id: int
    name: str
    role: Role
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    used_at: datetime | None
    is_removed: bool


def add_invite(
    session: Session,
    token_hash: str,
    person_id: int,
    role: Role,
    created_by: int | None,
    expires_at: datetime,
) -> int:
    """Add a link and return its number.

    Args:
        session: A write.
        token_hash: The hash of the link's token; the token itself is kept nowhere.
        person_id: Whom it lets in.
        role: The role that they are invited to.
        created_by: Who made it, None for the command line.
        expires_at: From when on it lets nobody in.
    """
    row = InviteRow(
        token_hash=token_hash,
        annotator_id=person_id,
        role=role.value,
        created_by=created_by,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return row.id


def find_invite(session: Session, token_hash: str) -> Invite | None:
    """Return the link with a token, whether it still lets in or not."""
    return next(iter(_invites(session, InviteRow.token_hash == token_hash)), None)


def get_invite(session: Session, invite_id: int) -> Invite | None:
    """Return a link by its number."""
    return next(iter(_invites(session, InviteRow.id == invite_id)), None)


def use_invite(session: Session, invite_id: int) -> None:
    """Keep when a link was last opened."""
    session.execute(update(InviteRow).where(InviteRow.id == invite_id).values(used_at=now()))


def revoke_invite(session: Session, invite_id: int) -> bool:
    """Take a link back; return whether it was not taken back already."""
    revoked = session.execute(
        update(InviteRow)
        .where(InviteRow.id == invite_id, InviteRow.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(InviteRow.id)
    )
    return revoked.first() is not None


def revoke_invites(session: Session, person_id: int) -> None:
    """Take back every link of a person."""
    session.execute(
        update(InviteRow)
        .where(InviteRow.annotator_id == person_id, InviteRow.revoked_at.is_(None))
        .values(revoked_at=now())
    )


def count_open(session: Session) -> int:
    """Return how many links still let somebody in."""
    return session.scalar(select(func.count(InviteRow.id)).where(*_is_open())) or 0


def list_open(session: Session, page: int, size: int) -> list[Invite]:
    """Return a page, counted from 1, of the links that still let somebody in, the newest first."""
    return _invites(session, *_is_open(), limit=size, offset=(page - 1) * size)


def _is_open() -> tuple[ColumnElement[bool], ...]:
    return (InviteRow.revoked_at.is_(None), InviteRow.expires_at > now())


def _invites(
    session: Session, *conditions: ColumnElement[bool], limit: int | None = None, offset: int = 0
) -> list[Invite]:
    query = (
        select(InviteRow, AnnotatorRow.name, AccountRow.removed_at.is_not(None))
        .join(AnnotatorRow, AnnotatorRow.id == InviteRow.annotator_id)
        .outerjoin(AccountRow, AccountRow.annotator_id == InviteRow.annotator_id)
        .where(*conditions)
        .order_by(InviteRow.id.desc())
        .limit(limit)
        .offset(offset)
    )
    return [
        Invite(
            row.id,
            row.annotator_id,
            name,
            Role(row.role),
            row.created_at,
            row.expires_at,
            row.revoked_at,
            row.used_at,
            bool(is_removed),
        )
        for row, name, is_removed in session.execute(query)
    ]
