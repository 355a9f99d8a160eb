"""Signing in through a real browser: by a link, and at a real OpenID Connect provider."""

import re
import warnings
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from dashboard.config import Settings
from dashboard.roles import Role
from dashboard.services import accounts, invites
from dashboard.services.project import Project, open_project
from dashboard.store import audit
from dashboard.store.access_schema import InviteRow
from dashboard.store.audit import AuditEvent, AuditFilter
from dashboard.store.base import now
from dashboard.ui.visitors import COOKIE
from tests.support.app import App
from tests.support.app_server import AppServer, ForkedAppServer
from tests.support.seeding import LECTURE, copy_project

pytestmark = pytest.mark.filterwarnings("ignore::authlib.deprecate.AuthlibDeprecationWarning")

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
Open = Callable[..., App]


class Team:
    """A server on which people sign in, and its project as the command line has it."""

    def __init__(self, server: AppServer, project: Project) -> None:
        self.server, self.project = server, project

    def invite(self, name: str, role: Role = Role.ANNOTATOR) -> str:
        """Make a link and return its path on the server."""
        return "invite/" + invites.make_invite(self.project, name, role)

    def events(self, **chosen: str) -> list[AuditEvent]:
        """Return the events that pass a filter, the newest first."""
        with self.project.store.read() as session:
            return audit.find_events(session, AuditFilter(**chosen), 1, 100)

    def person(self, name: str) -> int:
        """Return a person's id."""
        return accounts.person_named(self.project, name).person_id


def start(prepared: Path, folder: Path, **settings: str) -> Iterator[Team]:
    data_dir = copy_project(prepared, folder / "team")
    with ForkedAppServer(data_dir, **settings) as server:
        project = open_project(Settings(data_dir=data_dir, auth=settings["VEREDITO_AUTH"]))
        yield Team(server, project)
        project.close()


