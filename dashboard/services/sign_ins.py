"""Signing in and out: by a link that was made for one, or at an OpenID Connect provider."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from dashboard.errors import N_, AccessRefused, VereditoError
from dashboard.roles import Actor, Role, Via
from dashboard.services.project import Project
from dashboard.services.rate_limits import RateLimit
from dashboard.services.tokens import hash_login, hash_token, make_token
from dashboard.store import accounts, audit, invites, people, sign_ins
from dashboard.store.base import now
from dashboard.store.sign_ins import SignIn

SIGN_IN_DAYS = 30
"""A sign-in ends after so many days, whatever happens."""
ATTEMPTS_A_MINUTE = 10
LOGIN_CLAIMS = ("iss", "sub", "iat", "nonce")
"""What tells one sign-in at a provider from every other, of the same person too."""
LONGEST_NAME = 200
LONGEST_EMAIL = 320

_GONE = N_("This link does not let you in. Ask whoever sent it to you for a new one.")
_WHY_NOT = {
    "altered": N_("This link is not complete, or was changed. Open it again exactly as it was sent to you."),
    "unknown": _GONE,
    "revoked": N_("This link was taken back. Ask whoever sent it to you for a new one."),
    "expired": N_("This link has expired. Ask whoever sent it to you for a new one."),
    "removed": N_("Your access was taken away. Ask an admin if you need it."),
}


@dataclass(frozen=True, slots=True)
class Opened:
    """What the opening of a link gave: the sign-in, and the token that the device shows from now on."""

    token: str
    expires_at: datetime


def open_invite(project: Project, token: str) -> Opened:
    """Sign the person in for whom a link was made, on one more device.

    A link may be opened several times until it expires or is taken back, each time for a sign-in of its own.

    Raises:
        AccessRefused: The link lets nobody in, or not any more; it is in the audit.
    """
    key = hash_token(project.settings, "invite", token)
    made = make_token(project.settings, "sign-in")
    with project.store.write() as session:
        invite = invites.find_invite(session, key) if key else None
        reason = _why_not(invite) if key else "altered"
        if invite is not None and not reason:
            ends = now() + timedelta(days=SIGN_IN_DAYS)
            invites.use_invite(session, invite.invite_id)
            device = hash_token(project.settings, "sign-in", made) or ""
            number = sign_ins.add_sign_in(session, device, invite.person_id, "invite", ends)
            _record(session, invite.name, number, "invite")
            return Opened(made, ends)
        audit.add_event(
            session,
            Actor(invite.name if invite else "", Via.PAGE),
            "sign_in",
            "invite",
            invite.invite_id if invite else "",
            "refused",
            {"reason": reason},
        )
    raise AccessRefused(_WHY_NOT[reason])


def _why_not(invite: invites.Invite | None) -> str:
    """Return why a link does not let in, empty when it does."""
    if invite is None:
        return "unknown"
    if invite.is_removed:
        return "removed"
    if invite.revoked_at is not None:
        return "revoked"
    return "expired" if invite.expires_at <= now() else ""


def is_for(project: Project, token: str, name: str) -> bool:
    """Return whether a link lets in the person of that name."""
    key = hash_token(project.settings, "invite", token)
    if key is None:
        return False
    with project.store.read() as session:
        invite = invites.find_invite(session, key)
        return invite is not None and invite.name == name and not _why_not(invite)


def signed_in(project: Project, token: str) -> SignIn | None:
    """Return the sign-in of the device that shows a token, None for an altered one or one that has ended."""
    key = hash_token(project.settings, "sign-in", token)
    if key is None:
        return None
    with project.store.read() as session:
        return sign_ins.find_sign_in(session, key)


def sign_out(project: Project) -> None:
    """End the sign-in of the one who acts; doing so twice changes nothing."""
    number = project.actor.sign_in
    if number is None:
        return
    with project.store.write() as session:
        if sign_ins.end_sign_in(session, number):
            audit.add_event(session, project.actor, "sign_out", "sign_in", number)


def signed_in_at_provider(project: Project, claims: Mapping[str, Any]) -> SignIn | None:
    """Return the sign-in of a person whom an OpenID Connect provider vouches for, and make it when it is new.

    The account with the person's e-mail says who they are and what they may do. Who has none gets one when
    a rule names the e-mail or its domain. Two people with the same name are told apart by their e-mail.

    Args:
        project: The project.
        claims: What the provider says, its signature checked.

    Returns:
        The sign-in; None when it has ended, so that the person has to sign in again.

    Raises:
        AccessRefused: The person may not come in; it is in the audit.
        TooManyRequests: The person has tried too often.
    """
    login = _login(claims)
    with project.store.read() as session:
        found = sign_ins.find_sign_in(session, login)
        if found is not None or sign_ins.is_known(session, login):
            return found
    _attempts().count(login)
    try:
        with project.store.write() as session:
            if not sign_ins.is_known(session, login):
                _let_in(session, login, claims)
            return sign_ins.find_sign_in(session, login)
    except AccessRefused as refusal:
        # In a write of its own, because that of the sign-in was undone.
        with project.store.write() as session:
            audit.add_event(
                session, Actor("", Via.PAGE), "sign_in", "provider", outcome="refused", details=refusal.found
            )
        raise _without_details(refusal) from None


def signed_in_before(project: Project, claims: Mapping[str, Any]) -> SignIn | None:
    """Return the sign-in of a person whom a provider vouches for, None when there is none that holds."""
    with project.store.read() as session:
        return sign_ins.find_sign_in(session, _login(claims))


def _login(claims: Mapping[str, Any]) -> str:
    return hash_login(*(str(claims.get(name, "")) for name in LOGIN_CLAIMS))


@cache
def _attempts() -> RateLimit:
    return RateLimit(ATTEMPTS_A_MINUTE, 60 * ATTEMPTS_A_MINUTE)


def _without_details(refusal: VereditoError) -> AccessRefused:
    return AccessRefused(refusal.message)


def _let_in(session: Session, login: str, claims: Mapping[str, Any]) -> None:
    email = str(claims.get("email") or "").strip().casefold()
    if not email or len(email) > LONGEST_EMAIL:
        raise AccessRefused(
            N_("Your provider does not tell your e-mail, by which people are known here. Ask an admin."),
            reason="no e-mail",
        )
    # Some providers leave the claim out, others write it as text.
    if str(claims.get("email_verified", True)).casefold() in ("false", "0", "none"):
        raise AccessRefused(
            N_("Your provider has not checked your e-mail. Confirm it there, then sign in again."),
            reason="e-mail not verified",
        )
    account = accounts.account_by_email(session, email)
    if account is not None and not account.may_come_in:
        raise AccessRefused(_WHY_NOT["removed"], reason="removed", person=account.person_id)
    if account is None:
        role = accounts.role_by_rule(session, email)
        if role is None:
            raise AccessRefused(
                N_("Nobody has let you in yet. Ask an admin to add your e-mail."),
                reason="nobody",
                domain=email.rpartition("@")[2],
            )
        name = _free_name(session, str(claims.get("name") or ""), email)
        person, role = accounts.put_account(session, name, role, email), role
    else:
        person, name, role = account.person_id, account.name, account.role
    ends = now() + timedelta(days=SIGN_IN_DAYS)
    number = sign_ins.add_sign_in(session, login, person, "oidc", ends)
    _record(session, name, number, "oidc", role)


def _free_name(session: Session, name: str, email: str) -> str:
    """Return a name that nobody has yet: what others have said must not become this person's."""
    name = " ".join(name.split())[: LONGEST_NAME - len(email) - 3]
    for candidate in (name, f"{name} ({email})", email):
        if candidate and people.find_annotator(session, candidate) is None:
            return candidate
    raise AccessRefused(
        N_("The names under which you could be known are taken. Ask an admin to add your e-mail."),
        reason="name taken",
    )


def _record(session: Session, name: str, number: int, how: str, role: Role | None = None) -> None:
    has = role or accounts.role_of(session, name)
    details = {"how": how, "role": has.value if has else ""}
    audit.add_event(session, Actor(name, Via.PAGE, number), "sign_in", "sign_in", number, "done", details)
