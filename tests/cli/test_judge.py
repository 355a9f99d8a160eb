"""Judging from the command line, in processes of its own against a real server."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.config import Settings
from dashboard.services.project import open_project
from tests.cli.test_commands import ROOT, run, start
from tests.support import project as made
from tests.support.judge_model import verdict
from tests.support.openai_server import KEY, OpenAIServer, answer, status


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Make a project with five answers."""
    project = open_project(Settings(data_dir=tmp_path / "data"))
    segments = made.add_video(project.store)
    for number in range(5):
        made.add_answer(project.store, f"Pergunta {number}?", segments, text=f"Resposta {number}.")
    project.close()
    return tmp_path / "data"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    """Start a model server."""
    with OpenAIServer(verdict()) as running:
        yield running


def settings(folder: Path, server: OpenAIServer, **more: str) -> dict[str, str]:
    return {
        "VEREDITO_DATA_DIR": str(folder),
        "VEREDITO_JUDGE_MODEL": "juiz",
        "OPENAI_BASE_URL": server.base_url,
        "OPENAI_API_KEY": KEY,
        **more,
    }


def test_every_answer_is_judged_once_and_the_report_is_one_object(folder: Path, server: OpenAIServer) -> None:
    prices = '{"juiz": [1.0, 10.0]}'
    first = start("judge", "--json", **settings(folder, server, VEREDITO_PRICES=prices))
    again = run("judge", "--json", **settings(folder, server))

    report = json.loads(first.stdout)
    assert {name: report[name] for name in ("judged", "unscored", "cached", "tokens", "state")} == {
        "judged": 5,
        "unscored": 0,
        "cached": 0,
        "tokens": 685,
        "state": "done",
    }
    assert report["cost"] == pytest.approx((600 * 1.0 + 85 * 10.0) / 1e6)
    assert json.loads(again.stdout)["judged"] == 0
    assert again.stderr == "this judge has judged every answer already\n"
    assert len(server.requests) == 5


def test_a_rubric_can_be_named_and_a_budget_ends_it_in_words(folder: Path, server: OpenAIServer) -> None:
    some = run("judge", "--judge", "correctness.en", "--budget-tokens", "300", **settings(folder, server))

    assert some.returncode == 0
    # Grades of this rubric are letters, so the scripted number cannot be read, nor can its repair.
    assert "unscored" in some.stdout and "answers wait" in some.stderr


def test_what_is_unscored_is_said_and_only_that_is_tried_again(folder: Path, server: OpenAIServer) -> None:
    server.script(answer("sem nota"), answer("sem nota"), verdict())
    first = run("judge", "--concurrency", "1", **settings(folder, server))
    asked = len(server.requests)
    second = run("judge", "--retry-unscored", "--json", **settings(folder, server))

    assert "--retry-unscored" in first.stderr
    assert json.loads(second.stdout)["judged"] == 1
    assert (asked, len(server.requests)) == (6, 7)


@pytest.mark.parametrize(
    ("more", "arguments", "said"),
    [
        ({"VEREDITO_JUDGE_MODEL": ""}, (), "labels"),
        ({"OPENAI_API_KEY": ""}, (), "OPENAI_API_KEY"),
        ({}, ("--judge", "beleza"), "answer-relevance"),
        ({}, ("--budget-money", "1"), "VEREDITO_PRICES"),
        ({"VEREDITO_PRICES": "cheap"}, (), "VEREDITO_PRICES"),
    ],
)
def test_what_cannot_be_done_is_one_line_that_says_what_to_do(
    folder: Path, server: OpenAIServer, more: dict[str, str], arguments: tuple[str, ...], said: str
) -> None:
    failed = run("judge", *arguments, **settings(folder, server, **more))

    assert failed.returncode == 1
    line = failed.stderr.splitlines()[-1]
    assert line.startswith("error: ") and said in line
    assert server.requests == []


def test_without_a_model_it_is_said_what_judges(folder: Path, server: OpenAIServer) -> None:
    said = run("judge", **settings(folder, server, VEREDITO_JUDGE_MODEL=""))
    assert "the baseline judges, which is no language model" in said.stderr.splitlines()[0]


def test_a_server_that_refuses_the_key_is_named_without_the_key(folder: Path, server: OpenAIServer) -> None:
    server.script(status(401, f"Incorrect API key provided: {KEY}"))
    failed = run("judge", **settings(folder, server))
    assert failed.returncode == 1
    assert "OPENAI_API_KEY" in failed.stderr and KEY not in failed.stdout + failed.stderr


def test_ctrl_c_stores_what_is_under_way_and_the_same_command_continues(
    folder: Path, server: OpenAIServer
) -> None:
    server.script(verdict(), answer_when_released(server))
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "judge", "--concurrency", "1"],
        cwd=ROOT,
        env={**os.environ, **settings(folder, server)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while len(server.requests) < 2:
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.02)
    process.send_signal(signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.5)
    server.released.set()
    _, err = process.communicate()

    assert process.returncode == 130, err
    assert "the same command continues" in err and "Traceback" not in err
    server.script(verdict())
    rest = run("judge", "--json", **settings(folder, server))
    assert json.loads(rest.stdout)["judged"] == 3


def answer_when_released(server: OpenAIServer):  # type: ignore[no-untyped-def]
    """Answer only once the test lets go."""

    def behave(handler) -> None:  # type: ignore[no-untyped-def]
        server.released.wait()
        verdict()(handler)

    return behave
