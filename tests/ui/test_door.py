"""The server's door, asked directly over HTTP: where it listens, links, robots, haste and forged headers."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.config import Settings
from dashboard.roles import Role
from dashboard.services import invites
from dashboard.services.project import Project, open_project
from dashboard.store.access_schema import SignInRow
from dashboard.ui import resources, sign_in_routes
from dashboard.ui.listening import is_this_machine
from dashboard.ui.peer import client_address, is_https
from dashboard.ui.server import middleware, routes
from dashboard.ui.visitors import COOKIE
from tests.support.app_server import streamlit_main
from tests.support.forking import fork

Ask = Callable[..., TestClient]


@pytest.fixture
def team(tmp_path: Path, sqlite_template: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Project]:
    """Open the project of the server, on which people sign in by links."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "veredito.db")
    monkeypatch.setenv("VEREDITO_AUTH", "invite")
    sign_in_routes._attempts.cache_clear()
    resources.get_project.clear()
    project = open_project(Settings(data_dir=folder))
    yield project
    project.close()
    resources.get_project.clear()
    sign_in_routes._attempts.cache_clear()


@pytest.fixture
def ask(team: Project) -> Ask:
    """Give a function that opens a browser without a screen, at some address of the network."""

    def browser(
        base_path: str = "", host: str = "198.51.100.7", url: str = "http://testserver"
    ) -> TestClient:
        pages = [
            Route(f"{base_path}/annotate", lambda request: HTMLResponse("<head></head>")),
            Route("/_stcore/upload_file/{path:path}", lambda request: Response(), methods=["PUT"]),
        ]
        app = Starlette(routes=[*routes(base_path), *pages], middleware=middleware(base_path))
        return TestClient(app, url, client=(host, 4711), follow_redirects=False)

    return browser


def sign_ins(team: Project) -> int:
    with team.store.read() as session:
        return session.scalar(select(func.count(SignInRow.id))) or 0


def link(team: Project, base_path: str = "") -> str:
    return f"{base_path}/invite/{invites.make_invite(team, 'Ana', Role.ANNOTATOR)}"


@pytest.mark.parametrize("base_path", ["", "/lab/veredito"])
def test_a_link_leads_to_the_page_asked_for_below_the_base_path(
    team: Project, ask: Ask, base_path: str
) -> None:
    browser = ask(base_path)
    browser.get(f"{base_path}/annotate?campaign=3&text=a%20b")
    answer = browser.get(link(team, base_path))
    assert (answer.status_code, answer.headers["location"]) == (
        303,
        f"{base_path}/annotate?campaign=3&text=a+b",
    )
    assert (answer.headers["cache-control"], answer.headers["referrer-policy"]) == ("no-store", "no-referrer")
    (cookie,) = (one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE))
    assert f"Path={base_path or '/'};" in cookie
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=2591" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_never_sent_without(team: Project, ask: Ask) -> None:
    answer = ask(url="https://testserver").get(link(team))
    assert any("Secure" in one for one in answer.headers.get_list("set-cookie") if one.startswith(COOKIE))


@pytest.mark.parametrize(
    "kept",
    [
        "https://evil.example/annotate",
        "//evil.example/annotate",
        "/\\evil.example",
        "/nowhere",
        "annotate",
        "%",
    ],
)
def test_no_link_leads_out_of_the_app(team: Project, ask: Ask, kept: str) -> None:
    browser = ask()
    browser.cookies.set("veredito_next", kept)
    assert browser.get(link(team)).headers["location"] == "/"


def test_robots_that_only_look_sign_nobody_in_and_a_link_opened_again_makes_no_second_sign_in(
    team: Project, ask: Ask
) -> None:
    address, browser = link(team), ask()
    assert browser.head(address).status_code == 204
    assert browser.get(address, headers={"sec-purpose": "prefetch;prerender"}).status_code == 204
    assert browser.post(address).status_code == 405
    assert sign_ins(team) == 0
    for _again in range(3):
        assert browser.get(address).status_code == 303
    assert sign_ins(team) == 1


def test_a_link_for_another_person_ends_the_sign_in_of_the_one_before(team: Project, ask: Ask) -> None:
    browser = ask()
    browser.get(link(team))
    former = browser.cookies[COOKIE]
    browser.get(f"/invite/{invites.make_invite(team, 'Bia', Role.ANNOTATOR)}")
    again = ask()
    again.cookies.set(COOKIE, former)
    assert again.get("/app/static/lectures/x").status_code == 403
    assert browser.get("/app/static/lectures/x").status_code == 404


