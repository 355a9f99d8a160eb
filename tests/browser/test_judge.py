"""Judges at work in the browser: rubrics changed and tried, jobs stopped and continued, panels, samples."""

import re
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.app import App
from tests.support.app_server import AppServer, ForkedAppServer
from tests.support.judging import says
from tests.support.openai_server import KEY, Behaviour, OpenAIServer, ends_with
from tests.support.seeding import JUDGE, QUESTIONS, TAG, copy_project, seeded_answers

RUBRIC = "answer-relevance.pt-BR"


@pytest.fixture(scope="module")
def model() -> Iterator[OpenAIServer]:
    """Start a model server, whose behaviour each test sets."""
    with OpenAIServer() as server:
        yield server


@pytest.fixture(scope="module")
def judging_server(
    model: OpenAIServer, prepared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AppServer]:
    """Start the app with the model server."""
    folder = copy_project(prepared, tmp_path_factory.mktemp("judge") / "project")
    settings = {
        "VEREDITO_JUDGE_MODEL": "modelo-juiz",
        "OPENAI_BASE_URL": model.base_url,
        "OPENAI_API_KEY": KEY,
    }
    with ForkedAppServer(folder, **settings) as server:
        yield server


@pytest.fixture
def app(judging_server: AppServer, new_tab: Callable[..., Page]) -> App:
    """A tab on the app with the model server."""
    return App(new_tab(), judging_server.url)


def held(gate: threading.Event, then: Behaviour) -> Behaviour:
    """Answer only when the gate is open."""

    def behave(handler) -> None:
        gate.wait()
        then(handler)

    return behave


def badge(app: App, message: str) -> Locator:
    return app.main.locator(".stMarkdownBadge").filter(has_text=app.say(message)).first


def fill_number(app: App, message: str, value: object) -> None:
    app.fill(message, str(value))
    app.settle()


def begin(app: App, judge_model: str, numbers: dict[str, object] | None = None, **chosen: object) -> None:
    """Begin a job of a model of its own, so that no try of a test meets another's judge or replies."""
    app.open("judge", part="new", who="Ana", **(chosen or {"tag": TAG}))
    app.fill("Model", f"{judge_model}-{uuid4().hex[:8]}")
    app.settle()
    for message, value in (numbers or {}).items():
        fill_number(app, message, value)
    app.button("Start judging").click()
    expect(app.page).to_have_url(re.compile(r"[?&]job=\d+"))


def go_on(app: App, budget: int | None = None) -> None:
    """Let the job of the page go on, with another budget if one is given."""
    app.button("Continue").click()
    # It is drawn beside the page, not in it.
    popover = app.page.get_by_test_id("stPopoverBody")
    if budget is not None:
        box = popover.get_by_label(app.say("Budget in tokens"), exact=True)
        box.fill(str(budget))
        box.press("Enter")
        app.settle()
    popover.get_by_role("button", name=app.say("Go on under these limits")).click()


def test_a_rubric_is_tried_before_it_is_stored_and_its_versions_compared(
    app: App, model: OpenAIServer
) -> None:
    app.open("judge", part="rubrics", rubric=RUBRIC, who="Ana")
    editor = app.box("The rubric: its header, and below it the instructions")
    expect(editor).to_have_value(re.compile("Relevância da resposta"))
    before = editor.input_value()
    editor.fill(before.replace("+++", "++", 1))
    editor.blur()
    expect(app.alerts.first).to_contain_text("+++")
    # Another sentence and another version at each try of this test.
    sentence = f"Seja breve ao justificar ({uuid4().hex})."
    after = f"{before.rstrip()}\n{sentence}\n"
    editor.fill(after)
    editor.blur()
    expect(app.alerts).to_have_count(0)

    model.script(says(2, "Falta o **exemplo** pedido.\nScore: 3"))
    app.fill("Question number, or words of question or answer", QUESTIONS[0])
    expect(app.question(QUESTIONS[0])).to_be_visible()
    app.button("Try it").click()
    expect(app.main.get_by_text("Falta o **exemplo** pedido.").first).to_be_visible()
    expect(badge(app, "from stored reply")).to_have_count(0)
    assert sentence in model.requests[-1].json["messages"][0]["content"]
    app.unfold("Prompt to the letter")
    expect(app.main.get_by_test_id("stCode").filter(has_text=sentence)).to_be_visible()

    # What is not stored survives a look at another part.
    app.main.get_by_role("radio", name=app.say("Jobs"), exact=True).click()
    app.settle()
    app.main.get_by_role("radio", name=app.say("Rubrics"), exact=True).click()
    expect(editor).to_have_value(after)
    asked = len(model.requests)
    store = app.main.locator(".st-key-judge-save button")
    version = int(re.sub(r"\D", "", store.inner_text()))
    store.click()
    expect(app.text("Stored as version {number}.", number=version)).to_be_visible()
    expect(app.page).to_have_url(re.compile(rf"[?&]version={version}\b"))
    app.reload()
    diff = app.main.get_by_test_id("stCode").filter(has_text=f"+{sentence}")
    expect(diff).to_be_visible()
    expect(editor).to_have_value(after)

    app.fill("Question number, or words of question or answer", QUESTIONS[0])
    expect(app.question(QUESTIONS[0])).to_be_visible()
    app.button("Try it").click()
    expect(badge(app, "from stored reply")).to_be_visible()
    assert len(model.requests) == asked
    assert app.watch.problems == []


