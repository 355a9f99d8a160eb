"""People's accounts: roles that hold at once, the last admin, and those whom a provider vouches for."""

import pytest

from dashboard.errors import AccessRefused, AccountError
from dashboard.roles import Actor, Role, Via
from dashboard.services import access, accounts, sign_ins
from dashboard.services.project import Project
from dashboard.store import audit
from dashboard.store.audit import AuditFilter
from dashboard.store.sign_ins import SignIn


def claims(email: str = "ana@lab.example", name: str = "Ana", **more: object) -> dict[str, object]:
    return {"iss": "https://id.example", "sub": email, "iat": 1, "email": email, "name": name, **more}


def actor(found: SignIn | None) -> Actor:
    assert found is not None
    return Actor(found.name, Via.PAGE, found.sign_in_id)


def refusals(project: Project) -> list[str]:
    with project.store.read() as session:
        events = audit.find_events(session, AuditFilter(action="sign_in", outcome="refused"), 1, 50)
    return [str(event.details["reason"]) for event in events]


@pytest.fixture
def team(make_team) -> Project:
    """Give a team's project that asks a provider, with one admin."""
    return make_team("oidc", Ada=Role.ADMIN)


def test_a_rule_for_an_email_goes_before_that_of_its_domain(team: Project) -> None:
    accounts.set_rule(team, "@Lab.example", Role.ANNOTATOR)
    accounts.set_rule(team, "ANA@lab.example", Role.RESEARCHER)
    ana = sign_ins.signed_in_at_provider(team, claims())
    bia = sign_ins.signed_in_at_provider(team, claims("bia@LAB.example", "Bia"))
    assert ana and (ana.name, ana.role) == ("Ana", Role.RESEARCHER)
    assert bia and (bia.name, bia.role) == ("Bia", Role.ANNOTATOR)


def test_whom_neither_account_nor_rule_names_is_refused_and_it_is_on_record(team: Project) -> None:
    with pytest.raises(AccessRefused):
        sign_ins.signed_in_at_provider(team, claims())
    assert refusals(team) == ["nobody"]


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        (claims(email_verified=False), "e-mail not verified"),
        (claims(email_verified="false"), "e-mail not verified"),
        (claims(email=""), "no e-mail"),
    ],
)
def test_an_email_that_was_not_checked_lets_nobody_in(
    team: Project, given: dict[str, object], reason: str
) -> None:
    accounts.set_rule(team, "@lab.example", Role.ANNOTATOR)
    with pytest.raises(AccessRefused):
        sign_ins.signed_in_at_provider(team, given)
    assert refusals(team) == [reason]


def test_two_people_of_one_name_stay_two(team: Project) -> None:
    accounts.set_rule(team, "@lab.example", Role.ANNOTATOR)
    one = sign_ins.signed_in_at_provider(team, claims("ana1@lab.example"))
    two = sign_ins.signed_in_at_provider(team, claims("ana2@lab.example"))
    admin = sign_ins.signed_in_at_provider(team, claims("ada@lab.example", "Ada"))
    assert [one and one.name, two and two.name] == ["Ana", "Ana (ana2@lab.example)"]
    assert admin and (admin.name, admin.role) == ("Ada (ada@lab.example)", Role.ANNOTATOR)


def test_the_email_of_an_account_leads_to_that_account_whatever_the_provider_calls_the_person(
    team: Project,
) -> None:
    accounts.set_email(team, accounts.person_named(team, "Ada").person_id, "Ada@lab.example")
    found = sign_ins.signed_in_at_provider(team, claims("ada@lab.example", "Countess"))
    assert found and (found.name, found.role) == ("Ada", Role.ADMIN)


def test_a_removed_person_is_refused_at_the_next_call_and_at_the_next_sign_in(team: Project) -> None:
    accounts.set_rule(team, "@lab.example", Role.RESEARCHER)
    ana = team.acting_as(actor(sign_ins.signed_in_at_provider(team, claims())))
    access.check(ana, Role.RESEARCHER, "x")
    accounts.remove(team, accounts.person_named(team, "Ana").person_id)
    with pytest.raises(AccessRefused):
        access.check(ana, Role.ANNOTATOR, "x")
    assert sign_ins.signed_in_at_provider(team, claims()) is None
    with pytest.raises(AccessRefused):
        sign_ins.signed_in_at_provider(team, claims(iat=2))


def test_who_signed_out_is_not_let_in_again_by_what_the_provider_said_before(team: Project) -> None:
    accounts.set_rule(team, "@lab.example", Role.ANNOTATOR)
    ana = team.acting_as(actor(sign_ins.signed_in_at_provider(team, claims())))
    sign_ins.sign_out(ana)
    with pytest.raises(AccessRefused):
        access.check(ana, Role.ANNOTATOR, "x")
    assert sign_ins.signed_in_at_provider(team, claims()) is None
    assert sign_ins.signed_in_at_provider(team, claims(iat=2)) is not None


def test_a_lower_role_holds_from_the_next_call_on(team: Project) -> None:
    accounts.set_rule(team, "@lab.example", Role.RESEARCHER)
    ana = team.acting_as(actor(sign_ins.signed_in_at_provider(team, claims())))
    accounts.change_role(team, accounts.person_named(team, "Ana").person_id, Role.ANNOTATOR)
    with pytest.raises(AccessRefused, match="researcher"):
        access.check(ana, Role.RESEARCHER, "x")


def test_the_last_admin_can_be_neither_removed_nor_lowered(team: Project) -> None:
    ada = accounts.person_named(team, "Ada").person_id
    for change in (
        lambda: accounts.remove(team, ada),
        lambda: accounts.change_role(team, ada, Role.ANNOTATOR),
    ):
        with pytest.raises(AccountError, match="last admin"):
            change()
    accounts.grant(team, "Bia", Role.ADMIN)
    accounts.remove(team, ada)
    assert [one.name for one in accounts.all_accounts(team) if one.may_come_in] == ["Bia"]


def test_only_admins_touch_accounts_and_rules(make_team) -> None:
    team = make_team("invite", Ada=Role.ADMIN, Rui=Role.RESEARCHER)
    rui = team.acting_as(Actor("Rui", Via.PAGE))
    ada = accounts.person_named(team, "Ada").person_id
    for attempt in (
        lambda: accounts.grant(rui, "Rui", Role.ADMIN),
        lambda: accounts.change_role(rui, ada, Role.ANNOTATOR),
        lambda: accounts.remove(rui, ada),
        lambda: accounts.sign_out_everywhere(rui, ada),
        lambda: accounts.set_email(rui, ada, "rui@lab.example"),
        lambda: accounts.set_rule(rui, "@lab.example", Role.ANNOTATOR),
        lambda: accounts.delete_rule(rui, "@lab.example"),
        lambda: accounts.find_accounts(rui, "", 1, 10),
    ):
        with pytest.raises(AccessRefused):
            attempt()


@pytest.mark.parametrize("pattern", ["", "lab.example", "@", "a b@lab.example", "a@b@c", "a@b,c@d"])
def test_a_rule_is_an_email_or_a_domain(team: Project, pattern: str) -> None:
    with pytest.raises(AccountError):
        accounts.set_rule(team, pattern, Role.ANNOTATOR)


def test_a_whole_domain_never_becomes_admin(team: Project) -> None:
    with pytest.raises(AccountError, match="domain"):
        accounts.set_rule(team, "@lab.example", Role.ADMIN)
