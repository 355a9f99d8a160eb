"""Labelling: nothing is lost, nothing is stored twice, and the judge stays hidden until one has spoken."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.labels import Label
from dashboard.models import Annotation, Phase
from dashboard.responses import Kind
from dashboard.services.project import DEMO
from dashboard.store.annotations import history
from dashboard.store.store import Store, open_store
from tests.support.app import App
from tests.support.app_server import AppServer
from tests.support.seeding import JUDGE, QUESTIONS, SECRET, seeded_answers

GAMA, DELTA = QUESTIONS[2:]


@pytest.fixture
def answers(own_project: Path) -> list[int]:
    """The ids of the seeded answers, in the order of `QUESTIONS`."""
    return seeded_answers(own_project)


@pytest.fixture
def desk(own_app: App, answers: list[int]) -> App:
    """The desk of Bia, who has the third seeded answer before her."""
    own_app.open("annotate", answer=answers[2])
    own_app.sign_in("Bia")
    expect(own_app.question(GAMA)).to_be_visible()
    expect(own_app.label_button(Label.CORRECT)).to_be_visible()
    own_app.question(GAMA).click()
    return own_app


@contextmanager
def opened(folder: Path) -> Iterator[Store]:
    """Open the database of a data folder."""
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    try:
        yield store
    finally:
        store.close()


def labels_of(folder: Path, answer_id: int, annotator: str = "Bia") -> list[Annotation]:
    """Return what the database holds of a person's labels on an answer."""
    with opened(folder) as store, store.read() as session:
        return [one for one in history(session, answer_id) if one.annotator == annotator]


def test_a_label_given_with_its_key_is_stored_and_the_next_answer_is_shown(
    desk: App, own_project: Path, answers: list[int]
) -> None:
    done, total = desk.progress()
    desk.page.keyboard.press("1")

    expect(desk.question(DELTA)).to_be_visible()
    desk.expect_progress(done + 1, total)
    desk.reload()
    expect(desk.question(DELTA)).to_be_visible()
    desk.expect_progress(done + 1, total)
    desk.button("Previous").click()
    expect(desk.question(GAMA)).to_be_visible()
    expect(desk.label_button(Label.CORRECT)).to_have_attribute("kind", "primary")

    (stored,) = labels_of(own_project, answers[2])
    assert (stored.label, stored.phase) == (Label.CORRECT, Phase.BLIND)
    assert stored.seconds is not None and stored.seconds > 0


def test_a_label_reaches_the_confusion_matrix(desk: App, new_tab: Callable[..., Page]) -> None:
    reader = App(new_tab(), desk.url)
    reader.open("agreement")
    reader.choose("Judge", JUDGE.name)
    expect(reader.page).to_have_url(re.compile("judge="))
    reader.reload()
    before = reader.confusion_total()

    desk.page.keyboard.press("2")
    expect(desk.question(DELTA)).to_be_visible()

    reader.reload()
    reader.expect_confusion_total(before + 1)


def test_a_double_press_stores_one_label(desk: App, own_project: Path, answers: list[int]) -> None:
    desk.label_button(Label.PARTIAL).evaluate("button => { button.click(); button.click(); }")
    expect(desk.question(DELTA)).to_be_visible()
    desk.settle()
    desk.page.keyboard.press("Shift+ArrowLeft")
    expect(desk.question(GAMA)).to_be_visible()

    assert [one.label for one in labels_of(own_project, answers[2])] == [Label.PARTIAL]
    assert labels_of(own_project, answers[3]) == []


def test_the_judge_is_nowhere_in_the_browser_before_the_label_is_stored(
    desk: App, answers: list[int]
) -> None:
    secret = f"{SECRET} {answers[2]}"
    expect(desk.cards).to_have_count(5)
    desk.settle()
    assert SECRET not in desk.page.content()
    assert not desk.watch.received(SECRET)

    desk.page.keyboard.press("3")
    expect(desk.question(DELTA)).to_be_visible()
    desk.last_label.click()
    expect(desk.page.get_by_text(secret)).to_be_visible()
    assert desk.watch.received(secret)
    assert not desk.watch.received(f"{SECRET} {answers[3]}")

    desk.page.keyboard.press("Escape")
    desk.button("Previous").click()
    expect(desk.question(GAMA)).to_be_visible()
    desk.unfold("What judges and other people said")
    expect(desk.main.get_by_text(secret)).to_be_visible()


def test_a_note_is_stored_with_its_label(desk: App, own_project: Path, answers: list[int]) -> None:
    desk.note.fill("falta citar a fonte 1, 2 e 3")
    desk.label_button(Label.INCORRECT).click()
    expect(desk.question(DELTA)).to_be_visible()
    expect(desk.note).to_have_value("")

    (stored,) = labels_of(own_project, answers[2])
    assert (stored.label, stored.note) == (Label.INCORRECT, "falta citar a fonte 1, 2 e 3")


def test_a_second_label_after_the_judge_was_seen_is_kept_beside_the_first_as_revealed(
    desk: App, own_project: Path, answers: list[int]
) -> None:
    desk.page.keyboard.press("1")
    expect(desk.question(DELTA)).to_be_visible()
    desk.button("Previous").click()
    expect(desk.question(GAMA)).to_be_visible()
    desk.unfold("What judges and other people said")
    expect(desk.main.get_by_text(f"{SECRET} {answers[2]}")).to_be_visible()
    desk.label_button(Label.INCORRECT).click()
    expect(desk.question(DELTA)).to_be_visible()

    assert [(one.label, one.phase) for one in labels_of(own_project, answers[2])] == [
        (Label.CORRECT, Phase.BLIND),
        (Label.INCORRECT, Phase.REVEALED),
    ]


def test_skipping_gives_no_label(desk: App, own_project: Path, answers: list[int]) -> None:
    desk.page.keyboard.press("s")
    expect(desk.question(DELTA)).to_be_visible()
    assert [(one.kind, one.label) for one in labels_of(own_project, answers[2])] == [(Kind.SKIP, None)]


def test_without_a_name_nothing_can_be_labelled(app: App) -> None:
    app.open("annotate")
    expect(app.main.get_by_text(re.compile(re.escape(app.say("Choose or type your name"))))).to_be_visible()
    expect(app.label_button(Label.CORRECT)).to_have_count(0)


def test_nothing_lies_over_the_buttons_at_the_top_of_the_desk(
    own_project: Path, answers: list[int], serve: Callable[..., AppServer], new_tab: Callable[..., Page]
) -> None:
    with opened(own_project) as store:
        store.set_fact(DEMO, "")  # Without the demonstration's notice these buttons are highest up.
    app = App(new_tab(), serve(own_project).url)
    app.open("annotate", who="Bia", answer=answers[2])
    expect(app.question(GAMA)).to_be_visible()
    app.button("Previous").click()
    expect(app.question(QUESTIONS[1])).to_be_visible()
    app.button("Skip").click()
    expect(app.question(GAMA)).to_be_visible()