def test_a_spent_budget_ends_a_job_that_then_goes_on_with_more(app: App, model: OpenAIServer) -> None:
    model.script(says(3))
    asked = len(model.requests)
    begin(app, "modelo-caro", {"Budget in tokens": 300, "Answers at the same time": 1})
    expect(badge(app, "budget spent")).to_be_visible()
    expect(app.text("{done} of {total} answers", done=2, total=4)).to_be_visible()
    assert len(model.requests) == asked + 2
    app.reload()
    go_on(app, budget=10_000)
    expect(badge(app, "done")).to_be_visible()
    expect(app.text("{done} of {total} answers", done=4, total=4)).to_be_visible()
    assert len(model.requests) == asked + 4
    assert not app.watch.received(KEY)
    assert app.watch.problems == []


def test_a_job_outlives_its_page_and_can_be_stopped(app: App, model: OpenAIServer) -> None:
    gate = threading.Event()
    model.script(held(gate, says(1)))
    asked = len(model.requests)
    try:
        begin(app, "modelo-lento", {"Answers at the same time": 1})
        expect(badge(app, "running")).to_be_visible()
        app.wait_until(lambda: len(model.requests) == asked + 1)
        app.reload()
        expect(badge(app, "running")).to_be_visible()
        app.button("Stop").click()
        expect(badge(app, "being stopped")).to_be_visible()
    finally:
        gate.set()
    expect(badge(app, "stopped")).to_be_visible()
    app.wait_until(lambda: app.reload() is None and app.text("{count} judged", count=1).count() == 1)
    assert len(model.requests) == asked + 1
    go_on(app)
    expect(badge(app, "done")).to_be_visible()
    expect(app.text("{count} judged", count=4)).to_be_visible()
    assert len(model.requests) == asked + 4
    assert app.watch.problems == []


def test_only_what_is_unscored_is_asked_again(app: App, model: OpenAIServer) -> None:
    model.script(ends_with("content_filter"), says(2))
    begin(app, "modelo-filtrado", {"Answers at the same time": 1})
    retry = app.main.get_by_role("button", name=app.say("Retry {count} unscored").format(count=1))
    expect(retry).to_be_visible()
    expect(app.text("{count} judged", count=3)).to_be_visible()
    asked = len(model.requests)
    retry.click()
    expect(app.text("{done} of {total} answers", done=1, total=1)).to_be_visible()
    expect(badge(app, "done")).to_be_visible()
    assert len(model.requests) == asked + 1
    assert app.watch.problems == []


def test_samples_show_how_steady_the_judge_is(
    app: App, model: OpenAIServer, judging_server: AppServer
) -> None:
    model.script(says(0), says(3), says(2, "Quase tudo."))
    begin(app, "modelo-amostras", {"Samples of each answer": 3}, text=QUESTIONS[1])
    expect(badge(app, "done")).to_be_visible()
    app.open("explore", who="Ana", answer=seeded_answers(judging_server.data_dir)[1])
    expect(app.main.get_by_text("Quase tudo.").first).to_be_visible()
    expect(app.main.get_by_text(app.say("{count} samples").format(count=3))).to_be_visible()
    spread = app.say("spread {spread} (highest less lowest raw score)").format(spread=3)
    expect(app.main.get_by_text(spread)).to_be_visible()
    assert app.watch.problems == []


def test_a_panel_is_made_of_judges_and_compared_with_them(
    app: App, model: OpenAIServer, judging_server: AppServer
) -> None:
    model.script(says(0))
    begin(app, "modelo-severo")
    expect(badge(app, "done")).to_be_visible()
    app.open("judge", part="new", kind="panel", tag=TAG, who="Ana")
    members = app.main.get_by_role("combobox", name=app.say("Members"))
    for name in (JUDGE.name, "modelo-severo"):
        members.fill(name)
        app.page.get_by_role("option", name=name).first.click()
        app.settle()
    app.page.keyboard.press("Escape")
    app.main.get_by_role("radio", name=app.say("median"), exact=True).click()
    app.settle()
    app.button("Start judging").click()
    expect(badge(app, "done")).to_be_visible()
    app.open("explore", who="Ana", answer=seeded_answers(judging_server.data_dir)[0])
    expect(app.main.get_by_text(re.compile(rf"^{app.say('median')}: ")).first).to_be_visible()

    app.open("judge", part="judges", who="Ana")
    expect(app.main.locator("table").first).to_contain_text("modelo-severo")
    expect(app.main.get_by_test_id("stPlotlyChart")).to_be_visible()
    expect(app.alerts).to_have_count(0)
    assert app.watch.problems == []
