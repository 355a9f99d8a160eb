"""What the web server does besides Streamlit's own, asked directly over HTTP."""

import os
import socket
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from dashboard.ui import resources
from dashboard.ui.promptness import answer_at_once
from dashboard.ui.server import media_address, middleware, routes

PAGE = "<!doctype html><html><head><title>x</title></head><body>" + "olá " * 2000 + "</body></html>"
FILM = bytes(range(256)) * 8


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("VEREDITO_DATA_DIR", str(tmp_path))
    resources.get_project.clear()
    (tmp_path / "media").mkdir()
    (tmp_path / "media" / "aula ação.webm").write_bytes(FILM)
    (tmp_path / "secret.webm").write_bytes(b"secret")
    return TestClient(server(""))


def server(base_path: str) -> Starlette:
    inner = Starlette(
        routes=[
            *routes(base_path),
            Route("/annotate", lambda request: HTMLResponse(PAGE)),
            Route("/plain", lambda request: PlainTextResponse("<head>")),
        ]
    )
    inner.add_middleware(GZipMiddleware)
    return Starlette(middleware=middleware(base_path), routes=inner.routes)


def test_a_film_is_served_in_ranges(client: TestClient) -> None:
    answer = client.get(media_address("aula ação"), headers={"range": "bytes=256-511"})
    assert (answer.status_code, answer.content) == (206, FILM[256:512])
    assert answer.headers["content-type"] == "video/webm"


def test_a_film_is_served_below_the_base_path(client: TestClient) -> None:
    address = "/lab/veredito" + media_address("aula ação")
    assert TestClient(server("lab/veredito")).get(address).content == FILM


@pytest.mark.parametrize("video_id", ["nope", "../secret", "..", "", "x" * 300, "á" * 190, "a\0b"])
def test_what_is_no_film_is_not_found(client: TestClient, video_id: str) -> None:
    assert client.get(media_address(video_id)).status_code == 404


def test_a_page_knows_its_server_and_is_otherwise_unchanged(client: TestClient) -> None:
    answer = client.get("/annotate")
    script = "<script>window.__streamlit={BACKEND_BASE_URL:location.origin+''}</script>"
    assert answer.text == PAGE.replace("<head>", f"<head>{script}")
    assert int(answer.headers["content-length"]) == len(answer.content)


def test_the_base_path_is_part_of_the_address() -> None:
    assert "location.origin+'/lab/veredito'" in TestClient(server("/lab/veredito/")).get("/annotate").text


def test_what_is_no_page_is_left_alone(client: TestClient) -> None:
    assert client.get("/plain").text == "<head>"


def test_what_the_server_answers_leaves_at_once_and_other_sockets_are_left_alone() -> None:
    with socket.socket() as bound, socket.socket() as other, socket.socket() as visitor:
        bound.bind(("127.0.0.1", 0))
        open_before = len(os.listdir("/dev/fd"))
        answer_at_once(bound.getsockname()[1])
        assert len(os.listdir("/dev/fd")) == open_before
        bound.listen()
        visitor.connect(bound.getsockname())
        accepted, _ = bound.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        assert not other.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
