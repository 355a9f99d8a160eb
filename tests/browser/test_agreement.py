"""The page of agreement in a real browser: a cell that is clicked lists its answers, downloads are whole."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from dashboard.store.store import open_store
from dashboard.ui.agreement.parts import PARTS
from tests.support import project as made
from tests.support.app import App
from tests.support.seeding import seeded_answers


def test_a_click_on_a_cell_leads_to_exactly_its_answers(own_app: App, own_project: Path) -> None:
    answers = seeded_answers(own_project)
    strict = made.JudgeConfig("strict", "answer-relevance", "1", "test-judge")
    with_labels(own_project, answers, strict)
    own_app.open("agreement", cell="")
    before = own_app.page.url
    own_app.choose("Judge", "strict")
    expect(own_app.page).not_to_have_url(before)
    own_app.settle()
    own_app.reload()
    expect(own_app.matrix).to_have_count(9)

    # Rows and columns are I, P, C: people C, judge I is the first cell of the last row.
    own_app.click_cell(6)

    expect(own_app.page).to_have_url(re.compile(r"[?&]cell=C-I(&|$)"))
    own_app.settle()
    expect(own_app.answer_links).to_have_count(2)
    found = {own_app.answer_links.nth(at).get_attribute("href") or "" for at in range(2)}
    assert {int(re.search(r"answer=(\d+)", one)[1]) for one in found} == set(answers[:2])

    own_app.answer_links.first.click()
    own_app.page.wait_for_url(re.compile(r"/explore\?.*answer=\d+"))
    own_app.settle()
    assert own_app.watch.problems == []


def test_tables_are_downloaded_in_the_language_of_the_page(own_app: App, own_project: Path) -> None:
    answers = seeded_answers(own_project)
    with_labels(own_project, answers, made.JudgeConfig("strict", "answer-relevance", "1", "test-judge"))
    for language, word in (("pt-BR", "Valor"), ("en", "Value")):
        own_app.open("agreement", part="coefficients", lang=language)
        with own_app.page.expect_download() as download:
            own_app.main.get_by_role("button", name="LaTeX").first.click()
        text = Path(download.value.path()).read_text(encoding="utf-8")
        assert r"\toprule" in text and word in text
    with own_app.page.expect_download() as download:
        own_app.main.get_by_role("button", name="HTML").first.click()
    assert "cdn.plot.ly" not in Path(download.value.path()).read_text(encoding="utf-8").split("<body>")[0]


def test_no_part_scrolls_sideways_on_a_phone(app: App, new_tab: Callable[..., Page]) -> None:
    phone = App(new_tab(viewport={"width": 390, "height": 844}), app.url)
    for part in PARTS:
        phone.open("agreement", part=part)
        widths = phone.page.evaluate(
            "() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
            ".map(box => [box.scrollWidth, box.clientWidth])"
        )
        assert all(content <= box for content, box in widths), (part, widths)
    assert phone.watch.problems == []


def with_labels(folder: Path, answers: list[int], judge: made.JudgeConfig) -> None:
    """Let Zeca say C of three answers, of two of which the judge says I."""
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    for answer_id, letter in zip(answers[:3], "IIC", strict=True):
        made.label(store, answer_id, "C", "Zeca")
        made.adjudicate(store, answer_id, "C", "Zeca")
        made.judge(store, answer_id, letter, judge)
    store.close()
