"""A language model behind a real HTTP server: its answer as it comes, and its faults met with words."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.store.browse import AnswerFilter, count_answers
from dashboard.store.store import open_store
from tests.support.app import App
from tests.support.app_server import AppServer, ForkedAppServer
from tests.support.openai_server import (
    KEY,
    Behaviour,
    OpenAIServer,
    answer,
    body,
    broken_event,
    cut_connection,
    status,
    truncated,
)
from tests.support.seeding import copy_project

QUESTION = "Para que serve a taxa de aprendizado?"
ANSWER = "Ela escala o passo [1] e precisa ser pequena [2]."


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    """Start a model server, whose behaviour each test sets."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def asking_server(
    model: OpenAIServer, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppServer]:
    """Start the app with the model server."""
    folder = copy_project(prepared, tmp_path_factory.mktemp("model") / "project")
    settings = {
        "VEREDITO_ANSWER_MODEL": "modelo-de-teste",
        "VEREDITO_RETRIEVER": "lexical",
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_API_KEY": KEY,
    }
    with ForkedAppServer(folder, **settings) as server:
        yield server


@pytest.fixture
def asking(asking_server: AppServer, new_tab: Callable[..., Page]) -> App:
    """The page on which questions are asked."""
    app = App(new_tab(), asking_server.url)
    app.open("ask")
    return app


def count(server: AppServer) -> int:
    """Return how many answers the project holds."""
    store = open_store(f"sqlite:///{server.data_dir / 'veredito.db'}")
    with store.read() as session:
        found = count_answers(session, AnswerFilter())
    store.close()
    return found


def test_a_cited_answer_is_read_while_it_is_written(
    asking: App, asking_server: AppServer, model: OpenAIServer
) -> None:
    before, gate = count(asking_server), threading.Event()
    model.script(answer(["Ela escala o passo [1]", " e precisa ser pequena [2]."], gate=gate))
    try:
        asking.ask(QUESTION)
        expect(asking.main.get_by_text("Ela escala o passo")).to_be_visible()
        expect(asking.text("Writing the answer…")).to_be_visible()
        expect(asking.cards.first).to_be_visible()
        assert asking.main.get_by_text("precisa ser pequena").count() == 0
        assert count(asking_server) == before
    finally:
        gate.set()
    expect(asking.main.get_by_text("precisa ser pequena")).to_be_visible()
    expect(asking.page).to_have_url(re.compile(r"[?&]answer=\d+"))
    expect(asking.citations).to_have_text(["1", "2"])
    expect(asking.main.get_by_text("modelo-de-teste").last).to_be_visible()
    assert count(asking_server) == before + 1
    assert not asking.watch.received(KEY)


def test_an_answer_whose_page_was_reloaded_in_the_middle_is_stored(
    asking: App, asking_server: AppServer, model: OpenAIServer
) -> None:
    before, gate = count(asking_server), threading.Event()
    model.script(answer(["Uma resposta", " inteira [1]."], gate=gate))
    try:
        asking.ask(QUESTION)
        expect(asking.main.get_by_text("Uma resposta")).to_be_visible()
        asking.page.goto("about:blank")
    finally:
        gate.set()
    asking.open("explore", text="Uma resposta inteira")
    expect(asking.lines).to_have_count(1)
    assert count(asking_server) == before + 1


def test_a_double_click_asks_once(asking: App, asking_server: AppServer, model: OpenAIServer) -> None:
    before, requests, gate = count(asking_server), len(model.requests), threading.Event()
    model.script(answer(["Uma vez só", " respondida [1]."], gate=gate))
    try:
        asking.ask(QUESTION)
        asking.page.wait_for_timeout(150)
        asking.button("Ask").click()
        expect(asking.main.get_by_text("Uma vez só")).to_be_visible()
        asking.page.wait_for_timeout(300)
    finally:
        gate.set()
    expect(asking.page).to_have_url(re.compile(r"[?&]answer=\d+"))
    expect(asking.main.get_by_text("respondida")).to_be_visible()
    asking.page.wait_for_timeout(500)
    assert (count(asking_server), len(model.requests)) == (before + 1, requests + 1)


def test_a_question_that_failed_outlives_other_pages_and_a_reload(asking: App, model: OpenAIServer) -> None:
    model.script(status(401))
    asking.ask(QUESTION)
    expect(asking.alerts.first).to_contain_text("HTTP 401")
    asking.go("Explore")
    asking.go("Ask")
    expect(asking.alerts.first).to_contain_text("HTTP 401")
    asking.reload()
    expect(asking.question_box).to_have_value(QUESTION)


FAULTS: dict[str, tuple[Behaviour, str]] = {
    "401": (status(401, f"Incorrect API key provided: {KEY}", "invalid_api_key"), "HTTP 401"),
    "500": (status(500), "HTTP 500"),
    "broken JSON": (body("{"), "OPENAI_BASE_URL"),
    "broken in the middle": (broken_event("Um pedaço"), "OPENAI_BASE_URL"),
    "connection dropped": (cut_connection("Um pedaço"), ""),
    "broken off": (truncated("Um pedaço de resposta"), "modelo-de-teste"),
    "HTML": (body("<html><script>alert(1)</script></html>", "text/html"), "HTML"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_explained_and_question_and_evidence_stay(
    fault: str, asking: App, asking_server: AppServer, model: OpenAIServer
) -> None:
    behaviour, said = FAULTS[fault]
    before = count(asking_server)
    model.script(behaviour)
    asking.ask(QUESTION)
    expect(asking.alerts.first).to_contain_text(said or re.compile(r"\w"))
    expect(
        asking.text("Your question and the segments are still here. Ask again when you like.")
    ).to_be_visible()
    expect(asking.question_box).to_have_value(QUESTION)
    expect(asking.cards.first).to_be_visible()
    assert count(asking_server) == before
    assert not asking.watch.received(KEY)

    model.script(answer(ANSWER))
    asking.button("Ask").click()
    expect(asking.page).to_have_url(re.compile(r"[?&]answer=\d+"))
    expect(asking.citations).to_have_text(["1", "2"])
    expect(asking.alerts).to_have_count(0)
    assert count(asking_server) == before + 1
    assert asking.watch.problems == []


def test_a_server_that_is_busy_for_a_moment_is_asked_again(
    asking: App, asking_server: AppServer, model: OpenAIServer
) -> None:
    model.script(status(429, headers={"retry-after": "0"}), answer(ANSWER))
    asking.ask(QUESTION)
    expect(asking.page).to_have_url(re.compile(r"[?&]answer=\d+"))
    expect(asking.citations).to_have_text(["1", "2"])
    expect(asking.alerts).to_have_count(0)
