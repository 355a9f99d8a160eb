"""Adjudicating: a key and a reason settle an answer, the next one follows, and agreement counts it."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.labels import Label
from dashboard.models import Adjudication
from dashboard.store.adjudications import adjudications
from dashboard.store.store import open_store
from tests.support.app import App
from tests.support.project import label
from tests.support.seeding import JUDGE, QUESTIONS, SECRET, seeded_answers

ALFA, BETA = QUESTIONS[:2]


@pytest.fixture
def answers(own_project: Path) -> list[int]:
    """The first two seeded answers, on which Bia differs from Ana."""
    first, second, *_rest = seeded_answers(own_project)
    store = open_store(f"sqlite:///{own_project / 'veredito.db'}")
    label(store, first, "I", "Bia", note="falta a prova")
    label(store, second, "I", "Bia")
    store.close()
    return [first, second]


@pytest.fixture
def bench(answers: list[int], own_app: App) -> App:
    """The bench of Zilda, who has the first of them before her."""
    own_app.open("adjudicate", answer=answers[0], who="Zilda")
    expect(own_app.question(ALFA)).to_be_visible()
    expect(own_app.label_button(Label.PARTIAL)).to_be_visible()
    return own_app


def settled(folder: Path, answer_id: int) -> list[Adjudication]:
    """Return what the database holds of an answer's adjudications."""
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    try:
        with store.read() as session:
            return adjudications(session, [answer_id]).get(answer_id, [])
    finally:
        store.close()


def test_a_key_and_a_reason_settle_an_answer_for_good_and_for_agreement(
    bench: App, answers: list[int], own_project: Path, new_tab: Callable[..., Page]
) -> None:
    reader = App(new_tab(), bench.url)
    reader.open("agreement")
    reader.choose("Judge", JUDGE.name)
    expect(reader.page).to_have_url(re.compile("judge="))
    reader.reload()
    before = reader.confusion_total()
    for shown in ("Ana", "Bia", "falta a prova"):
        expect(bench.main.get_by_text(shown, exact=True)).to_be_visible()

    bench.page.keyboard.press("n")
    expect(bench.reason).to_be_focused()
    bench.page.keyboard.type("faltam 1, 2 e 3")
    bench.page.keyboard.press("Escape")
    bench.page.keyboard.press("2")

    expect(bench.question(BETA)).to_be_visible()
    expect(bench.reason).to_have_value("")
    (kept,) = settled(own_project, answers[0])
    assert (kept.annotator, kept.label, kept.reason) == ("Zilda", Label.PARTIAL, "faltam 1, 2 e 3")
    assert kept.seconds is not None and kept.seconds > 0
    bench.reload()
    expect(bench.question(BETA)).to_be_visible()
    bench.last_settled.click()
    expect(bench.question(ALFA)).to_be_visible()
    expect(bench.label_button(Label.PARTIAL)).to_have_attribute("kind", "primary")
    expect(bench.reason).to_have_value("faltam 1, 2 e 3")
    assert bench.watch.problems == []

    reader.reload()
    reader.expect_confusion_total(before + 1)


def test_the_judge_is_sent_only_once_asked_for_and_the_arrows_turn_the_pages(
    bench: App, answers: list[int], own_project: Path
) -> None:
    bench.settle()
    assert not bench.watch.received(SECRET)
    bench.page.keyboard.press("ArrowRight")
    expect(bench.question(BETA)).to_be_visible()
    bench.page.keyboard.press("ArrowLeft")
    expect(bench.question(ALFA)).to_be_visible()
    bench.settle()
    bench.page.keyboard.press("j")
    expect(bench.main.get_by_text(f"{SECRET} {answers[0]}")).to_be_visible()
    assert [settled(own_project, one) for one in answers] == [[], []]


def test_a_double_press_settles_once(bench: App, answers: list[int], own_project: Path) -> None:
    bench.label_button(Label.CORRECT).evaluate("button => { button.click(); button.click(); }")
    expect(bench.question(BETA)).to_be_visible()
    bench.settle()
    assert [one.label for one in settled(own_project, answers[0])] == [Label.CORRECT]
    assert settled(own_project, answers[1]) == []
