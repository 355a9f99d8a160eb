"""What strangers wrote is drawn as what they wrote: nothing runs, nothing is fetched or formatted."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.config import Settings
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewAnnotation, NewJudgement, Phase, Reference
from dashboard.records.formats import write_records
from dashboard.records.record import Record, RecordHit, RecordJudgement
from dashboard.services.importing import import_records
from dashboard.services.project import open_project
from tests.support.app import App
from tests.support.app_server import AppServer
from tests.support.project import add_answer, add_video

ATTACK = (
    "<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) "
    "![](http://example.invalid/q.png) $x$ :red[x] :material/home: **b** `c` ~~d~~ &lt; "
    "<b> a -> b <- c >= d -- e"
)
JOINER = "\N{WORD JOINER}"
LINKS = ("javascript:alert(4)", "data:text/html,<script>alert(5)</script>", "//example.invalid/x")


def attack(place: str) -> str:
    """Return the attack with the name of the place where it was planted."""
    return f"{place} {ATTACK}"


@pytest.fixture
def hostile(tmp_path: Path, serve: Callable[..., AppServer], new_tab: Callable[..., Page]) -> App:
    """An app whose only record attacks from every field."""
    record = Record(
        number=1,
        question=attack("QUESTION"),
        retriever="E5",
        hits=tuple(
            RecordHit(
                corpus_id=rank,
                score=0.9 - rank / 100,
                start_s=1.0,
                end_s=2.0,
                text=attack(f"SEGMENT{rank}"),
                video_id=f"v{rank}",
                title=attack(f"TITLE{rank}"),
            )
            for rank in (1, 2, 3)
        ),
        answer=attack("ANSWER [1]"),
        references=(Reference(attack("REFERENCE"), ""),),
        annotations=(NewAnnotation("e1", attack("PERSON"), Label.CORRECT, Phase.BLIND, note=attack("NOTE")),),
        judgements=(
            RecordJudgement(
                JudgeConfig(attack("JUDGE"), "rubric", "1", "model"),
                NewJudgement(3.0, 1.0, Label.CORRECT, reasoning=attack("REASONING")),
            ),
            RecordJudgement(
                JudgeConfig("other", "rubric", "1", "model"),
                NewJudgement(None, None, None, raw_reply="?", error=attack("ERROR")),
            ),
        ),
        tags=(attack("TAG"),),
        reference_answer=attack("EXPECTED"),
        run=attack("RUN"),
        model=attack("MODEL"),
    )
    path = tmp_path / "records.jsonl"
    with path.open("wb") as file:
        write_records([record], "jsonl", file)
    project = open_project(Settings(data_dir=tmp_path / "hostile"))
    assert import_records(project, [path]).problems == []
    # Import refuses such links; a database that was written by something else may hold them.
    segments = [add_video(project.store, f"w{at}", url=link)[0] for at, link in enumerate(LINKS)]
    add_answer(project.store, "Links?", segments)
    project.close()
    return App(new_tab(), serve(tmp_path / "hostile").url)


def expect_as_written(app: App, *places: str) -> None:
    """Expect the attack at each place, letter by letter, whatever the white space and invisible joiners."""
    for place in places:
        wanted = "".join(attack(place).split())
        expect(app.main).to_contain_text(re.compile(f"[\\s{JOINER}]*".join(map(re.escape, wanted))))


def expect_harmless(app: App) -> None:
    """Expect that nothing ran, that nothing was asked for outside, and that links lead to web pages only."""
    assert app.watch.problems == []
    assert app.watch.outside == []
    schemes = app.main.locator("a[href]").evaluate_all("links => links.map(link => link.protocol)")
    assert set(schemes) <= {"http:", "https:"}
    assert app.main.locator("img[src*='example'], img[src='x'], .katex").count() == 0


def test_a_record_is_drawn_as_it_was_written(hostile: App) -> None:
    hostile.open("explore", answer=1)
    for closed in ("Reference answer", "Run"):
        hostile.unfold(closed)
    expect_as_written(hostile, "QUESTION", "TAG", "EXPECTED", "PERSON", "NOTE", "JUDGE", "REASONING", "ERROR")
    expect_as_written(hostile, "RUN", "MODEL", "REFERENCE", "TITLE1", "TITLE3", "SEGMENT1", "SEGMENT2")
    expect_harmless(hostile)


def test_links_that_are_not_web_addresses_are_not_links(hostile: App) -> None:
    hostile.open("explore", answer=2)
    expect(hostile.question("Links?")).to_be_visible()
    expect(hostile.cards).to_have_count(3)
    expect_harmless(hostile)
    hostile.open("annotate", answer=2, who="Ana")
    expect(hostile.cards).to_have_count(3)
    expect_harmless(hostile)


def test_lists_and_choices_are_drawn_as_they_were_written(hostile: App) -> None:
    hostile.open("explore")
    expect(hostile.lines.first).to_contain_text(attack("QUESTION")[:100])
    hostile.box("Tag").click()
    expect(hostile.page.get_by_role("option", name=attack("TAG")[:50])).to_be_visible()
    expect_harmless(hostile)

    hostile.open("agreement")
    expect(hostile.box("Judge")).to_be_visible()
    expect_harmless(hostile)
    hostile.open("corpus")
    expect(hostile.tabs.first).to_be_visible()
    expect_harmless(hostile)


def test_labelling_and_asking_pages_are_drawn_as_they_were_written(hostile: App) -> None:
    person = f"EU {ATTACK}"
    hostile.open("annotate", who=person)
    expect(hostile.name_box).to_have_value(person[:200].strip())
    expect_as_written(hostile, "QUESTION", "TITLE1", "SEGMENT1", "REFERENCE")
    hostile.label_button(Label.CORRECT).click()
    hostile.button("Previous").click()
    hostile.unfold("What judges and other people said")
    expect_as_written(hostile, "QUESTION", "REASONING", "JUDGE")
    expect_harmless(hostile)

    hostile.open("ask", answer=1)
    expect_as_written(hostile, "QUESTION", "RUN", "MODEL", "TITLE1", "SEGMENT1")
    expect_harmless(hostile)