@pytest.mark.parametrize(
    ("language", "words"), [("pt-BR,pt;q=0.9", "incompleto"), ("en-GB,en", "not complete")]
)
def test_a_refusal_is_told_in_the_readers_language(
    team: Project, ask: Ask, language: str, words: str
) -> None:
    answer = ask().get("/invite/<script>alert(1)</script>", headers={"accept-language": language})
    assert answer.status_code == 403
    assert words in answer.text
    assert "<script>alert" not in answer.text


def test_haste_is_slowed_and_a_forged_header_does_not_help(
    team: Project, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = ask()
    for place in range(sign_in_routes.OPENINGS_A_MINUTE):
        assert browser.get("/invite/x", headers={"x-forwarded-for": f"203.0.113.{place}"}).status_code == 403
    answer = browser.get("/invite/x", headers={"x-forwarded-for": "203.0.113.99"})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert ask(host="198.51.100.8").get("/invite/x").status_code == 403

    monkeypatch.setenv("VEREDITO_TRUSTED_PROXIES", "198.51.100.7, 10.0.0.0/8")
    resources.get_project.clear()
    forwarded = {"x-forwarded-for": "198.51.100.7, 203.0.113.1, 10.1.2.3"}
    assert browser.get("/invite/x", headers=forwarded).status_code == 403


def test_what_the_web_server_believes_of_this_machine_counts_only_when_that_is_a_trusted_proxy() -> None:
    headers = [(b"x-forwarded-for", b"203.0.113.5, 127.0.0.1"), (b"x-forwarded-proto", b"https")]
    scope = {
        "type": "http",
        "scheme": "http",
        "server": ("testserver", 80),
        "path": "/",
        "headers": headers,
        "client": ("203.0.113.5", 0),
    }
    assert client_address(Request(scope), ()) == "127.0.0.1"
    assert client_address(Request(scope), ("127.0.0.1/32",)) == "203.0.113.5"
    assert not is_https(Request(scope), ())
    assert is_https(Request(scope), ("127.0.0.1/32",))


def test_links_let_nobody_in_where_a_provider_is_asked(
    team: Project, ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEREDITO_AUTH", "oidc")
    resources.get_project.clear()
    assert ask().get(link(team)).status_code == 404
    assert sign_ins(team) == 0


def test_a_film_is_shown_only_to_who_is_signed_in(team: Project, ask: Ask) -> None:
    folder = team.settings.media_dir
    folder.mkdir()
    (folder / "aula.webm").write_bytes(b"film")
    browser = ask()
    assert browser.get("/app/static/lectures/aula").status_code == 403
    browser.get(link(team))
    assert browser.get("/app/static/lectures/aula").content == b"film"


def test_only_who_is_signed_in_can_put_files_into_the_servers_memory(team: Project, ask: Ask) -> None:
    browser = ask()
    assert browser.put("/_stcore/upload_file/a/b", content=b"x").status_code == 403
    browser.get(link(team))
    assert browser.put("/_stcore/upload_file/a/b", content=b"x").status_code == 200


@pytest.mark.parametrize(
    ("address", "is_here"),
    [("127.0.0.1", True), ("127.8.8.8", True), ("::1", True), ("localhost", True)]
    + [(one, False) for one in ("", None, "0.0.0.0", "::", "192.168.0.2", "example.org", "localhost.evil")],
)
def test_only_addresses_of_this_machine_count_as_such(address: str | None, is_here: bool) -> None:
    assert is_this_machine(address) is is_here


@pytest.mark.parametrize("way", ["argument", "environment"])
def test_where_anybody_may_choose_a_name_the_app_does_not_listen_beyond_this_machine(
    tmp_path: Path, way: str
) -> None:
    command = ["streamlit", "run", "app.py", "--server.port", "0"]
    environment = dict(os.environ)
    if way == "argument":
        command += ["--server.address", "0.0.0.0"]
    else:
        environment["STREAMLIT_SERVER_ADDRESS"] = "::"
    out, err = tmp_path / "out", tmp_path / "err"
    process = fork(streamlit_main, command, environment, out, err)
    process.join(60)
    assert process.exitcode == 1
    said = err.read_text()
    assert "error: With VEREDITO_AUTH=open" in said
    assert "Traceback" not in said + out.read_text()
