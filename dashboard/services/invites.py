"""Links that let a named person in with a role."""

from datetime import timedelta
from functools import cache

from dashboard.errors import N_, AccountError, NotFound
from dashboard.roles import Role, Via
from dashboard.services.access import needs, role_here
from dashboard.services.project import Project
from dashboard.services.rate_limits import RateLimit
from dashboard.services.sign_ins import LONGEST_NAME
from dashboard.services.tokens import hash_token, make_token
from dashboard.store import accounts, audit, invites, people
from dashboard.store.base import now
from dashboard.store.invites import Invite

DEFAULT_DAYS = 14
LONGEST_DAYS = 365
INVITE_PATH = "/invite"
MADE_A_MINUTE = 30


@needs(Role.RESEARCHER)
def make_invite(project: Project, name: str, role: Role, days: int = DEFAULT_DAYS) -> str:
    """Make a link for a person and return its token, which is kept nowhere.

    Who is new gets an account with the role. Who has one keeps its role, so that no link that lies about can
    change what a person may do.

    Args:
        project: Whose actor makes it.
        name: The person.
        role: What they may do, which the maker must be allowed too.
        days: For how many days the link lets them in.

    Raises:
        AccountError: The name, the role or the days cannot be; the message says why.
        TooManyRequests: The one who acts makes too many.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise AccountError(
            N_("A person's name has 1 to {longest} characters. Write one."), longest=LONGEST_NAME
        )
    if not 1 <= days <= LONGEST_DAYS:
        raise AccountError(
            N_("A link holds for 1 to {longest} days, found {days}. Choose fewer."),
            longest=LONGEST_DAYS,
            days=days,
        )
    if project.actor.via is Via.PAGE:
        _made().count(project.actor.name)
    _check_reach(project, role)
    token = make_token(project.settings, "invite")
    key = hash_token(project.settings, "invite", token) or ""
    with project.store.write() as session:
        account = accounts.find_account(session, name)
        if account is None:
            person = accounts.put_account(session, name, role)
        elif not account.may_come_in:
            raise AccountError(N_("{name} was removed. Let them in again first."), name=name)
        elif not _may_stand_in(project, account.role):
            raise AccountError(
                N_("{name} is here already. A new link for them is made by who has a higher role."), name=name
            )
        elif account.role is not role:
            raise AccountError(
                N_("{name} is here already, with the role {found}. Make the link for that role."),
                name=name,
                found=account.role.value,
            )
        else:
            person = account.person_id
        maker = people.find_annotator(session, project.actor.name) if project.actor.via is Via.PAGE else None
        number = invites.add_invite(session, key, person, role, maker, now() + timedelta(days=days))
        details = {"person": person, "role": role.value, "days": days}
        audit.add_event(session, project.actor, "invite.make", "invite", number, "done", details)
    return token


@needs(Role.RESEARCHER)
def revoke_invite(project: Project, invite_id: int) -> None:
    """Take a link back; who came in by it stays signed in.

    Raises:
        NotFound: There is no such link.
        AccountError: It is for a role above one's own.
    """
    with project.store.read() as session:
        invite = invites.get_invite(session, invite_id)
    if invite is None:
        raise NotFound(N_("There is no invite {id}."), id=invite_id)
    _check_reach(project, invite.role)
    with project.store.write() as session:
        if invites.revoke_invite(session, invite_id):
            details = {"person": invite.person_id}
            audit.add_event(session, project.actor, "invite.revoke", "invite", invite_id, "done", details)


@needs(Role.RESEARCHER)
def count_open(project: Project) -> int:
    """Return how many links still let somebody in."""
    with project.store.read() as session:
        return invites.count_open(session)


@needs(Role.RESEARCHER)
def list_open(project: Project, page: int, size: int) -> list[Invite]:
    """Return a page, counted from 1, of the links that still let somebody in, the newest first."""
    with project.store.read() as session:
        return invites.list_open(session, page, size)


def roles_within_reach(project: Project) -> tuple[Role, ...]:
    """Return the roles that the one who acts may give."""
    own = role_here(project)
    return tuple(role for role in Role if own is not None and own.covers(role))


def invite_address(base: str, token: str) -> str:
    """Return the address of a link, given where people reach the app."""
    return f"{base.rstrip('/')}{INVITE_PATH}/{token}"


def _may_stand_in(project: Project, role: Role) -> bool:
    """Return whether the one who acts may hold a link in another's name: not in that of an equal."""
    own = role_here(project)
    return own is Role.ADMIN or (own is not None and not role.covers(own))


def _check_reach(project: Project, role: Role) -> None:
    if role not in roles_within_reach(project):
        raise AccountError(
            N_("A link for the role {role} can be made and taken back only by who has that role."),
            role=role.value,
        )


@cache
def _made() -> RateLimit:
    return RateLimit(MADE_A_MINUTE, 10 * MADE_A_MINUTE)
