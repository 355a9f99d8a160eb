"""The server as it is shipped: whom it answers, and what it tells browsers not to do with its pages."""

import re
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.ui.headers import policy_for
from dashboard.ui.server import middleware
from tests.support.app_server import ForkedAppServer
from tests.support.page_run import a_session

HOSTILE = "http://evil.example"
TEAM = "https://veredito.lab.example"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Iterator[ForkedAppServer]:
    folder = tmp_path_factory.mktemp("shipped") / "data"
    folder.mkdir()
    (folder / "veredito.db").write_bytes(sqlite_template.read_bytes())
    with ForkedAppServer(folder, STREAMLIT_SERVER_ALLOWED_HOSTS="127.0.0.1 veredito.lab.example") as started:
        yield started


def ask(server: ForkedAppServer, path: str = "/", method: str = "GET", **headers: str) -> HTTPResponse:
    connection = HTTPConnection(server.url.removeprefix("http://"), timeout=30)
    connection.request(method, path, headers={name.replace("_", "-"): text for name, text in headers.items()})
    answer = connection.getresponse()
    answer.body = answer.read().decode(errors="replace")  # type: ignore[attr-defined]
    connection.close()
    return answer


def test_a_name_that_the_server_does_not_have_is_refused(server: ForkedAppServer) -> None:
    for host in ("evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "localhost:99999", ""):
        for path in ("/", "/ask", "/_stcore/health", "/app/static/lectures/aula"):
            assert ask(server, path, Host=host).status == 403, (host, path)
    assert ask(server, Host="veredito.lab.example").status == 200
    assert ask(server, "/healthz", Host="10.0.0.7").status == 200


@pytest.mark.parametrize("origin", [HOSTILE, "null", "http://localhost:1", "http://127.0.0.1.evil.example"])
def test_a_websocket_from_another_site_is_refused(server: ForkedAppServer, origin: str) -> None:
    assert status_of_websocket(server, origin) == 403
    assert "evil" not in server.log.replace("refused", "")


def test_a_websocket_from_the_page_itself_is_let_in(server: ForkedAppServer) -> None:
    assert status_of_websocket(server, server.url) == 101
    assert status_of_websocket(server, TEAM, Host="veredito.lab.example") == 101


def status_of_websocket(server: ForkedAppServer, origin: str, **headers: str) -> int:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Key": "AAAAAAAAAAAAAAAAAAAAAA==",
        "Sec-WebSocket-Version": "13",
    }
    return ask(server, "/_stcore/stream", **handshake, Origin=origin, **headers).status


def test_a_file_that_another_site_sends_is_refused(server: ForkedAppServer) -> None:
    path = "/_stcore/upload_file/session/file"
    assert ask(server, path, "PUT", Origin=HOSTILE).status == 403
    # And without the page's own secret, whatever it says of where it comes from.
    assert ask(server, path, "PUT", Origin=server.url).status == 403


@pytest.mark.parametrize(
    "path", ["/", "/ask?who=Ana", "/healthz", "/_stcore/health", "/app/static/lectures/x"]
)
def test_every_answer_tells_browsers_what_not_to_do(server: ForkedAppServer, path: str) -> None:
    headers = ask(server, path).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
    policy = headers["Content-Security-Policy"]
    assert len(headers.get_all("Content-Security-Policy", [])) == 1
    for promise in ("frame-ancestors 'none'", "object-src 'none'", "connect-src 'self'", "base-uri 'none'"):
        assert promise in policy
    script_sources = re.search(r"script-src ([^;]*)", policy)[1]  # type: ignore[index]
    assert "unsafe" not in script_sources and "*" not in policy and "http:" not in policy


def test_a_file_that_is_too_large_is_refused_before_it_is_read(server: ForkedAppServer) -> None:
    cookie = ask(server, "/_stcore/health").headers["Set-Cookie"].partition(";")[0]
    with a_session(server.url) as session:
        path = f"/_stcore/upload_file/{session}/file"
        own = {"Cookie": cookie, "X-Xsrftoken": cookie.partition("=")[2], "Origin": server.url}
        # Of the gigabyte not a byte is sent, or waited for.
        assert ask(server, path, "PUT", **own, Content_Length=str(10**9)).status == 413


def test_only_the_scripts_that_are_on_the_page_may_run(server: ForkedAppServer) -> None:
    page = ask(server).body  # type: ignore[attr-defined]
    assert ask(server).headers["Content-Security-Policy"] == policy_for(page.encode())
    assert policy_for(page.encode()).count("'sha256-") == page.count("<script>") == 2
    assert "sha256" not in policy_for(b"<p>text</p>")


def test_a_browser_never_joins_a_kept_page_with_new_headers(server: ForkedAppServer) -> None:
    tag = ask(server).headers["ETag"]
    assert ask(server, If_None_Match=tag).status == 200


def test_cookies_stay_with_the_site_and_with_tls() -> None:
    def set_cookie(_request: object) -> PlainTextResponse:
        answer = PlainTextResponse("")
        answer.set_cookie("mine", "1")
        answer.set_cookie("other", "2", secure=True)
        return answer

    inner = Starlette(routes=[Route("/", set_cookie)], middleware=middleware(""))
    plain = TestClient(inner, base_url="http://lab.example").get("/")
    encrypted = TestClient(inner, base_url="https://lab.example").get("/")
    assert ["secure" in cookie.lower() for cookie in plain.headers.get_list("set-cookie")] == [False, True]
    assert [cookie.lower().count("secure") for cookie in encrypted.headers.get_list("set-cookie")] == [1, 1]


def test_streamlits_own_doors_that_nobody_needs_are_shut(server: ForkedAppServer) -> None:
    assert ask(server, "/_stcore/agent/interact", "POST", Origin=server.url).status >= 400
    (cookie,) = ask(server, "/_stcore/health").headers.get_all("Set-Cookie", [])
    assert "samesite=strict" in cookie.lower()


def test_an_address_below_a_wildcard_is_ours_and_one_beside_it_is_not() -> None:
    inner = Starlette(
        routes=[Route("/", lambda _request: PlainTextResponse("in"), methods=["GET", "POST"])],
        middleware=middleware("", ["*.lab.example", "::1"], [HOSTILE]),
    )

    def status(host: str, method: str = "GET", **headers: str) -> int:
        return TestClient(inner).request(method, "/", headers={"host": host, **headers}).status_code

    allowed = {"a.lab.example": 200, "A.LAB.EXAMPLE:8501": 200, "[::1]:8501": 200, "lab.example": 403}
    assert {host: status(host) for host in allowed} == allowed
    assert status("a.lab.example", "POST", origin=HOSTILE) == 200
    assert status("a.lab.example", "POST", origin="http://b.lab.example") == 403
