"""What strangers wrote is drawn as what they wrote: nothing runs, nothing is fetched or formatted."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from playwright.sync_api import Page, expect

from dashboard.campaigns import NewCampaign
from dashboard.config import Settings
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewAnnotation, NewJudgement, Phase, Reference
from dashboard.records.formats import write_records
from dashboard.records.record import Record, RecordHit, RecordJudgement
from dashboard.services import campaigns
from dashboard.services.importing import import_records
from dashboard.services.project import open_project
from dashboard.services.rubrics import save_rubric
from tests.hostile.inputs import DIRECTIVES, LINKS, MARKDOWN, SCRIPTS, TEXTS
from tests.support.app import PAGES, App
from tests.support.app_server import ForkedAppServer
from tests.support.project import add_answer, add_video

ATTACK = (
    "<img src=x onerror=alert(1)> <script>alert(2)</script> [x](javascript:alert(3)) "
    "![](http://example.invalid/q.png) $x$ :red[x] :material/home: **b** `c` ~~d~~ &lt; "
    "<b> a -> b <- c >= d -- e"
)
JOINER = "\N{WORD JOINER}"
BAD_LINKS = tuple(link.replace("\0", "").strip() for link in LINKS[:20])


def attack(place: str) -> str:
    """Return the attack with the name of the place where it was planted."""
    return f"{place} {ATTACK}"


PAYLOAD = "\n".join(
    text.replace("\0", "").encode("utf-8", "ignore").decode()
    for kind in ("script", "Markdown", "directive", "link", "formula", "statement", "character", "prompt")
    for text in TEXTS[kind]
)
"""Every hostile text that a database can hold, as one."""

MEMBER = f"C {ATTACK}"[:200].strip()

RUBRIC = f"""+++
name = "hostil"
language = "pt-BR"
title = {json.dumps(ATTACK)}
unit = "answer"
sees = ["question", "answer"]
scale = ["0", "1"]
partial_from = 1
correct_from = 1
+++
{PAYLOAD}
"""

INSIDE = """() => {
  const found = [];
  for (const element of document.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (/^on/i.test(name)) found.push(`${element.tagName} ${name}`);
      if (/^\\s*(javascript|vbscript|data:text)/i.test(value) && /href|src|action|data/.test(name))
        found.push(`${element.tagName} ${name}=${value.slice(0, 80)}`);
    }
    if (element.tagName === "SCRIPT" && /HIT/.test(element.textContent)) found.push("SCRIPT");
    if (/^(OBJECT|EMBED|BASE|FORM)$/.test(element.tagName) && /evil|HIT/.test(element.outerHTML))
      found.push(element.tagName);
  }
  if (window.HIT !== undefined) found.push("HIT");
  return found;
}"""


@pytest.fixture(scope="module")
def hostile_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Start the app on a project whose first record attacks from every field, and others with all texts."""
    folder = tmp_path_factory.mktemp("hostile")
    record = attacking_record()
    whole = replace(
        record,
        number=2,
        question=f"PAYLOAD {PAYLOAD}",
        answer=PAYLOAD,
        hits=tuple(
            replace(hit, text=PAYLOAD, title=PAYLOAD, video_id=f"p{hit.corpus_id}") for hit in record.hits
        ),
        references=(Reference(PAYLOAD, ""),),
        annotations=tuple(
            replace(one, event_id=f"p{place}", note=PAYLOAD, annotator=f"P{place} {ATTACK}"[:200])
            for place, one in enumerate(record.annotations * 2)
        ),
        judgements=tuple(
            replace(one, judgement=replace(one.judgement, reasoning=PAYLOAD, raw_reply=PAYLOAD))
            for one in record.judgements
        ),
        tags=tuple(text[:200] for text in (*SCRIPTS[:5], *MARKDOWN[:5], *DIRECTIVES)),
        reference_answer=PAYLOAD,
        run=PAYLOAD,
        model=PAYLOAD[:200],
    )
    path = folder / "records.jsonl"
    with path.open("wb") as file:
        write_records([record, whole], "jsonl", file)
    project = open_project(Settings(data_dir=folder / "project", retriever="lexical"))
    report = import_records(project, [path])
    assert report.problems == []
    # Import refuses such links; a database that was written by something else may hold them.
    segments = [add_video(project.store, f"w{at}", url=link)[0] for at, link in enumerate(BAD_LINKS)]
    add_answer(project.store, "Links?", segments)
    campaigns.create_campaign(
        project,
        NewCampaign(attack("CAMPAIGN")[:200], members=(MEMBER,), guidelines=f"{ATTACK}\n\n{PAYLOAD}"),
        MEMBER,
        answer_ids=report.answer_ids,
    )
    save_rubric(project, RUBRIC, f"R {ATTACK}"[:200])
    project.close()
    with ForkedAppServer(folder / "project") as server:
        yield server.url