@pytest.fixture(scope="module")
def invited(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Start a server that lets in whoever holds a link."""
    yield from start(prepared, tmp_path_factory.mktemp("invite"), VEREDITO_AUTH="invite")


@pytest.fixture(scope="module")
def vouched(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    """Start a provider that knows Ana and Zé, and a server that asks it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oidc_provider_mock import User, run_server_in_thread

    def user(name: str, email: str) -> User:
        return User(sub=email, claims={"name": name, "email": email, "email_verified": True})

    folder = tmp_path_factory.mktemp("oidc")
    people = [user("Ana", "ana@lab.example"), user("Zé", "ze@elsewhere.example")]
    with run_server_in_thread(user_claims=people) as provider:
        secrets = folder / "secrets.toml"
        secrets.write_text(
            "[auth]\n"
            'redirect_uri = "http://127.0.0.1:{port}/oauth2callback"\n'
            f'cookie_secret = "{"c" * 40}"\n'
            'client_id = "veredito"\n'
            'client_secret = "of the test"\n'
            f'server_metadata_url = "http://localhost:{provider.server_port}/.well-known/openid-configuration"\n'
        )
        yield from start(prepared, folder, VEREDITO_AUTH="oidc", STREAMLIT_SECRETS_FILES=str(secrets))


@pytest.fixture
def device(new_tab: Callable[..., Page]) -> Callable[..., App]:
    """Give a function that opens a tab of a browser of its own on a team's server."""
    return lambda team, **options: App(new_tab(**options), team.server.url)


def expect_signed_out(app: App) -> None:
    expect(app.main.get_by_role("heading", name=app.say("Sign in"))).to_be_visible()
    expect(app.menu("Annotate")).to_have_count(0)


def expect_person(app: App, name: str) -> None:
    expect(app.page.get_by_test_id("stSidebar").get_by_text(name, exact=True)).to_be_attached()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desktop", "phone"])
def test_a_link_leads_to_the_page_asked_for_and_holds_after_a_reload(
    invited: Team, device: Open, options: dict[str, object]
) -> None:
    link = invited.invite("Bia")
    app = device(invited, **options)
    app.open("annotate", who="Ana")
    expect_signed_out(app)
    app.open(link)
    expect(app.page).to_have_url(re.compile(r"/annotate\?(?!.*who=)"))
    for _again in range(2):
        expect_person(app, "Bia")
        expect(app.name_box).to_have_count(0)
        app.reload()
    app.open(link)
    expect_person(app, "Bia")
    cookie = next(one for one in app.page.context.cookies() if one["name"] == COOKIE)
    assert (cookie["httpOnly"], cookie["sameSite"], cookie["path"]) == (True, "Lax", "/")
    assert app.watch.problems == []


def test_a_typed_address_of_a_page_above_ones_role_is_refused_and_on_record(
    invited: Team, device: Open
) -> None:
    app = device(invited)
    app.open(invited.invite("Caio"))
    expect(app.menu("Annotate")).to_be_visible()
    expect(app.menu("Agreement")).to_have_count(0)
    app.open("agreement")
    expect(app.alerts).to_be_visible()
    event = invited.events(action="page.agreement", outcome="refused")[0]
    assert (event.who, event.details) == ("Caio", {"role": "annotator", "needed": "researcher"})


def test_a_link_that_expired_was_taken_back_or_altered_lets_nobody_in(invited: Team, device: Open) -> None:
    expired, revoked = invited.invite("Edu"), invited.invite("Flávia")
    for one in invites.list_open(invited.project, 1, 50):
        if one.name == "Flávia":
            invites.revoke_invite(invited.project, one.invite_id)
        if one.name == "Edu":
            with invited.project.store.write() as session:
                passed = now() - timedelta(seconds=1)
                session.execute(
                    update(InviteRow).where(InviteRow.id == one.invite_id).values(expires_at=passed)
                )
    app = device(invited, locale="pt-BR")
    said = {
        expired: "This link has expired. Ask whoever sent it to you for a new one.",
        revoked: "This link was taken back. Ask whoever sent it to you for a new one.",
        revoked.replace("/", "/x", 1): "This link is not complete, or was changed. Open it again exactly as "
        "it was sent to you.",
    }
    for path, words in said.items():
        answer = app.page.goto(f"{app.url}/{path}")
        assert answer is not None and answer.status == 403
        expect(app.page.get_by_text(app.say(words))).to_be_visible()
        assert app.page.context.cookies() == []
    app.open()
    expect_signed_out(app)
    reasons = [event.details["reason"] for event in invited.events(action="sign_in", outcome="refused")]
    assert reasons[:3] == ["altered", "revoked", "expired"]


def test_two_people_at_once_stay_two_and_a_removed_one_is_out_at_the_next_click(
    invited: Team, device: Open
) -> None:
    first, second = device(invited), device(invited)
    first.open(invited.invite("Gil", Role.RESEARCHER))
    second.open(invited.invite("Hugo", Role.RESEARCHER))
    for app, name in ((first, "Gil"), (second, "Hugo"), (first, "Gil")):
        app.go("Explore")
        expect_person(app, name)
    accounts.remove(invited.project, invited.person("Gil"))
    first.menu("Annotate").click()
    expect_signed_out(first)
    second.go("Annotate")
    expect_person(second, "Hugo")


def test_a_cookie_that_was_altered_or_signed_out_lets_nobody_in(invited: Team, device: Open) -> None:
    app = device(invited)
    app.open(invited.invite("Ivo"))
    cookie = next(one for one in app.page.context.cookies() if one["name"] == COOKIE)
    film = f"{app.url}/app/static/lectures/{LECTURE}"
    assert app.page.request.get(film, headers={"range": "bytes=0-9"}).status == 206
    app.page.get_by_role("button", name=app.say("Sign out")).click()
    expect_signed_out(app)
    assert COOKIE not in [one["name"] for one in app.page.context.cookies()]
    flipped = cookie["value"][:-1] + ("A" if cookie["value"][-1] != "A" else "B")
    for value in (cookie["value"], flipped):
        app.page.context.add_cookies([{"name": COOKIE, "value": value, "url": app.url}])
        app.open("explore")
        expect_signed_out(app)
        assert app.page.request.get(film).status == 403
    assert invited.events(action="sign_out")[0].who == "Ivo"


def test_the_server_writes_no_token_down(invited: Team, device: Open) -> None:
    link = invited.invite("Jô")
    app = device(invited)
    app.open(link)
    cookie = next(one for one in app.page.context.cookies() if one["name"] == COOKIE)
    for secret in (link.removeprefix("invite/"), cookie["value"]):
        assert not any(part in invited.server.log for part in secret.split("."))


def test_a_provider_signs_a_person_in_and_signing_out_works(vouched: Team, device: Open) -> None:
    accounts.set_rule(vouched.project, "@lab.example", Role.RESEARCHER)
    app = device(vouched)
    app.open("explore", text="prova")
    sign_in_at_provider(app, "ana@lab.example")
    expect(app.page).to_have_url(re.compile(r"/explore\?.*prova"))
    # Ana's labels were there before, under a name that anybody may give to themselves.
    expect_person(app, "Ana (ana\N{WORD JOINER}@lab.example)")
    app.reload()
    expect_person(app, "Ana (ana\N{WORD JOINER}@lab.example)")
    film = f"{app.url}/app/static/lectures/{LECTURE}"
    assert app.page.request.get(film, headers={"range": "bytes=0-9"}).status == 206
    kept = app.page.context.cookies()
    app.page.get_by_role("button", name=app.say("Sign out")).click()
    app.page.get_by_role("button", name="End session").click()
    expect_signed_out(app)
    app.page.context.add_cookies(kept)
    app.open()
    expect_signed_out(app)
    assert app.page.request.get(film).status == 403


def test_whom_the_project_does_not_know_the_provider_cannot_let_in(vouched: Team, device: Open) -> None:
    app = device(vouched)
    app.open()
    sign_in_at_provider(app, "ze@elsewhere.example")
    expect(app.alerts).to_contain_text(app.say("Nobody has let you in yet. Ask an admin to add your e-mail."))
    expect(app.menu("Annotate")).to_have_count(0)
    event = vouched.events(action="sign_in", outcome="refused")[0]
    assert event.details == {"reason": "nobody", "domain": "elsewhere.example"}


def sign_in_at_provider(app: App, email: str) -> None:
    app.button("Sign in").click()
    app.page.get_by_role("button", name=email).click()
    app.page.wait_for_url(f"{app.url}/**")
    app.settle()
