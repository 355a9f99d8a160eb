"""The people who may come in, with their roles."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from dashboard.roles import Role
from dashboard.store.access_schema import AccountRow, RoleRuleRow
from dashboard.store.base import now
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotatorRow


@dataclass(frozen=True, slots=True)
class Account:
    """A person who may come in, or might until they were removed."""

    person_id: int
    name: str
    role: Role
    email: str
    added_at: datetime
    removed_at: datetime | None

    @property
    def may_come_in(self) -> bool:
        """Whether the person was not removed."""
        return self.removed_at is None


def role_of(session: Session, name: str) -> Role | None:
    """Return the present role of a person, None for whoever has none or was removed."""
    query = (
        select(AccountRow.role)
        .join(AnnotatorRow, AnnotatorRow.id == AccountRow.annotator_id)
        .where(AnnotatorRow.name == name, AccountRow.removed_at.is_(None))
    )
    found = session.scalar(query)
    return Role(found) if found is not None else None


def put_account(session: Session, name: str, role: Role, email: str | None = None) -> int:
    """Give a person a role, and let them in again if they were removed; return the person's id.

    Args:
        session: A write.
        name: The person, who is added when new.
        role: What they may do from now on.
        email: The address by which a provider knows them; None leaves what is known.
    """
    person = annotator_id(session, name)
    row = session.get(AccountRow, person)
    if row is None:
        row = AccountRow(annotator_id=person, email=None)
        session.add(row)
    row.role, row.removed_at = role.value, None
    if email is not None:
        row.email = email.casefold() or None
    session.flush()
    return person


def put_email(session: Session, person_id: int, email: str) -> None:
    """Say by which e-mail a provider knows a person; empty for none."""
    session.execute(
        update(AccountRow).where(AccountRow.annotator_id == person_id).values(email=email.casefold() or None)
    )


def remove_account(session: Session, person_id: int) -> None:
    """Let a person not come in any more; what they said stays theirs."""
    session.execute(
        update(AccountRow)
        .where(AccountRow.annotator_id == person_id, AccountRow.removed_at.is_(None))
        .values(removed_at=now())
    )


def find_account(session: Session, name: str) -> Account | None:
    """Return the account of the person of that name, None when there is none."""
    return next(iter(_accounts(session, AnnotatorRow.name == name)), None)


def account_by_email(session: Session, email: str) -> Account | None:
    """Return the account with that e-mail, whatever the case of its letters."""
    return next(iter(_accounts(session, AccountRow.email == email.casefold())), None)


def list_accounts(session: Session) -> list[Account]:
    """Return every account, those who may come in first, by name."""
    return _accounts(session)


def get_account(session: Session, person_id: int) -> Account | None:
    """Return the account of a person by their id, None when there is none."""
    return next(iter(_accounts(session, AccountRow.annotator_id == person_id)), None)


def count_accounts(session: Session, words: str = "") -> int:
    """Return how many accounts have the words in their name or e-mail."""
    query = (
        select(func.count(AccountRow.annotator_id))
        .join(AnnotatorRow, AnnotatorRow.id == AccountRow.annotator_id)
        .where(*_named(words))
    )
    return session.scalar(query) or 0


def find_accounts(session: Session, words: str, page: int, size: int) -> list[Account]:
    """Return a page, counted from 1, of the accounts that have the words in their name or e-mail."""
    return _accounts(session, *_named(words), limit=size, offset=(page - 1) * size)


def count_admins(session: Session) -> int:
    """Return how many people may come in as admin."""
    return sum(account.role is Role.ADMIN and account.may_come_in for account in list_accounts(session))


def put_rule(session: Session, pattern: str, role: Role) -> None:
    """Give everybody with an e-mail, or with any of a domain (`@example.org`), a role."""
    session.merge(RoleRuleRow(pattern=pattern.casefold(), role=role.value))


def delete_rule(session: Session, pattern: str) -> bool:
    """Take a rule away; return whether there was one."""
    row = session.get(RoleRuleRow, pattern)
    if row is None:
        return False
    session.delete(row)
    return True


def list_rules(session: Session) -> list[tuple[str, Role]]:
    """Return every rule's pattern and role, in alphabetical order."""
    rows = session.scalars(select(RoleRuleRow).order_by(RoleRuleRow.pattern))
    return [(row.pattern, Role(row.role)) for row in rows]


def role_by_rule(session: Session, email: str) -> Role | None:
    """Return the role that the rules give to an e-mail: its own rule goes before that of its domain."""
    email = email.casefold()
    rules = dict(list_rules(session))
    return rules.get(email) or rules.get("@" + email.rpartition("@")[2])


def _named(words: str) -> tuple[ColumnElement[bool], ...]:
    if not words:
        return ()
    columns = (AnnotatorRow.name, AccountRow.email)
    return (or_(*(column.icontains(words, autoescape=True) for column in columns)),)


def _accounts(
    session: Session, *conditions: ColumnElement[bool], limit: int | None = None, offset: int = 0
) -> list[Account]:
    query = (
        select(AccountRow, AnnotatorRow.name)
        .join(AnnotatorRow, AnnotatorRow.id == AccountRow.annotator_id)
        .where(*conditions)
        .order_by(AccountRow.removed_at.is_not(None), AnnotatorRow.name)
        .limit(limit)
        .offset(offset)
    )
    return [
        Account(row.annotator_id, name, Role(row.role), row.email or "", row.added_at, row.removed_at)
        for row, name in session.execute(query)
    ]