@pytest.fixture
def hostile(hostile_url: str, new_tab: Callable[..., Page]) -> App:
    """Open a tab on the hostile project."""
    return App(new_tab(), hostile_url)


def attacking_record() -> Record:
    return Record(
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


def expect_as_written(app: App, *places: str) -> None:
    """Expect the attack at each place, letter by letter, whatever the white space and invisible joiners."""
    for place in places:
        expect(app.main).to_contain_text(as_written(attack(place)))


def as_written(text: str) -> re.Pattern[str]:
    return re.compile(f"[\\s{JOINER}]*".join(map(re.escape, "".join(text.split()))))


def expect_harmless(app: App, *, has_guidelines: bool = False) -> None:
    """Expect that nothing ran, that nothing was asked for outside, and that no text became a link or formula.

    Guidelines are Markdown that people of the project write, so they may have links to web pages.
    """
    assert app.watch.problems == []
    assert app.watch.outside == []
    others = (
        "links => links.filter(a => !/^(https?)?:$/.test(a.protocol)).map(a => a.outerHTML.slice(0, 200))"
    )
    assert app.main.locator("a[href]").evaluate_all(others) == []
    assert app.main.locator("img[src*='example'], img[src='x'], img[src*='evil']").count() == 0
    assert app.page.evaluate(INSIDE) == []
    if not has_guidelines:
        links = app.main.locator("a[href*='invalid']:not([href^='#'])").evaluate_all(
            "all => all.map(a => a.outerHTML)"
        )
        assert links == []
        assert app.main.locator(".katex").count() == 0


def test_a_record_is_drawn_as_it_was_written(hostile: App) -> None:
    hostile.open("explore", answer=1)
    for closed in ("Reference answer", "Run"):
        hostile.unfold(closed)
    expect_as_written(hostile, "QUESTION", "TAG", "EXPECTED", "PERSON", "NOTE", "JUDGE", "REASONING", "ERROR")
    expect_as_written(hostile, "RUN", "MODEL", "REFERENCE", "TITLE1", "TITLE3", "SEGMENT1", "SEGMENT2")
    expect_harmless(hostile)


def test_links_that_are_not_web_addresses_are_not_links(hostile: App) -> None:
    hostile.open("explore", answer=3)
    expect(hostile.question("Links?")).to_be_visible()
    expect(hostile.cards).to_have_count(len(BAD_LINKS))
    expect_harmless(hostile)
    expect(hostile.cards.locator("a[href]")).to_have_count(0)


def test_lists_and_choices_are_drawn_as_they_were_written(hostile: App) -> None:
    hostile.open("explore")
    expect(hostile.main).to_contain_text(as_written(attack("QUESTION")[:80]))
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


@pytest.mark.parametrize("path", PAGES)
def test_nothing_of_two_hundred_texts_runs_or_is_fetched_on_any_page(hostile: App, path: str) -> None:
    hostile.open(path, who=MEMBER, lang="en")
    expect_harmless(hostile, has_guidelines=path == "annotate")
    if path in ("explore", "ask"):
        hostile.open(path, answer=2, lang="en")
        expect_harmless(hostile)
    if path == "campaigns":
        hostile.open(path, campaign=1, lang="en")
        expect_harmless(hostile, has_guidelines=True)
