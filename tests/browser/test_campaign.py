"""A campaign in the browser: keys alone, nothing lost, nothing told before the label."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from dashboard.campaigns import Draft, NewCampaign, Order
from dashboard.config import Settings
from dashboard.labels import Label
from dashboard.models import Annotation, Phase
from dashboard.responses import Flag, Kind, Reason, Verdict
from dashboard.services.campaigns import create_campaign
from dashboard.services.desk import sit_down
from dashboard.services.project import Project, open_project
from dashboard.store import annotations, relevance, supports
from dashboard.store.browse import AnswerFilter
from tests.support import project as made
from tests.support.app import App
from tests.support.app_server import AppServer
from tests.support.seeding import JUDGE, QUESTIONS, SECRET, TAG

RUN = "execução de prova"
NOTE = "NOTAALHEIA"
NAME = "piloto"


@pytest.fixture
def project(own_project: Path):
    """The project, beside the app."""
    opened = open_project(Settings(data_dir=own_project))
    yield opened
    opened.close()


def campaign(project: Project, chosen: AnswerFilter, **rules: object) -> int:
    """Make a campaign whose answers come by question number."""
    new = NewCampaign(NAME, **{"order": Order.QUESTION, **rules})  # type: ignore[arg-type]
    return create_campaign(project, new, "Zilda", chosen)


def said(project: Project, who: str = "Bia") -> list[Annotation]:
    """Return what a person said in the campaign, oldest first."""
    with project.store.read() as session:
        return [event for _, event in annotations.events_of_campaign(session, NAME, who)]


@pytest.fixture
def desk(own_app: App, project: Project) -> App:
    """The desk of Bia, in a campaign over the four seeded answers."""
    key = campaign(project, AnswerFilter(tag=TAG), guidelines="Leia a pergunta inteira.")
    own_app.open("annotate", who="Bia", campaign=key)
    expect(own_app.question(QUESTIONS[0])).to_be_visible()
    expect(own_app.cards).to_have_count(5)
    own_app.await_keys()
    return own_app


def expect_place(app: App, key: int, place: int) -> None:
    """Expect the labels of a place, which are drawn after what stands above them."""
    expect(app.main.locator(f".st-key-label-C-{key}-{place} button")).to_be_visible()


def press(app: App, *keys: str) -> None:
    """Press keys, one after the other, each on a page that stands."""
    for key in keys:
        app.settle()
        app.page.keyboard.press(key)


def test_twenty_answers_are_labelled_with_the_keyboard_alone(own_app: App, project: Project) -> None:
    key = campaign(project, AnswerFilter())
    own_app.open("annotate", who="Bia", campaign=key)
    own_app.await_keys()
    _, total = own_app.progress()
    for number in range(20):
        press(own_app, "123"[number % 3])
        own_app.expect_progress(number + 1, total)
    assert [event.label for event in said(project)] == list("CPI" * 6 + "CP")
    assert all(event.phase is Phase.BLIND and event.campaign == NAME for event in said(project))
    assert own_app.watch.problems == []


def test_many_labels_leave_nothing_behind_in_the_page(own_app: App, project: Project) -> None:
    key = campaign(project, AnswerFilter(tag=TAG), labels_per_answer=9)
    own_app.open("annotate", who="Bia", campaign=key)
    own_app.await_keys()
    elements = []
    places = range(1, len(QUESTIONS) + 1)
    for _ in range(4):
        for place in places:
            expect_place(own_app, key, place)
            press(own_app, "1")
        expect(own_app.text("You have labelled all that waited for you. Thank you!")).to_be_visible()
        for place in reversed(places):
            press(own_app, "u")
            expect_place(own_app, key, place)
        own_app.settle()
        elements.append(own_app.page.evaluate("() => document.querySelectorAll('*').length"))
    assert max(elements[2:]) <= elements[1] + 5, elements


def test_nothing_of_judge_run_model_or_other_people_reaches_the_browser(
    own_app: App, project: Project
) -> None:
    key = campaign(project, AnswerFilter(tag=TAG), labels_per_answer=3)
    other = sit_down(project, "Xisto", key)
    assert other.answer is not None
    made.label(project.store, other.answer.answer_id, "I", "Xisto", note=NOTE)
    own_app.open("annotate", who="Bia", campaign=key)
    own_app.await_keys()
    for number, question in enumerate(QUESTIONS):
        expect(own_app.question(question)).to_be_visible()
        own_app.settle()
        press(own_app, "123"[number % 3])
    expect(own_app.text("You have labelled all that waited for you. Thank you!")).to_be_visible()
    for secret in (SECRET, JUDGE.name, JUDGE.model, JUDGE.rubric, RUN, NOTE):
        assert not own_app.watch.received(secret), secret

    press(own_app, "j")
    expect(own_app.page.get_by_text(SECRET)).to_be_visible()
    assert own_app.watch.received(SECRET)


def test_in_an_open_campaign_the_verdicts_are_in_view_and_labels_are_revealed(
    own_app: App, project: Project
) -> None:
    key = campaign(project, AnswerFilter(tag=TAG), is_blind=False)
    own_app.open("annotate", who="Bia", campaign=key)
    own_app.await_keys()
    expect(own_app.page.get_by_text(SECRET)).to_be_visible()
    press(own_app, "1")
    expect(own_app.question(QUESTIONS[1])).to_be_visible()
    assert [event.phase for event in said(project)] == [Phase.REVEALED]


def test_undo_skip_and_back_by_key(desk: App, project: Project) -> None:
    press(desk, "2")
    expect(desk.question(QUESTIONS[1])).to_be_visible()
    press(desk, "u")
    expect(desk.question(QUESTIONS[0])).to_be_visible()
    expect(desk.label_button(Label.PARTIAL)).to_have_attribute("kind", "primary")
    press(desk, "3")
    expect(desk.question(QUESTIONS[1])).to_be_visible()
    press(desk, "s")
    expect(desk.question(QUESTIONS[2])).to_be_visible()
    press(desk, "b")
    expect(desk.question(QUESTIONS[1])).to_be_visible()
    press(desk, "b")
    expect(desk.question(QUESTIONS[0])).to_be_visible()
    expect(desk.label_button(Label.INCORRECT)).to_have_attribute("kind", "primary")
    assert [(event.kind, event.label) for event in said(project)] == [
        (Kind.LABEL, Label.PARTIAL),
        (Kind.WITHDRAWN, None),
        (Kind.LABEL, Label.INCORRECT),
        (Kind.SKIP, None),
    ]


def test_cannot_tell_asks_for_its_reason_and_goes_on(desk: App, project: Project) -> None:
    press(desk, "4")
    expect(desk.page.get_by_role("button", name=desk.say("The evidence does not settle it"))).to_be_visible()
    press(desk, "5")
    expect(desk.question(QUESTIONS[1])).to_be_visible()
    (event,) = said(project)
    assert (event.kind, event.label, event.reason) == (Kind.CANNOT_TELL, None, Reason.EVIDENCE)


def test_note_flags_and_second_label_are_drafts_until_they_go_with_the_label(
    desk: App,
    project: Project,
    serve: Callable[..., AppServer],
    own_project: Path,
    new_tab: Callable[..., Page],
) -> None:
    press(desk, "n")
    expect(desk.note).to_be_focused()
    desk.page.keyboard.type("falta a unidade")
    press(desk, "Escape", "f")
    desk.page.get_by_role("button", name=desk.say("Evidence missing")).click()
    press(desk, "Escape", "a")
    desk.page.get_by_role("radio", name=re.compile("^P")).click()
    kept = Draft("falta a unidade", (Flag.EVIDENCE_MISSING,), Label.PARTIAL)
    desk.wait_until(lambda: sit_down(project, "Bia", 1).draft == kept)

    elsewhere = App(new_tab(), serve(own_project).url)
    elsewhere.open("annotate", who="Bia", campaign=1)
    expect(elsewhere.question(QUESTIONS[0])).to_be_visible()
    expect(elsewhere.note).to_have_value("falta a unidade")
    elsewhere.label_button(Label.CORRECT).click()
    expect(elsewhere.question(QUESTIONS[1])).to_be_visible()
    expect(elsewhere.note).to_have_value("")
    (event,) = said(project)
    assert (event.label, event.note, event.flags, event.also) == (
        Label.CORRECT,
        kept.note,
        kept.flags,
        kept.also,
    )


def test_text_that_is_still_being_typed_is_kept_without_leaving_the_note(desk: App, project: Project) -> None:
    press(desk, "n")
    desk.page.keyboard.type("meia fra")
    desk.wait_until(lambda: sit_down(project, "Bia", 1).draft.note == "meia fra")
    expect(desk.note).to_be_focused()
    desk.reload()
    expect(desk.note).to_have_value("meia fra")


def test_relevance_and_citations_are_graded_by_key(desk: App, project: Project) -> None:
    press(desk, "Shift+Digit2")
    expect(desk.cards.nth(1)).to_have_attribute("kind", "primary")
    press(desk, "g", "3", "t", "2")
    grade = desk.main.locator('.st-key-playing-card [class*="st-key-grade-"] button').nth(3)
    expect(grade).to_have_attribute("aria-checked", "true")
    desk.wait_until(lambda: bool(sit_down(project, "Bia", 1).supports))
    desk_now = sit_down(project, "Bia", 1)
    assert desk_now.answer is not None
    second = desk_now.answer.hits[1].segment.segment_id
    assert dict(desk_now.grades) == {second: 3}
    assert dict(desk_now.supports) == {0: Verdict.PARTLY}
    with project.store.read() as session:
        (graded,) = relevance.relevance_of(session, [desk_now.answer.question.question_id]).values()
        assert [one.phase for one in graded] == [Phase.BLIND]
        (checked,) = supports.supports_of(session, [desk_now.answer.answer_id]).values()
        assert [(one.rank, one.verdict) for one in checked] == [(1, Verdict.PARTLY)]


def test_the_guidelines_and_the_keys_open_by_key(desk: App) -> None:
    press(desk, "d")
    expect(desk.page.get_by_text("Leia a pergunta inteira.")).to_be_visible()
    press(desk, "Escape", "p")
    expect(desk.page.get_by_text(desk.say("My progress"))).to_be_visible()
    press(desk, "Escape", "?")
    expect(desk.page.get_by_role("dialog").get_by_text(desk.say("This list"))).to_be_visible()


def test_keys_label_right_after_a_name_was_typed(own_app: App, project: Project) -> None:
    key = campaign(project, AnswerFilter(tag=TAG))
    own_app.open("annotate", campaign=key)
    own_app.sign_in("Bia")
    expect(own_app.question(QUESTIONS[0])).to_be_visible()
    expect(own_app.name_box).not_to_be_focused()
    press(own_app, "2")
    expect(own_app.question(QUESTIONS[1])).to_be_visible()
    assert [event.label for event in said(project)] == [Label.PARTIAL]


def test_a_double_click_gives_one_label_and_not_the_next_answers_too(desk: App, project: Project) -> None:
    desk.label_button(Label.CORRECT).dblclick(delay=5)
    expect(desk.question(QUESTIONS[1])).to_be_visible()
    desk.settle()
    assert len(said(project)) == 1


def test_a_key_struck_twice_labels_once_and_goes_on(desk: App, project: Project) -> None:
    desk.page.keyboard.press("1")
    desk.page.keyboard.press("1")
    expect(desk.question(QUESTIONS[1])).to_be_visible()
    desk.settle()
    assert len(said(project)) == 1


def test_a_key_held_down_labels_once(desk: App, project: Project) -> None:
    for _ in range(5):
        desk.page.keyboard.down("1")
    desk.page.keyboard.up("1")
    expect(desk.question(QUESTIONS[1])).to_be_visible()
    desk.settle()
    assert len(said(project)) == 1


def test_two_people_never_have_the_same_answer_when_it_needs_one_label(
    desk: App, project: Project, new_tab: Callable[..., Page]
) -> None:
    other = App(new_tab(), desk.url)
    other.open("annotate", who="Caio", campaign=1)
    expect(other.question(QUESTIONS[1])).to_be_visible()
    press(desk, "1")
    expect(desk.question(QUESTIONS[2])).to_be_visible()


def test_a_connection_that_is_cut_in_the_middle_of_a_note_costs_nothing(
    own_app: App, project: Project
) -> None:
    lines: list[WebSocketRoute] = []

    def through(line: WebSocketRoute) -> None:
        line.connect_to_server()
        lines.append(line)

    own_app.page.route_web_socket(re.compile("/_stcore/stream"), through)
    key = campaign(project, AnswerFilter(tag=TAG))
    own_app.open("annotate", who="Bia", campaign=key)
    expect(own_app.question(QUESTIONS[0])).to_be_visible()
    own_app.await_keys()
    press(own_app, "n")
    own_app.page.keyboard.type("antes do corte")
    own_app.wait_until(lambda: sit_down(project, "Bia", key).draft.note == "antes do corte")
    before = len(lines)
    lines[-1].close(code=1012)
    own_app.wait_until(lambda: len(lines) > before)
    expect(own_app.note).to_be_enabled()
    expect(own_app.note).to_have_value("antes do corte")
    own_app.note.click()
    own_app.page.keyboard.press("ControlOrMeta+End")
    own_app.page.keyboard.type(" e depois")
    own_app.wait_until(lambda: sit_down(project, "Bia", key).draft.note == "antes do corte e depois")
    press(own_app, "Escape", "1")
    expect(own_app.question(QUESTIONS[1])).to_be_visible()
    (event,) = said(project)
    assert (event.label, event.note) == (Label.CORRECT, "antes do corte e depois")
