"""No page mixes languages: everything that the project says itself is in the reader's."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from playwright.sync_api import Page

from dashboard.labels import Label
from dashboard.store.store import open_store
from tests.support.app import CATALOGUE, PAGES, App
from tests.support.app_server import AppServer
from tests.support.project import add_answer, add_video, judge, label

TELLING_WORDS = {
    "pt-BR": {
        "Ask",
        "Answer",
        "Answers",
        "Question",
        "Questions",
        "Judge",
        "Label",
        "Settings",
        "Previous",
        "score",
    },
    "en": {
        "Perguntar",
        "Resposta",
        "Respostas",
        "Pergunta",
        "Juiz",
        "Rótulo",
        "Pular",
        "Aulas",
        "não",
        "nota",
    },
}
"""Single words that give the wrong language away; key: the language that the page should speak."""

_FIELD = re.compile(r"\{[^}]*\}")
_WORD = re.compile(r"[^\W\d_]{2,}")

OTHER = {"pt-BR": "en", "en": "pt-BR"}

_VISIBLE_TEXTS = """() => {
    const found = [];
    const isVisible = element => element.checkVisibility({visibilityProperty: true, opacityProperty: true});
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const parent = walker.currentNode.parentElement;
        if (!['SCRIPT', 'STYLE', 'NOSCRIPT'].includes(parent.tagName) && isVisible(parent))
            found.push(walker.currentNode.textContent);
    }
    for (const paragraph of document.querySelectorAll('p, label, button, a, li, h1, h2, h3, h4'))
        if (isVisible(paragraph)) found.push(paragraph.innerText);
    for (const name of ['placeholder', 'title', 'aria-label'])
        for (const element of document.querySelectorAll(`[${name}]`))
            if (isVisible(element)) found.push(element.getAttribute(name));
    found.push(document.title);
    return [...new Set(found.map(text => text.replace(/\\s+/g, ' ').trim()).filter(Boolean))];
}"""


@pytest.fixture
def wordless_project(tmp_path: Path) -> Path:
    """A project whose own texts are in no language, so that every word on a page is the program's."""
    folder = tmp_path / "wordless"
    folder.mkdir()
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    segments = add_video(store, "qzx", ["Qzx wvk.", "Wvk jqx."], title="Xqz")
    answers = [
        add_answer(store, f"Zxq {number}", segments, text=f"Qzx {number} [1].", tags=("wkq",))
        for number in range(4)
    ]
    for answer_id, person, machine in zip(answers, "CPI", ("P", "C", None), strict=False):
        label(store, answer_id, person, "Qvx", note="Wqz")
        judge(store, answer_id, machine)
    store.set_fact("demo", "1")
    store.close()
    return folder


@pytest.mark.parametrize("states", ["pages", "moments"])
@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_no_page_holds_a_word_of_the_other_language(
    language: str,
    states: str,
    wordless_project: Path,
    serve: Callable[..., AppServer],
    new_tab: Callable[..., Page],
) -> None:
    server = serve(wordless_project, VEREDITO_LANGUAGE=language)
    app = App(new_tab(), server.url, language)
    foreign = foreign_messages(language)
    first_seen: dict[str, str] = {}
    for place, texts in (pages if states == "pages" else moments)(app):
        for text in texts:
            first_seen.setdefault(text, place)
    assert first_seen
    strays = {
        f"{place}: {text!r} has {word.pattern}"
        for text, place in first_seen.items()
        for word in foreign
        if word.search(text)
    }
    assert not strays, "\n".join(sorted(strays))


def look(app: App, place: str) -> tuple[str, list[str]]:
    """Return what can be read on the page now."""
    app.settle()
    return place, app.page.evaluate(_VISIBLE_TEXTS)


def pages(app: App) -> Iterator[tuple[str, list[str]]]:
    """Yield every page and tab with its texts."""
    app.open()
    for entry in PAGES.values():
        app.go(entry)
        yield look(app, entry)
    app.tab("Export records")
    yield look(app, "export")
    app.tab("Settings")
    yield look(app, "settings")
    app.go("Corpus")
    app.tab("Take lectures in")
    yield look(app, "ingest")


def moments(app: App) -> Iterator[tuple[str, list[str]]]:
    """Yield what pages show at certain moments."""
    app.open("explore", text="nada")
    yield look(app, "no answer passes")
    app.open("explore", answer=1)
    app.question("Zxq 0").wait_for()
    yield look(app, "record")
    app.open("explore", answer=999)
    yield look(app, "no such record")
    app.open("ask", answer=1)
    app.question("Zxq 0").wait_for()
    app.button("Ask").click()
    app.text("Type a question first.").wait_for()
    yield look(app, "asked nothing")
    app.open("annotate", who="Qvx")
    app.question("Zxq 3").wait_for()
    app.label_button(Label.CORRECT).click()
    app.text("You have labelled all that waited for you. Thank you!").wait_for()
    yield look(app, "all labelled")
    app.button("Previous").click()
    app.question("Zxq 3").wait_for()
    yield look(app, "labelled before")


def foreign_messages(language: str) -> list[re.Pattern[str]]:
    """Return what must not be on a page of a language: messages of two words or more, and telling words."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    texts: dict[str, set[str]] = {"pt-BR": set(), "en": set()}
    for message in catalogue:
        if message.id:
            texts["en"].update([message.id] if isinstance(message.id, str) else message.id)
            texts["pt-BR"].update([message.string] if isinstance(message.string, str) else message.string)
    there, ours = texts[OTHER[language]], texts[language]
    several = {text for text in there - ours if len(_WORD.findall(_FIELD.sub(" ", text))) >= 2}
    return [_pattern(text) for text in sorted(several | TELLING_WORDS[language])]


def _pattern(message: str) -> re.Pattern[str]:
    plain = re.sub(r"[`*]", "", message)
    fields = r".+?".join(re.escape(part) for part in _FIELD.split(plain))
    return re.compile(rf"(?<!\w){fields}(?!\w)")
