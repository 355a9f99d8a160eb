"""Every page, through the menu and by cold links: no error in the console, no request to the outside."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.support.app import PAGES, App
from tests.support.seeding import JUDGE, QUESTIONS, TAG, seeded_answers

BETA = QUESTIONS[1]


def test_walking_through_the_menu_is_free_of_errors_and_asks_nobody_outside(app: App) -> None:
    app.open()
    app.sign_in("Ana")
    for entry in (*list(PAGES.values())[1:], "Home"):
        app.go(entry)
        app.expect_frame()
        expect(app.alerts).to_have_count(0)
    assert app.watch.problems == []
    assert app.watch.outside == []


def test_a_cold_link_to_any_page_keeps_the_frame(app: App) -> None:
    for path in PAGES:
        app.page.goto("about:blank")
        app.open(path)
        app.expect_frame()
        expect(app.alerts).to_have_count(0)
    assert app.watch.problems == []
    assert app.watch.outside == []


def test_a_cold_link_opens_that_record(app: App, shared_project: Path) -> None:
    answer_id = seeded_answers(shared_project)[1]
    app.open("explore", answer=answer_id)
    app.expect_frame()
    expect(app.question(BETA)).to_be_visible()
    expect(app.main.get_by_text(JUDGE.name)).to_be_visible()
    app.reload()
    expect(app.question(BETA)).to_be_visible()


def test_a_link_to_no_answer_is_met_kindly(app: App) -> None:
    for page in ("explore", "ask", "annotate"):
        app.open(page, answer="999999", who="Ana")
        app.expect_frame()
        expect(app.alerts).to_contain_text("999999")
    app.open("explore", answer="abc")
    expect(app.lines.first).to_be_visible()
    expect(app.alerts).to_have_count(0)
    assert app.watch.problems == []


def test_filters_in_the_address_open_the_same_list_and_survive_a_reload(app: App) -> None:
    app.open("explore")
    app.choose("Tag", TAG)
    app.choose("Label", app.say("Partial"))
    app.choose("Judge's label", app.say("Incorrect"))
    app.fill("Text in question or answer", "prova beta")
    expect(app.lines).to_have_count(1)
    expect(app.lines).to_contain_text(BETA)
    address = app.page.url
    assert "prova" in address

    app.reload()
    expect(app.lines).to_have_count(1)
    expect(app.lines).to_contain_text(BETA)

    app.page.goto("about:blank")
    app.page.goto(address)
    app.settle()
    expect(app.box("Tag")).to_have_value(TAG)
    expect(app.lines).to_have_count(1)
    expect(app.lines).to_contain_text(BETA)


def test_filters_are_still_there_after_looking_at_a_record(app: App) -> None:
    app.open("explore", text="prova beta")
    app.lines.first.click()
    expect(app.question(BETA)).to_be_visible()
    app.button("All answers").click()
    expect(app.lines).to_have_count(1)
    expect(app.lines).to_contain_text(BETA)


def test_filters_that_make_no_sense_or_find_nothing_are_met_kindly(app: App) -> None:
    app.open("explore", text="nada disto existe")
    expect(app.text("No answer passes these filters. Remove one of them.")).to_be_visible()
    app.open("explore", label="Z", run="abc", page="-3", judge_label="%00", annotator="ninguém", tag="<b>")
    expect(app.lines.first).to_be_visible()
    expect(app.alerts).to_have_count(0)


def test_the_chosen_name_goes_along_through_the_pages_and_a_reload(app: App) -> None:
    app.open()
    app.sign_in("Ana")
    app.go("Explore")
    app.go("Annotate")
    expect(app.name_box).to_have_value("Ana")
    expect(app.page).to_have_url(re.compile("who=Ana"))
    app.reload()
    expect(app.name_box).to_have_value("Ana")


def test_the_language_can_be_switched_and_goes_along(app: App) -> None:
    app.open()
    app.choose_language("English")
    english = App(app.page, app.url, "en")
    english.expect_frame()
    english.go("Explore")
    expect(english.box("Tag")).to_be_visible()
    english.reload()
    expect(english.box("Tag")).to_be_visible()
