"""What is written down of a running server: who and what, and never a key, a text or a name."""

import json
import logging
import re
import subprocess
import sys
from http.client import HTTPConnection
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dashboard.cli import main
from dashboard.masking import masked
from dashboard.store.engine import sqlite_module
from dashboard.store.store import Store, open_store
from tests.support.app_server import ForkedAppServer
from tests.support.forking import fork
from tests.support.openai_server import KEY, OpenAIServer, status
from tests.support.page_run import run_page
from tests.support.project import a_project, label

TEXT = "palavrasecreta"
TOKEN = "Zx9Qw8Er7Ty6Ui5Op4As3Df2Gh1Jk0Lz9Xc8Vb7"
NAME = "Ana Marcador"
MARKERS = (TEXT, TOKEN, NAME, KEY, "hunter2")
FIELDS = {"time", "level", "logger", "message", "request", "user"}


@pytest.fixture
def data_dir(tmp_path: Path, sqlite_template: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "veredito.db").write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    made = a_project(store)
    label(store, made.answer_ids[0], "C", NAME)
    store.close()
    return folder


def change(folder: Path, statement: str, *values: str) -> None:
    connection = sqlite_module().connect(str(folder / "veredito.db"))
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def lines(log: str) -> list[dict[str, object]]:
    """Return the lines that the program wrote; the banner with the address is Streamlit's greeting."""
    told = [line for line in log.splitlines() if line.strip()]
    greeting = [line for line in told if not line.startswith("{")]
    assert all(re.search(r"You can now view|URL: http|Stopping", line) for line in greeting), greeting
    return [json.loads(line) for line in told if line.startswith("{")]


def test_whatever_fails_the_log_says_where_and_no_more(data_dir: Path) -> None:
    with ForkedAppServer(data_dir, VEREDITO_LOG="json", OPENAI_API_KEY=KEY) as server:
        run_page(server.url, "explore", who=NAME, text=TEXT, invite=TOKEN)
        # A record that is no longer what it should be.
        change(data_dir, "UPDATE answer SET created_at = ?", f"{TEXT} {KEY} hunter2")
        broken = run_page(server.url, "explore", who=NAME, answer="1")
        # A statement that the database refuses.
        change(data_dir, "ALTER TABLE question RENAME TO moved")
        run_page(server.url, "explore", who=NAME, text=TEXT)
        knock(server.url, f"/?invite={TOKEN}", Host="evil.example")
        knock(server.url, f"/nowhere/{TOKEN}?token={TOKEN}", Authorization=f"Bearer {KEY}")
        knock(server.url, f"/_stcore/stream?invite={TOKEN}", Upgrade="websocket", Connection="Upgrade")
        found = lines(server.log)
        assert not [marker for marker in MARKERS if marker in server.log]
    assert all(line.keys() >= FIELDS for line in found)
    assert not [marker for marker in MARKERS if marker in broken.replace(NAME, "") and marker != TEXT]
    (failed,) = [line for line in found if "place" in line]
    assert failed["message"] == "page explore failed"
    assert str(failed["request"]) in broken
    assert any("dashboard/ui/frame.py:" in place for place in failed["place"])  # type: ignore[attr-defined]
    (stranger,) = [line for line in found if str(line["message"]).startswith("refused: this server is not")]
    assert stranger["request"]
    drawn = [line for line in found if str(line["message"]).startswith("page explore took")]
    assert len({line["request"] for line in drawn}) == 3
    assert {line["user"] for line in drawn} == {annotator(data_dir)}


def annotator(folder: Path) -> int:
    connection = sqlite_module().connect(str(folder / "veredito.db"))
    (number,) = connection.execute("SELECT id FROM annotator WHERE name = ?", (NAME,)).fetchone()
    connection.close()
    return int(number)


def knock(url: str, path: str, **headers: str) -> None:
    connection = HTTPConnection(url.removeprefix("http://"), timeout=30)
    connection.request("GET", path, headers=headers)
    connection.getresponse().read()
    connection.close()


