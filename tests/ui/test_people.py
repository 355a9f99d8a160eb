"""The People tab: links for researchers, accounts for admins, and nothing for others."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.roles import Role
from dashboard.services import accounts, invites, sign_ins
from dashboard.services.campaigns import create_campaign
from dashboard.services.people import known_annotators
from dashboard.services.project import Project
from dashboard.store.accounts import put_account
from dashboard.store.store import Store
from dashboard.ui import identity
from tests.support import project as made
from tests.support.app import translation
from tests.support.screen import button, errors, read


@pytest.fixture
def team(own_store: Store, tmp_path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Give the project that the app will show, on which people sign in by links."""
    monkeypatch.setenv("VEREDITO_AUTH", "invite")
    with own_store.write() as session:
        for name, role in {"Ada": Role.ADMIN, "Rui": Role.RESEARCHER, "Ana": Role.ANNOTATOR}.items():
            put_account(session, name, role)
    return Project(Settings(data_dir=tmp_path / "data", database_url="", auth="invite"), own_store)


@pytest.fixture
def visit_as(
    team: Project, visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    """Give a function that opens a page in the browser of somebody who has opened their link."""

    def open_page(name: str, page: str, **query: object) -> AppTest:
        role = accounts.person_named(team, name).role
        device = sign_ins.open_invite(team, invites.make_invite(team, name, role))
        # The test harness has no browser that could send a cookie.
        monkeypatch.setattr(identity, "shown_cookie", lambda: device.token)
        return visit(page, **query)

    return open_page


def has_tab(app: AppTest, words: str) -> bool:
    return any(words in tab.label for tab in app.tabs)


def test_who_is_not_signed_in_sees_what_to_do_and_nothing_of_the_project(
    team: Project, visit: Callable[..., AppTest]
) -> None:
    app = visit("project", lang="en", who="Ada")
    assert errors(app) == []
    assert "Open the link that was sent to you." in read(app)
    assert not app.tabs
    assert not app.get("page_link")


def test_a_researcher_makes_a_link_that_is_shown_once(
    team: Project, visit_as: Callable[..., AppTest]
) -> None:
    app = visit_as("Rui", "project")
    assert translation("Accounts") not in read(app)
    app.text_input(key="people.name").set_value("  Bia   Lima ")
    button(app, translation("Make the link")).click().run()
    assert errors(app) == []
    (shown,) = app.code
    found = sign_ins.signed_in(team, sign_ins.open_invite(team, shown.value.rpartition("/invite/")[2]).token)
    assert found and (found.name, found.role) == ("Bia Lima", Role.ANNOTATOR)
    app.run()
    assert not app.code
    assert len(app.selectbox(key="people.role").options) == 3


def test_an_annotator_who_opens_the_page_is_refused(visit_as: Callable[..., AppTest]) -> None:
    app = visit_as("Ana", "project")
    assert "exige o papel pesquisador; o seu é anotador" in errors(app)[0]
    assert not app.tabs


def test_a_link_is_taken_back(team: Project, visit_as: Callable[..., AppTest]) -> None:
    invites.make_invite(team, "Ana", Role.ANNOTATOR)
    (before,) = (one for one in invites.list_open(team, 1, 9) if one.name == "Ana")
    app = visit_as("Ada", "project")
    app.button(key=f"people.revoke-{before.invite_id}").click().run()
    assert errors(app) == []
    assert "Ana" not in [one.name for one in invites.list_open(team, 1, 9)]


def test_an_admin_changes_roles_removes_and_lets_in_again(
    team: Project, visit_as: Callable[..., AppTest]
) -> None:
    app = visit_as("Ada", "project")
    ana = accounts.person_named(team, "Ana").person_id
    app.selectbox(key=f"people.role-{ana}-annotator").set_value(Role.RESEARCHER).run()
    assert accounts.person_named(team, "Ana").role is Role.RESEARCHER
    app.button(key=f"people.remove-{ana}").click().run()
    assert not accounts.person_named(team, "Ana").may_come_in
    app.button(key=f"people.let_in-{ana}").click().run()
    assert errors(app) == []
    assert accounts.person_named(team, "Ana").may_come_in


def test_the_last_admin_stays_and_the_box_shows_it(team: Project, visit_as: Callable[..., AppTest]) -> None:
    app = visit_as("Ada", "project")
    box = f"people.role-{accounts.person_named(team, 'Ada').person_id}-admin"
    app.selectbox(key=box).set_value(Role.ANNOTATOR).run()
    assert "último administrador" in errors(app)[0]
    assert app.selectbox(key=box).value is Role.ADMIN


def test_who_signs_out_everywhere_is_out_in_a_callback_too(
    team: Project, visit_as: Callable[..., AppTest]
) -> None:
    app = visit_as("Ada", "project")
    app.text_input(key="people.name").set_value("Bia")
    accounts.sign_out_everywhere(team, accounts.person_named(team, "Ada").person_id)
    button(app, translation("Make the link")).click().run()
    assert "Abra o link que você recebeu." in read(app)
    assert "Bia" not in [one.name for one in accounts.all_accounts(team)]


def test_a_connection_that_comes_back_with_another_sign_in_does_not_get_the_session(
    team: Project, visit_as: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = visit_as("Ada", "project")
    app.text_input(key="people.name").set_value("Bia")
    other = sign_ins.open_invite(team, invites.make_invite(team, "Rui", Role.RESEARCHER))
    monkeypatch.setattr(identity, "shown_cookie", lambda: other.token)
    button(app, translation("Make the link")).click().run()
    assert errors(app) == []
    assert "person: **Rui**" in read(app) and "person: **Ada**" not in read(app)
    assert "Bia" not in [one.name for one in accounts.all_accounts(team)]
    assert app.text_input(key="people.name").value == ""


def test_without_sign_in_the_tab_says_how_to_work_as_a_team(visit: Callable[..., AppTest]) -> None:
    app = visit("project", lang="en")
    assert has_tab(app, "People")
    assert "VEREDITO_AUTH" in read(app)


def test_an_admin_looks_into_the_record_and_an_annotator_is_offered_own_campaigns_only(
    team: Project, visit_as: Callable[..., AppTest]
) -> None:
    answer_ids = made.a_project(team.store, answers_wanted=3).answer_ids
    create_campaign(team, NewCampaign("Da Ana", members=("Ana",)), "Rui", answer_ids=answer_ids)
    create_campaign(team, NewCampaign("De Bia", members=("Bia",)), "Rui", answer_ids=answer_ids)
    home = read(visit_as("Ana", "", lang="en"))
    assert "Da Ana" in home and "0 done, 3 left" in home and "De Bia" not in home
    desk = visit_as("Ana", "annotate", lang="en")
    assert errors(desk) == []
    assert [box.options for box in desk.selectbox if box.label == "Campaign"] == [["Da Ana"]]
    assert "needs the role researcher; yours is annotator" in "".join(
        errors(visit_as("Ana", "agreement", lang="en"))
    )
    app = visit_as("Ada", "project")
    app.session_state["project.tab"] = "Auditoria"
    app.run()
    assert errors(app) == []
    [table] = [one.value for one in app.table]
    rows = table[["Quem", "Ação", "Desfecho"]].to_numpy().tolist()
    assert ["Ana", "page\\.agreement", "recusado"] in rows


def test_a_removed_person_is_made_anonymous_only_when_that_is_wanted(
    team: Project, visit_as: Callable[..., AppTest]
) -> None:
    accounts.remove(team, accounts.person_named(team, "Rui").person_id)
    app = visit_as("Ada", "project")
    assert button(app, "Tornar anônima").disabled
    [sure] = [box for box in app.checkbox if "de vez" in box.label]
    sure.check().run()
    button(app, "Tornar anônima").click().run()
    assert errors(app) == []
    assert "Rui" not in read(app)
    assert not any(name == "Rui" for name in known_annotators(team))
