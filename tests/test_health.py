"""`/healthz`: what it says of a project that is well and of one that is not, to anybody and in time."""

import json
import os
import shutil
import socket
import urllib.error
import urllib.request
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard.services.health import Part
from dashboard.ui import health
from dashboard.ui.server import routes
from tests.support.app_server import ForkedAppServer

WELL = {"ok": True, "database": "ok", "index": "absent", "disk": "ok"}


@pytest.fixture
def data_dir(tmp_path: Path, sqlite_template: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "veredito.db")
    return folder


def ask(path: str = "/healthz", base_path: str = "") -> tuple[int, dict[str, object]]:
    """Ask an app that was just started."""
    health._parts.cache_clear()
    answer = TestClient(Starlette(routes=routes(base_path))).get(path)
    return answer.status_code, answer.json()


def test_a_project_that_is_well_says_so_and_nothing_else(data_dir: Path) -> None:
    assert ask() == (200, WELL)


def test_it_is_found_below_the_base_path_and_beside_it(data_dir: Path) -> None:
    assert ask("/lab/healthz", "lab") == (200, WELL)
    assert ask("/healthz", "lab") == (200, WELL)


def test_a_database_that_refuses_everybody_is_told(
    data_dir: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEREDITO_DATABASE_URL", database_url)
    assert ask() == (200, WELL)
    break_database(database_url)
    assert ask() == (503, {**WELL, "ok": False, "database": "failed"})


def break_database(address: str) -> None:
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        Path(str(url.database)).write_bytes(b"garbage" * 1000)
        return
    administration = url.set(drivername="postgresql", database="postgres").render_as_string(False)
    with psycopg.connect(administration, autocommit=True) as postgres:
        postgres.execute(f'ALTER DATABASE "{url.database}" ALLOW_CONNECTIONS false')


def test_a_database_that_never_answers_is_told_in_time(
    data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        monkeypatch.setenv("VEREDITO_DATABASE_URL", f"postgresql+psycopg://me:secret@127.0.0.1:{port}/lab")
        assert ask() == (503, {**WELL, "ok": False, "database": "failed"})


def test_what_hangs_for_ever_holds_nobody_up(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fifo = data_dir / "veredito.db"
    fifo.unlink()
    os.mkfifo(fifo)
    # Reading a pipe that nobody writes never ends.
    monkeypatch.setattr(health, "DEADLINE_SECONDS", 0.2)
    health._parts.cache_clear()
    stuck = {"database": Part("database", fifo.read_text), "disk": Part("disk", lambda: "ok")}
    monkeypatch.setattr(health, "_parts", lambda: stuck)
    client = TestClient(Starlette(routes=routes("")))
    for _ in range(3):
        assert client.get("/healthz").json() == {"ok": False, "database": "no answer", "disk": "ok"}
    assert len({id(stuck["database"].state()) for _ in range(3)}) == 1
    fifo.write_text("ok")
    assert client.get("/healthz").json()["ok"]


def test_a_project_that_is_not_there_is_told_and_not_made(tmp_path: Path) -> None:
    assert ask() == (503, {"ok": False, "database": "missing", "index": "absent", "disk": "missing"})
    assert not (tmp_path / "data").exists()


def test_a_schema_of_another_version_is_told_and_not_migrated(data_dir: Path) -> None:
    import pysqlite3

    connection = pysqlite3.connect(str(data_dir / "veredito.db"))
    connection.execute("UPDATE alembic_version SET version_num = '0001'")
    connection.commit()
    connection.close()
    assert ask() == (503, {**WELL, "ok": False, "database": "other schema"})


def test_a_disk_with_too_little_room_is_told(data_dir: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEREDITO_MIN_FREE_MB", str(10**9))
    assert ask() == (503, {**WELL, "ok": False, "disk": "full"})


def test_an_index_whose_file_is_gone_is_told_but_does_no_harm(data_dir: Path) -> None:
    own = data_dir / "indexes" / "e5"
    own.mkdir(parents=True)
    (own / "manifest.json").write_text(json.dumps({"files": {"index.faiss": "ab" * 32}}))
    assert ask() == (200, {**WELL, "index": "damaged"})
    (own / f"{'ab' * 16}.index.faiss").write_bytes(b"vectors")
    assert ask() == (200, {**WELL, "index": "ok"})


def test_settings_that_cannot_be_used_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEREDITO_LANGUAGE", "tlh")
    assert ask() == (503, {"ok": False, "settings": "failed"})


def test_who_asks_at_once_is_told_the_same_and_the_database_is_asked_once() -> None:
    looked = []
    part = Part("disk", lambda: str(looked.append(1) or "ok"))
    assert {part.state().result() for _ in range(100)} == {"ok"}
    assert len(looked) == 1


def test_the_real_server_tells_of_a_database_that_was_replaced_while_it_ran(data_dir: Path) -> None:
    with ForkedAppServer(data_dir) as server:
        assert fetch(server.url) == (200, WELL)
        spoilt = data_dir / "spoilt"
        spoilt.write_bytes(b"garbage" * 1000)
        spoilt.replace(data_dir / "veredito.db")
        while (found := fetch(server.url))[0] == 200:
            pass
        assert found == (503, {**WELL, "ok": False, "database": "failed"})


def fetch(url: str) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(f"{url}/healthz", timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as refused:
        return refused.code, json.load(refused)