def test_a_model_server_that_quotes_the_key_quotes_it_to_nobody(data_dir: Path, tmp_path: Path) -> None:
    with OpenAIServer(status(401, f"wrong key {KEY} for {TEXT}")) as server:
        told = run_command(
            tmp_path,
            ["judge"],
            VEREDITO_DATA_DIR=str(data_dir),
            VEREDITO_JUDGE_MODEL="judge",
            OPENAI_API_KEY=KEY,
            OPENAI_BASE_URL=server.base_url,
        )
    assert "refused the key (HTTP 401)" in told
    assert not [marker for marker in MARKERS if marker in told]


def run_command(tmp_path: Path, arguments: list[str], **settings: str) -> str:
    out = tmp_path / "printed"
    process = fork(main, ["dashboard", *arguments], {"VEREDITO_LOG": "json", **settings}, out, out)
    process.join()
    return out.read_text(encoding="utf-8")


CRASHES = f"""
import asyncio, gc, threading, warnings
from dashboard import logs
logs.set_up()
def fail():
    try:
        {{}}["{TEXT}"]
    except KeyError as error:
        raise ValueError("{KEY} hunter2") from error
async def forget():
    async def failing(): fail()
    task = asyncio.create_task(failing())
    await asyncio.sleep(0)
    del task
    gc.collect()
warnings.warn("old")
worker = threading.Thread(target=fail)
worker.start(), worker.join()
class Last:
    def __del__(self):
        fail()
Last()
asyncio.run(forget())
fail()
"""


@pytest.mark.parametrize("form", ["json", "text"])
def test_an_error_that_nobody_caught_is_told_by_its_kinds_and_places(
    form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VEREDITO_LOG", form)
    ended = subprocess.run([sys.executable, "-c", CRASHES], capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert not [marker for marker in MARKERS if marker in ended.stderr]
    if form == "json":
        warning, *errors = [json.loads(line) for line in ended.stderr.splitlines()]
        assert warning["logger"] == "py.warnings"
        assert [error["message"] for error in errors] == [
            "a thread ended by an error",
            "an error where none can be raised",
            "Task exception was never retrieved",
            "ended by an error",
        ]
        assert [error["error"] for error in errors] == [["ValueError", "KeyError"]] * 4
        assert errors[-1]["place"] == ["<string>:24 <module>", "<string>:9 fail"]
    else:
        assert ended.stderr.count("  ValueError <- KeyError\n    ") == 4


@pytest.mark.parametrize(
    ("said", "written"),
    [
        ("GET /ask?invite=abc&who=Ana HTTP/1.1", "GET /ask?*** HTTP/1.1"),
        ("GET /lab/invite/ab.cd-ef HTTP/1.1", "GET /lab/invite/*** HTTP/1.1"),
        ("postgresql+psycopg://me:hunter2@db/lab?sslmode=require", "postgresql+psycopg://***@db/lab?***"),
        ("Authorization: Bearer abc.def", "Authorization=***"),
        ("{'api_key': 'abc', 'k': 3}", "{'api_key=***', 'k': 3}"),
        ("password=hunter2; next", "password=***; next"),
        (f"found {KEY}", "found ***"),
        (f"invite {TOKEN} used", "invite *** used"),
        ("from ana@lab.example to bia@lab.example", "from *** to ***"),
        ("job 12 failed; is it? yes", "job 12 failed; is it? yes"),
        ("dashboard/ui/frame.py:12 in 3 ms", "dashboard/ui/frame.py:12 in 3 ms"),
        ("the word is manga", "the word is ***"),
    ],
)
def test_what_looks_like_a_secret_is_masked_and_the_rest_is_not(said: str, written: str) -> None:
    assert masked(said, ["manga"]) == written


def test_no_database_tells_the_parameters_of_a_statement_that_failed(store: Store) -> None:
    with store.engine.connect() as connection, pytest.raises(DBAPIError) as failed:
        connection.execute(text("SELECT nothing FROM annotator WHERE name = :name"), {"name": NAME})
    assert "nothing" in str(failed.value) and NAME not in str(failed.value)


def test_no_line_can_pretend_to_be_two() -> None:
    from dashboard.logs import _Json, _Text

    record = logging.LogRecord("x", logging.INFO, "", 0, "a\nb\x1b[2J\u2028c %s", ("é",), None)
    assert len(_Text().format(record).splitlines()) == len(_Json().format(record).encode().splitlines()) == 1
