"""The app as a person meets it: pages, buttons and boxes by the words on them.

Everything that tests know about how the pages are laid out is in here, so that a changed page costs little.
Words are given as in the code (English) and looked up in the catalogue of the app's language.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path
from urllib.parse import quote_plus, urlencode

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from playwright.sync_api import Locator, Page, expect

from dashboard.labels import STYLES, Label

CATALOGUE = Path(__file__).parents[2] / "dashboard/ui/locale/pt_BR/LC_MESSAGES/veredito.po"
PAGES = {
    "": "Home",
    "ask": "Ask",
    "annotate": "Annotate",
    "campaigns": "Campaigns",
    "adjudicate": "Adjudicate",
    "explore": "Explore",
    "retrieval": "Retrieval",
    "judge": "Judge",
    "agreement": "Agreement",
    "corpus": "Corpus",
    "questions": "Questions",
    "project": "Project",
}
"""Address and menu entry of every page."""


_MAP_IS_DRAWN = """() => {
  const map = document.querySelector(".js-plotly-plot");
  return map?._fullLayout?.xaxis?._length > 0 && map._fullData.some((trace) => trace.customdata);
}"""

_LONELY_POINT = """() => {
  const map = document.querySelector(".js-plotly-plot");
  const box = map.getBoundingClientRect();
  const { xaxis, yaxis } = map._fullLayout;
  const points = map._fullData.filter((trace) => trace.customdata).flatMap((trace) =>
    Array.from(trace.x, (x, at) => [
      box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(trace.y[at]),
      trace.customdata[at],
    ]));
  const room = ([x, y]) => Math.min(...points.map(([u, v]) => Math.hypot(u - x, v - y) || Infinity));
  // Of very many a few will do, which are compared with all.
  const some = points.filter((_, at) => at % Math.ceil(points.length / 500) === 0);
  return some.reduce((best, point) => (room(point) > room(best) ? point : best));
}"""


class Watch:
    """Writes down what a page does behind the scenes.

    Attributes:
        problems: Console errors, uncaught exceptions, dialogs, failed requests and error statuses.
        outside: Addresses asked for that are not on this machine.
        frames: What came over the websocket.
    """

    def __init__(self, page: Page) -> None:
        self.problems: list[str] = []
        self.outside: list[str] = []
        self.frames: list[bytes] = []
        page.on("console", self._console)
        page.on("pageerror", lambda error: self.problems.append(f"exception: {error}"))
        page.on("dialog", self._dialog)
        page.on("request", self._request)
        page.on("requestfailed", self._failed)
        page.on("response", self._response)
        page.on("websocket", lambda socket: socket.on("framereceived", self._frame))

    def received(self, word: str) -> bool:
        """Return whether a word has come over the websocket."""
        return any(word.encode() in frame for frame in self.frames)

    def _console(self, message) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text}")

    def _dialog(self, dialog) -> None:
        self.problems.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request(self, request) -> None:
        if not request.url.startswith(("http://127.0.0.1:", "data:", "blob:http://127.0.0.1:")):
            self.outside.append(request.url)

    def _failed(self, request) -> None:
        # What the page itself breaks off, because a player is replaced or the reader goes on, is no failure.
        if request.resource_type != "media" and request.failure != "net::ERR_ABORTED":
            self.problems.append(f"failed: {request.url} {request.failure}")

    def _response(self, response) -> None:
        if response.status >= 400:
            self.problems.append(f"status {response.status}: {response.url}")

    def _frame(self, payload) -> None:
        self.frames.append(payload if isinstance(payload, bytes) else payload.encode())


class App:
    """A browser tab on the app.

    Args:
        page: The tab.
        url: Where the app answers.
        language: `pt-BR` or `en`; the language that the app is expected to speak.
    """

    def __init__(self, page: Page, url: str, language: str = "pt-BR") -> None:
        self.page, self.url, self.language = page, url, language
        self.watch = Watch(page)
        self.main = page.get_by_role("main")

    def say(self, message: str) -> str:
        """Return a message of the code as this app shows it."""
        return message if self.language == "en" else translation(message)

    def open(self, path: str = "", **query: object) -> None:
        """Go to a page by its address, as a cold link does, and wait until it stands still."""
        self.page.goto(f"{self.url}/{path}" + (f"?{urlencode(query)}" if query else ""))
        self.settle()

    def reload(self) -> None:
        """Load the page again."""
        self.page.reload()
        self.settle()

    def settle(self) -> None:
        """Wait until the page is drawn and its script has ended."""
        drawn = self.page.get_by_test_id("stMainBlockContainer").get_by_test_id("stElementContainer")
        expect(drawn.first).to_be_attached()
        expect(
            self.page.locator('[data-test-connection-state="CONNECTED"][data-test-script-state="notRunning"]')
        ).to_be_attached()

    def menu(self, entry: str) -> Locator:
        """Return an entry of the menu."""
        return self.page.get_by_test_id("stSidebar").get_by_role("link", name=self.say(entry), exact=True)

    def go(self, entry: str) -> None:
        """Go to a page through the menu."""
        self.menu(entry).click()
        path = next(path for path, name in PAGES.items() if name == entry)
        self.page.wait_for_url(re.compile(rf"^{re.escape(self.url)}/{path}(\?|$)"))
        self.settle()

    def expect_frame(self) -> None:
        """Expect the whole menu and the box for one's name."""
        for entry in PAGES.values():
            expect(self.menu(entry)).to_be_visible()
        expect(self.name_box).to_be_visible()

    def await_keys(self) -> None:
        """Wait until the desk's own keys work, which the browser loads after the page is drawn."""
        self.page.wait_for_function("() => window[Symbol.for('veredito.desk')]?.desk")

    def wait_until(self, holds: Callable[[], bool]) -> None:
        """Wait until something outside of the page holds, such as what its server has stored."""
        for _ in range(300):
            if holds():
                return
            self.page.wait_for_timeout(50)
        raise AssertionError("what was waited for did not come about")

    @property
    def name_box(self) -> Locator:
        """The box in which people say who they are."""
        return self.page.get_by_role("combobox", name=self.say("Who is labelling?"))

    def sign_in(self, name: str) -> None:
        """Type one's name."""
        self.name_box.fill(name)
        expect(self.page.get_by_role("option").first).to_be_visible()
        self.name_box.press("Enter")
        expect(self.page).to_have_url(re.compile(f"who={quote_plus(name)}"))
        self.settle()

    def button(self, message: str) -> Locator:
        """Return a button or link button on the page by its words; icons and shortcuts do not count."""
        return self.main.get_by_role(
            "button", name=re.compile(rf"(^|\s){re.escape(self.say(message))}(\s|$)")
        )

    def text(self, message: str, **fields: object) -> Locator:
        """Return what shows a message of the code on the page."""
        return self.main.get_by_text(self.say(message).format(**fields) if fields else self.say(message))

    def box(self, message: str) -> Locator:
        """Return a text box or choice on the page by its label."""
        return self.main.get_by_label(self.say(message), exact=True)

    def tab(self, message: str) -> None:
        """Turn to a tab."""
        self.main.get_by_role("tab", name=self.say(message)).click()

    def choose(self, message: str, option: str) -> None:
        """Choose an option of a selectbox on the page."""
        self.box(message).click()
        self.page.get_by_role("option", name=option).first.click()
        self.settle()

    def fill(self, message: str, text: str) -> None:
        """Write into a text box on the page and leave it."""
        self.box(message).fill(text)
        self.box(message).press("Enter")

    def choose_language(self, name: str) -> None:
        """Choose a language in the menu."""
        self.page.get_by_role("combobox", name=self.say("Language")).click()
        self.page.get_by_role("option", name=name).click()

    @property
    def alerts(self) -> Locator:
        """The errors that the page shows."""
        return self.main.get_by_role("alert")

    @property
    def tabs(self) -> Locator:
        """The tabs of the page."""
        return self.main.get_by_role("tab")

    def unfold(self, message: str) -> None:
        """Open what is folded away under a heading."""
        self.main.locator("summary").filter(has_text=self.say(message)).click()

    def upload(self, name: str, content: str) -> None:
        """Give a file to the uploader of the tab that is in view."""
        file = {"name": name, "mimeType": "text/plain", "buffer": content.encode()}
        self.main.get_by_role("tabpanel").locator('input[type="file"]').set_input_files(file)

    def note_progress_bars(self) -> None:
        """From now on remember whether a progress bar was drawn, however briefly."""
        self.page.evaluate(
            "() => new MutationObserver(() => {"
            " if (document.querySelector('main [role=progressbar], [data-testid=stProgress]'))"
            " window.sawProgress = true; }).observe(document.body, {childList: true, subtree: true})"
        )

    def expect_progress_bar_was_drawn(self) -> None:
        """Expect that a progress bar was drawn since `note_progress_bars`."""
        self.page.wait_for_function("() => window.sawProgress === true")

    # Asking

    @property
    def question_box(self) -> Locator:
        """The box for the question."""
        return self.main.get_by_role("textbox", name=self.say("Question"), exact=True)

    def ask(self, question: str) -> None:
        """Send a question."""
        self.question_box.fill(question)
        self.button("Ask").click()

    @property
    def cards(self) -> Locator:
        """The play buttons of the evidence cards, in the order of the ranks."""
        return self.main.get_by_role("button", name=re.compile(r"\b\d+ · (\d+:)?\d\d:\d\d–"))

    @property
    def player(self) -> Locator:
        """The video."""
        return self.main.locator("video")

    @property
    def citations(self) -> Locator:
        """The badges in the text of an answer."""
        return self.main.locator(".stMarkdownBadge").filter(has_text=re.compile(r"^\d+$"))

    def card_second(self, card: Locator) -> int:
        """Return the second at which the segment of a card starts."""
        found = re.search(r"· (?:(\d+):)?(\d\d):(\d\d)–", card.inner_text())
        assert found
        return int(found[1] or 0) * 3600 + int(found[2]) * 60 + int(found[3])

    def expect_player_at(self, second: int) -> None:
        """Expect the video to stand at a second, or to have begun to play there, however long ago."""
        self.page.wait_for_function(
            "second => { const video = document.querySelector('video');"
            " if (!video || video.readyState < 2) return false;"
            " const begun = video.played.length ? video.played.start(0) : video.currentTime;"
            " return Math.abs(begun - second) <= 1; }",
            arg=second,
            polling=50,
        )

    def player_second(self) -> float:
        """Return where the video stands."""
        return float(self.player.evaluate("video => video.currentTime"))

    # Labelling

    def label_button(self, label: Label) -> Locator:
        """Return the button that gives a label."""
        name = re.escape(self.say(STYLES[label].text))
        return self.main.get_by_role("button", name=re.compile(rf"\b{label.value}\b.*{name}"))

    def question(self, text: str) -> Locator:
        """Return the heading that shows a question."""
        return self.main.get_by_role("heading", name=text)

    def progress(self) -> tuple[int, int]:
        """Return how many answers are labelled, and of how many."""
        pattern = re.escape(self.say("{done} of {total} labelled"))
        pattern = pattern.replace(r"\{done\}", r"(\d+)").replace(r"\{total\}", r"(\d+)")
        shown = self.main.get_by_text(re.compile(pattern)).inner_text()
        found = re.search(pattern, shown)
        assert found, shown
        return int(found[1]), int(found[2])

    def expect_progress(self, done: int, total: int) -> None:
        """Expect how many answers are labelled, and of how many."""
        expect(self.text("{done} of {total} labelled", done=done, total=total)).to_be_visible()

    @property
    def note(self) -> Locator:
        """The box for the note."""
        return self.main.get_by_role("textbox", name=self.say("Note"))

    @property
    def last_label(self) -> Locator:
        """The button that opens the label given last and what the judge had said."""
        return self.main.locator(".st-key-last button")

    # Adjudicating

    @property
    def reason(self) -> Locator:
        """The box for the reason of an adjudication."""
        return self.main.get_by_role("textbox", name=self.say("Reason"), exact=True)

    @property
    def last_settled(self) -> Locator:
        """The button that goes back to what was settled last."""
        words = self.say("Last settled: {number} {label}").partition("{")[0].strip()
        return self.main.get_by_role("button", name=re.compile(re.escape(words)))

    # Looking through

    @property
    def lines(self) -> Locator:
        """The buttons that open the answers of a list."""
        return self.main.get_by_role("button", name=re.compile(r"^\d+\. "))

    def confusion_total(self) -> int:
        """Return the sum of the confusion matrix, read off the chart."""
        expect(self._confusion).to_have_count(9)
        return sum(int(re.sub(r"\D", "", number)) for number in self._confusion.all_text_contents())

    def expect_confusion_total(self, total: int) -> None:
        """Expect the sum of the confusion matrix."""
        self.page.wait_for_function(
            "total => [...document.querySelectorAll('.heatmap-label')]"
            ".reduce((sum, text) => sum + Number(text.textContent.replace(/\\D/g, '')), 0) === total",
            arg=total,
        )

    @property
    def matrix(self) -> Locator:
        """The numbers of the confusion matrix, row by row from I to C."""
        return self._confusion

    def click_cell(self, at: int) -> None:
        """Click a cell of the confusion matrix, counted row by row."""
        cell = self._confusion.nth(at)
        cell.scroll_into_view_if_needed()
        box = cell.bounding_box()
        assert box
        self.page.mouse.move(box["x"] + box["width"] / 2 + 3, box["y"] + box["height"] / 2 + 3)
        self.page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)

    @property
    def answer_links(self) -> Locator:
        """The links from the page of agreement to answers."""
        return self.main.locator('.st-key-agreement-answers a[href*="answer="]')

    def await_map(self) -> None:
        """Wait until the points of the map are drawn."""
        self.page.wait_for_function(_MAP_IS_DRAWN)

    def click_lonely_point(self) -> str:
        """Click the point of the map that lies farthest from all others, and return what it stands for."""
        self.await_map()
        x, y, key = self.page.evaluate(_LONELY_POINT)
        self.page.mouse.move(x + 3, y + 3)
        self.page.mouse.move(x, y)
        expect(self.page.locator(".hoverlayer .hovertext").first).to_be_attached()
        self.page.mouse.click(x, y)
        return str(key)

    @property
    def _confusion(self) -> Locator:
        return self.main.locator(".heatmap-label")


def translation(message: str) -> str:
    """Return a message in Portuguese."""
    found = _catalogue().get(message)
    assert found is not None and found.string, f"the catalogue does not hold {message!r}"
    return str(found.string if isinstance(found.string, str) else found.string[1])


@cache
def _catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file)
