"""Links for named people: who may make them, whom they let in, and how they end."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from dashboard.config import Settings
from dashboard.errors import AccessRefused, AccountError, TooManyRequests
from dashboard.roles import Actor, Role, Via
from dashboard.services import access, accounts, invites, sign_ins, tokens
from dashboard.services.project import Project
from dashboard.store import audit
from dashboard.store.access_schema import AuditRow, InviteRow, SignInRow
from dashboard.store.audit import AuditFilter
from dashboard.store.base import now


@pytest.fixture
def team(make_team) -> Project:
    """Give a team's project with an admin and two researchers."""
    return make_team("invite", Ada=Role.ADMIN, Rui=Role.RESEARCHER, Eva=Role.RESEARCHER)


def by(team: Project, name: str) -> Project:
    return team.acting_as(Actor(name, Via.PAGE))


def actions(team: Project, outcome: str = "done") -> list[str]:
    with team.store.read() as session:
        events = audit.find_events(session, AuditFilter(outcome=outcome), 1, 100)
    return [str(event.details.get("reason", event.action)) for event in reversed(events)]


def expire(team: Project, table: type[InviteRow] | type[SignInRow]) -> None:
    with team.store.write() as session:
        session.execute(update(table).values(expires_at=now() - timedelta(seconds=1)))


def test_a_link_lets_its_person_in_with_the_role_and_on_several_devices(team: Project) -> None:
    token = invites.make_invite(by(team, "Rui"), "Ana", Role.ANNOTATOR)
    laptop, phone = sign_ins.open_invite(team, token), sign_ins.open_invite(team, token)
    for device in (laptop, phone):
        found = sign_ins.signed_in(team, device.token)
        assert found and (found.name, found.role) == ("Ana", Role.ANNOTATOR)
    assert laptop.token != phone.token
    assert actions(team) == ["invite.make", "sign_in", "sign_in"]


def test_neither_tokens_nor_the_secret_are_in_the_database(team: Project) -> None:
    token = invites.make_invite(team, "Ana", Role.ANNOTATOR)
    device = sign_ins.open_invite(team, token).token
    with team.store.read() as session:
        kept = "".join(
            str(dict(row))
            for table in (InviteRow, SignInRow, AuditRow)
            for row in session.execute(select(*table.__table__.columns)).mappings()
        )
    for secret in (token, device, *token.split("."), *device.split(".")):
        assert secret not in kept


def test_the_secret_is_only_its_owners_and_is_made_once(team: Project) -> None:
    token = invites.make_invite(team, "Ana", Role.ANNOTATOR)
    path = team.settings.data_dir / tokens.SECRET_FILE
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [one.name for one in path.parent.glob(".secret-*")] == []
    tokens._kept.cache_clear()
    assert sign_ins.open_invite(team, token)


def test_processes_that_share_a_secret_accept_each_others_links_and_others_do_not(tmp_path: Path) -> None:
    one, two, other = (
        Settings(data_dir=tmp_path / name, secret=secret)
        for name, secret in (("a", "s" * 32), ("b", "s" * 32), ("c", "t" * 32))
    )
    token = tokens.make_token(one, "invite")
    assert tokens.hash_token(two, "invite", token)
    assert tokens.hash_token(other, "invite", token) is None
    assert tokens.hash_token(two, "sign-in", token) is None


def test_what_was_altered_expired_revoked_or_outlived_its_person_is_refused_and_on_record(
    team: Project,
) -> None:
    token = invites.make_invite(team, "Ana", Role.ANNOTATOR)
    last = "A" if token[-1] != "A" else "B"
    for altered in (token[:-1] + last, "x" + token, token.partition(".")[0], "", ".", "ä.ö", "a" * 10_000):
        with pytest.raises(AccessRefused, match="not complete"):
            sign_ins.open_invite(team, altered)

    (invite,) = invites.list_open(team, 1, 10)
    invites.revoke_invite(team, invite.invite_id)
    with pytest.raises(AccessRefused, match="taken back"):
        sign_ins.open_invite(team, token)

    token = invites.make_invite(team, "Ana", Role.ANNOTATOR)
    expire(team, InviteRow)
    with pytest.raises(AccessRefused, match="expired"):
        sign_ins.open_invite(team, token)

    token = invites.make_invite(team, "Ana", Role.ANNOTATOR)
    accounts.remove(team, accounts.person_named(team, "Ana").person_id)
    with pytest.raises(AccessRefused, match="taken away"):
        sign_ins.open_invite(team, token)
    assert actions(team, "refused") == ["altered"] * 7 + ["revoked", "expired", "removed"]


def test_a_sign_in_ends_by_itself_by_signing_out_and_by_signing_out_everywhere(team: Project) -> None:
    token = invites.make_invite(team, "Ana", Role.ANNOTATOR)
    ana = accounts.person_named(team, "Ana").person_id
    for end in (
        lambda project: expire(team, SignInRow),
        sign_ins.sign_out,
        lambda project: accounts.sign_out_everywhere(team, ana),
    ):
        device = sign_ins.open_invite(team, token).token
        found = sign_ins.signed_in(team, device)
        assert found
        project = team.acting_as(Actor("Ana", Via.PAGE, found.sign_in_id))
        access.check(project, Role.ANNOTATOR, "x")
        end(project)
        assert sign_ins.signed_in(team, device) is None
        with pytest.raises(AccessRefused):
            access.check(project, Role.ANNOTATOR, "x")


def test_a_sign_in_is_of_no_use_under_another_name(team: Project) -> None:
    device = sign_ins.open_invite(team, invites.make_invite(team, "Ana", Role.ANNOTATOR)).token
    found = sign_ins.signed_in(team, device)
    assert found
    with pytest.raises(AccessRefused):
        access.check(team.acting_as(Actor("Ada", Via.PAGE, found.sign_in_id)), Role.ANNOTATOR, "x")


def test_nobody_gives_more_than_they_have_or_takes_anothers_place(team: Project) -> None:
    invites.make_invite(team, "Ana", Role.ANNOTATOR)
    rui = by(team, "Rui")
    for name, role in (("Bia", Role.ADMIN), ("Ada", Role.ADMIN), ("Ada", Role.ANNOTATOR)):
        with pytest.raises(AccountError):
            invites.make_invite(rui, name, role)
    with pytest.raises(AccountError, match="higher role"):
        invites.make_invite(rui, "Eva", Role.RESEARCHER)
    with pytest.raises(AccountError, match="already"):
        invites.make_invite(rui, "Ana", Role.RESEARCHER)
    with pytest.raises(AccessRefused):
        invites.make_invite(by(team, "Ana"), "Bia", Role.ANNOTATOR)


def test_a_link_that_lies_about_does_not_change_what_a_person_may_do(team: Project) -> None:
    token = invites.make_invite(team, "Ana", Role.RESEARCHER)
    accounts.change_role(team, accounts.person_named(team, "Ana").person_id, Role.ANNOTATOR)
    found = sign_ins.signed_in(team, sign_ins.open_invite(team, token).token)
    assert found and found.role is Role.ANNOTATOR


def test_many_links_in_a_row_are_too_many(make_team) -> None:
    team = make_team("invite", Zoe=Role.RESEARCHER)
    for place in range(invites.MADE_A_MINUTE):
        invites.make_invite(by(team, "Zoe"), f"P{place}", Role.ANNOTATOR)
    with pytest.raises(TooManyRequests):
        invites.make_invite(by(team, "Zoe"), "P", Role.ANNOTATOR)
