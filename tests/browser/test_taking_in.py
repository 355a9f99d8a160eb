"""Lectures and records that people bring."""

import re
from pathlib import Path

from playwright.sync_api import expect

from dashboard.store.browse import AnswerFilter, count_answers
from dashboard.store.store import open_store
from tests.records.samples import record
from tests.support.app import App

CAPTIONS = """1
00:00:05,000 --> 00:00:12,000
O ornitorrinco é um mamífero que põe ovos e vive na Austrália.

2
00:00:12,000 --> 00:00:20,000
Ele tem bico de pato, cauda de castor e um esporão com veneno.
"""


def count(folder: Path) -> int:
    """Return how many answers a project holds."""
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    with store.read() as session:
        found = count_answers(session, AnswerFilter())
    store.close()
    return found


def test_an_uploaded_lecture_is_taken_in_and_found(own_app: App) -> None:
    own_app.open("corpus")
    own_app.tab("Take lectures in")
    own_app.upload("ornitorrinco.srt", CAPTIONS)
    expect(own_app.main.get_by_text("ornitorrinco.srt")).to_be_visible()
    own_app.note_progress_bars()
    own_app.button("Take in").click()
    expect(
        own_app.text(
            "{videos} lectures taken in, {skipped} unchanged, {segments} new segments, {embedded} embedded.",
            videos=1,
            skipped=0,
            segments=1,
            embedded=1,
        )
    ).to_be_visible()
    own_app.expect_progress_bar_was_drawn()

    own_app.go("Ask")
    own_app.ask("O ornitorrinco põe ovos?")
    expect(own_app.cards.first).to_contain_text("00:05–00:20")
    expect(own_app.main.get_by_text(re.compile("bico de pato"))).to_be_visible()


def test_an_unreadable_lecture_is_named_and_nothing_is_taken_in(own_app: App) -> None:
    own_app.open("corpus")
    own_app.tab("Take lectures in")
    own_app.upload("vazia.srt", "isto não é uma legenda")
    expect(own_app.main.get_by_text("vazia.srt")).to_be_visible()
    own_app.button("Take in").click()
    expect(own_app.alerts.filter(has_text="vazia.srt")).to_be_visible()


def test_a_bad_record_file_shows_its_problems_with_their_lines_and_stores_nothing(
    own_app: App, own_project: Path
) -> None:
    before = count(own_project)
    bad = record(7, segments=2).replace("0.8537889719009399", "muito alto", 1)
    own_app.open("project")
    own_app.upload("ruim.md", bad)
    line = bad[: bad.index("muito alto")].count("\n") + 1
    expect(own_app.alerts.filter(has_text="ruim.md")).to_contain_text(
        own_app.say("line {line}").format(line=line)
    )
    expect(own_app.button("Store these records")).to_have_count(0)
    expect(own_app.button("Store the good records")).to_have_count(0)
    assert count(own_project) == before


def test_good_records_are_stored_after_the_click_and_not_before(own_app: App, own_project: Path) -> None:
    before = count(own_project)
    own_app.open("project")
    own_app.upload("bons.md", record(901, segments=2) + record(902, segments=2))
    expect(own_app.text("These files hold:")).to_be_visible()
    assert count(own_project) == before

    own_app.button("Store these records").click()
    expect(own_app.text("Stored, without what was there already:")).to_be_visible()
    assert count(own_project) == before + 2

    own_app.go("Explore")
    own_app.fill("Text in question or answer", "Anda contra o gradiente")
    expect(own_app.lines).to_have_count(2)


def test_good_records_beside_bad_ones_are_offered_as_such(own_app: App, own_project: Path) -> None:
    before = count(own_project)
    bad = record(7, segments=2).replace("0.8537889719009399", "muito alto", 1)
    own_app.open("project")
    own_app.upload("misto.md", record(903, segments=2) + bad)
    expect(own_app.alerts.filter(has_text="misto.md").first).to_be_visible()
    own_app.button("Store the good records").click()
    expect(own_app.text("Stored, without what was there already:")).to_be_visible()
    assert count(own_project) == before + 1
