"""Who is signed in, on which device, until when."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from dashboard.roles import Actor, Role
from dashboard.store.access_schema import AccountRow, InviteRow, SignInRow
from dashboard.store.accounts import role_of
from dashboard.store.base import now
from dashboard.store.schema import AnnotatorRow


@dataclass(frozen=True, slots=True)
class SignIn:
    """A person's sign-in that holds: it has not ended, and the person may come in."""

    sign_in_id: int
    name: str
    role: Role


def add_sign_in(session: Session, token_hash: str, person_id: int, how: str, expires_at: datetime) -> int:
    """Sign a person in; return the sign-in's id.

    Args:
        session: A write.
        token_hash: The hash of what the device will show.
        person_id: Who.
        how: `invite` or `oidc`.
        expires_at: From when on it does not hold any more, whatever happens.
    """
    row = SignInRow(token_hash=token_hash, annotator_id=person_id, how=how, expires_at=expires_at)
    session.add(row)
    session.flush()
    return row.id


def find_sign_in(session: Session, token_hash: str) -> SignIn | None:
    """Return the sign-in of a device, None when it has ended or the person may not come in any more."""
    query = (
        select(SignInRow.id, AnnotatorRow.name, AccountRow.role)
        .join(AccountRow, AccountRow.annotator_id == SignInRow.annotator_id)
        .join(AnnotatorRow, AnnotatorRow.id == SignInRow.annotator_id)
        .where(SignInRow.token_hash == token_hash, *_holds())
    )
    found = session.execute(query).one_or_none()
    return SignIn(found[0], found[1], Role(found[2])) if found is not None else None


def is_known(session: Session, token_hash: str) -> bool:
    """Return whether there is or was a sign-in of that device."""
    return session.scalar(select(SignInRow.id).where(SignInRow.token_hash == token_hash)) is not None


def role_now(session: Session, actor: Actor) -> Role | None:
    """Return the role of one who acts on a page, None when there is none or the sign-in has ended."""
    if actor.sign_in is None:
        return role_of(session, actor.name)
    query = (
        select(AccountRow.role)
        .join(SignInRow, SignInRow.annotator_id == AccountRow.annotator_id)
        .join(AnnotatorRow, AnnotatorRow.id == AccountRow.annotator_id)
        .where(SignInRow.id == actor.sign_in, AnnotatorRow.name == actor.name, *_holds())
    )
    found = session.scalar(query)
    return Role(found) if found is not None else None


def end_sign_in(session: Session, sign_in_id: int) -> bool:
    """Sign a device out; return whether it was signed in."""
    ended = session.execute(
        update(SignInRow)
        .where(SignInRow.id == sign_in_id, SignInRow.ended_at.is_(None))
        .values(ended_at=now())
        .returning(SignInRow.id)
    )
    return ended.first() is not None


def end_sign_ins(session: Session, person_id: int) -> int:
    """Sign a person out on every device; return on how many."""
    ended = session.execute(
        update(SignInRow)
        .where(SignInRow.annotator_id == person_id, SignInRow.ended_at.is_(None))
        .values(ended_at=now())
        .returning(SignInRow.id)
    )
    return len(ended.all())


def _holds() -> tuple[ColumnElement[bool], ...]:
    return (SignInRow.ended_at.is_(None), SignInRow.expires_at > now(), AccountRow.removed_at.is_(None))


def end_all(session: Session) -> None:
    """Sign every device out and take back every link that was not used up."""
    session.execute(update(SignInRow).where(SignInRow.ended_at.is_(None)).values(ended_at=now()))
    session.execute(update(InviteRow).where(InviteRow.revoked_at.is_(None)).values(revoked_at=now()))
