"""The people who may come in: their roles, and the rules that give roles to e-mails."""

import re

from dashboard.errors import N_, AccountError, NotFound
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.services.sign_ins import LONGEST_EMAIL, LONGEST_NAME
from dashboard.store import accounts, audit, invites, sign_ins
from dashboard.store.accounts import Account

_EMAIL = re.compile(r"[^@\s,;]+@[^@\s,;]+")
_PATTERN = re.compile(r"[^@\s,;]*@[^@\s,;]+")


@needs(Role.ADMIN)
def count_accounts(project: Project, words: str) -> int:
    """Return how many accounts have the words in their name or e-mail."""
    with project.store.read() as session:
        return accounts.count_accounts(session, words)


@needs(Role.ADMIN)
def find_accounts(project: Project, words: str, page: int, size: int) -> list[Account]:
    """Return a page, counted from 1, of the accounts that have the words in their name or e-mail."""
    with project.store.read() as session:
        return accounts.find_accounts(session, words, page, size)


@needs(Role.ADMIN)
def all_accounts(project: Project) -> list[Account]:
    """Return every account, those who may come in first."""
    with project.store.read() as session:
        return accounts.list_accounts(session)


@needs(Role.ADMIN)
def change_role(project: Project, person_id: int, role: Role) -> None:
    """Give a person another role, from their next click on; a removed person is let in again with it.

    Raises:
        NotFound: The person has no account.
        AccountError: It would leave the project without an admin.
    """
    with project.store.write() as session:
        account = _account(accounts.get_account(session, person_id), person_id)
        if account.role is role and account.may_come_in:
            return
        accounts.put_account(session, account.name, role)
        _check_admins(accounts.count_admins(session), account)
        details = {"from": account.role.value if account.may_come_in else "", "to": role.value}
        audit.add_event(session, project.actor, "person.role", "person", person_id, "done", details)


@needs(Role.ADMIN)
def remove(project: Project, person_id: int) -> None:
    """Let a person not come in any more: signed out everywhere, links taken back. What they said stays.

    Raises:
        NotFound: The person has no account.
        AccountError: It would leave the project without an admin.
    """
    with project.store.write() as session:
        account = _account(accounts.get_account(session, person_id), person_id)
        if not account.may_come_in:
            return
        accounts.remove_account(session, person_id)
        _check_admins(accounts.count_admins(session), account)
        invites.revoke_invites(session, person_id)
        details = {"role": account.role.value, "signed_out": sign_ins.end_sign_ins(session, person_id)}
        audit.add_event(session, project.actor, "person.remove", "person", person_id, "done", details)


@needs(Role.ADMIN)
def sign_out_everywhere(project: Project, person_id: int) -> int:
    """End every sign-in of a person; return how many there were."""
    with project.store.write() as session:
        ended = sign_ins.end_sign_ins(session, person_id)
        if ended:
            details = {"signed_out": ended}
            audit.add_event(session, project.actor, "sign_out", "person", person_id, "done", details)
    return ended


@needs(Role.ADMIN)
def set_email(project: Project, person_id: int, email: str) -> None:
    """Say by which e-mail a provider knows a person; empty for none.

    Raises:
        NotFound: The person has no account.
        AccountError: It is no e-mail, or another person's.
    """
    email = email.strip().casefold()
    if email and (not _EMAIL.fullmatch(email) or len(email) > LONGEST_EMAIL):
        raise AccountError(N_("“{found}” is no e-mail. Write one such as ana@example.org."), found=email)
    with project.store.write() as session:
        account = _account(accounts.get_account(session, person_id), person_id)
        other = accounts.account_by_email(session, email) if email else None
        if other is not None and other.person_id != person_id:
            raise AccountError(
                N_("That e-mail belongs to {name}. Each e-mail is one person's."), name=other.name
            )
        if account.email == email:
            return
        accounts.put_email(session, person_id, email)
        sign_ins.end_sign_ins(session, person_id)
        audit.add_event(session, project.actor, "person.email", "person", person_id)


@needs(Role.ADMIN)
def grant(project: Project, who: str, role: Role) -> str:
    """Give a role to a person by name or e-mail, who may come in from now on; return who it was.

    An e-mail that no account has gets a rule, as does a domain, which holds when its owner first signs in.

    Raises:
        AccountError: The name is empty or too long, or it would leave the project without an admin.
    """
    who = " ".join(who.split())
    if not who or len(who) > LONGEST_NAME:
        raise AccountError(
            N_("A person's name has 1 to {longest} characters. Write one."), longest=LONGEST_NAME
        )
    with project.store.read() as session:
        account = accounts.find_account(session, who) or accounts.account_by_email(session, who)
    if account is not None:
        change_role(project, account.person_id, role)
        return account.name
    if _PATTERN.fullmatch(who):
        set_rule(project, who, role)
        return who.casefold()
    with project.store.write() as session:
        person = accounts.put_account(session, who, role)
        details = {"from": "", "to": role.value}
        audit.add_event(session, project.actor, "person.role", "person", person, "done", details)
    return who


@needs(Role.ADMIN)
def person_named(project: Project, name: str) -> Account:
    """Return the account of a name or e-mail.

    Raises:
        NotFound: There is none.
    """
    with project.store.read() as session:
        account = accounts.find_account(session, name) or accounts.account_by_email(session, name)
    if account is None:
        raise NotFound(N_("Nobody called “{name}” has an account. `people` lists who has."), name=name)
    return account


@needs(Role.ADMIN)
def list_rules(project: Project) -> list[tuple[str, Role]]:
    """Return every rule's e-mail or domain, and the role that it gives."""
    with project.store.read() as session:
        return accounts.list_rules(session)


@needs(Role.ADMIN)
def set_rule(project: Project, pattern: str, role: Role) -> None:
    """Give a role to whoever first signs in with an e-mail, or with any of a domain (`@example.org`).

    Raises:
        AccountError: It is neither an e-mail nor a domain, or it would make everybody of a domain an admin.
    """
    pattern = pattern.strip().casefold()
    if not _PATTERN.fullmatch(pattern) or len(pattern) > LONGEST_EMAIL:
        raise AccountError(
            N_("“{found}” is neither an e-mail nor a domain. Write ana@example.org or @example.org."),
            found=pattern,
        )
    if pattern.startswith("@") and role is Role.ADMIN:
        raise AccountError(N_("A whole domain cannot become admin. Name the admins by their e-mails."))
    with project.store.write() as session:
        accounts.put_rule(session, pattern, role)
        audit.add_event(session, project.actor, "rule.set", "rule", pattern, "done", {"role": role.value})


@needs(Role.ADMIN)
def delete_rule(project: Project, pattern: str) -> None:
    """Take a rule away; who has an account already keeps it."""
    with project.store.write() as session:
        if accounts.delete_rule(session, pattern):
            audit.add_event(session, project.actor, "rule.delete", "rule", pattern)


def _account(found: Account | None, person_id: int) -> Account:
    if found is None:
        raise NotFound(N_("There is no account {id}."), id=person_id)
    return found


def _check_admins(left: int, account: Account) -> None:
    if account.role is Role.ADMIN and account.may_come_in and not left:
        raise AccountError(
            N_("{name} is the last admin. Make somebody else an admin first."), name=account.name
        )
