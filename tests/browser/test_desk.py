"""The desk on a page of its own: keys reach what they name, drafts are saved, and only work is timed."""

import re
import wave
from base64 import b64encode
from collections.abc import Callable, Iterator
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect

from tests.support.app_server import ForkedAppServer

OPEN = "() => Boolean(window[Symbol.for('veredito.desk')]?.desk)"
HIDE = """hidden => {
    Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});
    document.dispatchEvent(new Event('visibilitychange'));
}"""
PLAY = """async address => {
    const audio = document.createElement('audio');
    Object.assign(audio, {src: address, muted: true, loop: true});
    document.body.append(audio);
    await audio.play();
}"""
AWAIT_SOUND = """() => new Promise(
    heard => document.querySelector('audio').addEventListener('timeupdate', () => heard(), {once: true})
)"""


class DeskPage:
    """A tab on the page of tests/support/desk_app.py."""

    def __init__(self, page: Page, url: str) -> None:
        self.page, self.url = page, url
        self.keys = page.keyboard
        self.note = page.get_by_role("textbox", name="Note")
        self.dialog = page.get_by_role("dialog", name="Help")

    def open(self, **query: object) -> None:
        """Open the page and wait for the desk."""
        self.page.goto(f"{self.url}/?" + "&".join(f"{name}={value}" for name, value in query.items()))
        self.expect("runs", 1)
        self.page.wait_for_function(OPEN)

    def press(self, *keys: str) -> None:
        """Press keys one after the other."""
        for key in keys:
            self.keys.press(key)

    def expect(self, name: str, value: object) -> None:
        """Expect what the page says."""
        expect(self.page.get_by_text(re.compile(rf"^{name}={re.escape(str(value))}$"))).to_be_visible()

    def number(self, name: str) -> float:
        """Return a number that the page says."""
        return float(self.page.get_by_text(re.compile(rf"^{name}=")).inner_text().partition("=")[2])

    def expect_seconds(self, low: float, high: float) -> None:
        """Expect the seconds on the item within bounds."""
        self.page.wait_for_function(
            "([low, high]) => { const said = /^seconds=(.*)$/m.exec(document.body.innerText)?.[1];"
            " return low <= Number(said) && Number(said) < high; }",
            arg=[low, high],
        )

    def next_item(self) -> None:
        """Turn to the next item."""
        number = int(self.number("item"))
        self.page.get_by_role("button", name="Next item").click()
        self.expect("item", number + 1)

    def move(self) -> None:
        """Take the desk away or put it back."""
        self.page.get_by_role("button", name="Take away or put back").click()

    def listeners(self) -> int:
        """Return how many listeners window and document have."""
        devtools = self.page.context.new_cdp_session(self.page)
        count = 0
        for name in ("window", "document"):
            found = devtools.send("Runtime.evaluate", {"expression": name})["result"]["objectId"]
            count += len(devtools.send("DOMDebugger.getEventListeners", {"objectId": found})["listeners"])
        devtools.detach()
        return count

    def nodes(self) -> int:
        """Return how many elements the document has."""
        return int(self.page.evaluate("document.getElementsByTagName('*').length"))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("desk") / "data"
    with ForkedAppServer(folder, script="tests/support/desk_app.py") as server:
        yield server.url


@pytest.fixture
def desk(new_tab: Callable[..., Page], url: str) -> DeskPage:
    return DeskPage(new_tab(), url)


def test_a_key_clicks_or_focuses_what_it_names(desk: DeskPage) -> None:
    desk.open()
    desk.press("Shift+Digit1")
    desk.expect("strip", "one")
    desk.press("Shift+Numpad2")
    desk.expect("strip", "two")
    desk.press("p")
    expect(desk.page.get_by_text("unfolded")).to_be_visible()
    desk.press("p")
    expect(desk.page.get_by_text("unfolded")).to_be_hidden()
    desk.press("x", "n")
    expect(desk.note).to_be_focused()
    expect(desk.note).to_have_value("")
    desk.press("Escape")
    expect(desk.note).not_to_be_focused()
    desk.press("?")
    expect(desk.dialog).to_be_visible()
    for digit in (1, 2, 3):
        desk.expect(f"given-{digit}", 0)


def test_the_second_stroke_of_a_chord_never_reaches_the_shortcut_of_a_button(desk: DeskPage) -> None:
    desk.open()
    for digit, mark in enumerate(("zero", "one", "two", "three")):
        desk.press("g", str(digit))
        desk.expect("mark", mark)
    desk.press("g", "Escape", "g", "9")
    desk.press("1")
    desk.expect("given-1", 1)
    desk.expect("given-2", 0)
    desk.expect("given-3", 0)
    desk.expect("mark", "three")


def test_a_chord_that_comes_too_late_is_none(desk: DeskPage) -> None:
    desk.page.clock.install()
    desk.open()
    desk.press("g")
    desk.page.clock.fast_forward(2500)
    desk.press("2")
    desk.expect("given-2", 1)
    desk.expect("mark", None)


def test_a_key_held_down_counts_once(desk: DeskPage) -> None:
    desk.open()
    desk.press("g")
    for _ in range(5):
        desk.keys.down("2")
    desk.keys.up("2")
    for _ in range(5):
        desk.keys.down("n")
    desk.keys.up("n")
    expect(desk.note).to_be_focused()
    expect(desk.note).to_have_value("")
    desk.press("Escape", "3")
    desk.expect("given-3", 1)
    desk.expect("given-2", 0)
    desk.expect("mark", "two")


def test_no_key_works_with_ctrl_or_in_a_dialog(desk: DeskPage) -> None:
    desk.open()
    desk.press("Control+Shift+Digit1", "Alt+p")
    desk.press("?")
    expect(desk.dialog).to_be_visible()
    desk.press("Shift+Digit1", "n")
    desk.page.get_by_role("textbox", name="Search").click()
    desk.keys.type("n?g1")
    expect(desk.page.get_by_role("textbox", name="Search")).to_have_value("n?g1")
    desk.press("Escape")
    expect(desk.dialog).to_be_hidden()
    desk.press("1")
    desk.expect("given-1", 1)
    desk.expect("strip", None)
    desk.expect("mark", None)
    expect(desk.note).not_to_be_focused()


def test_a_draft_is_saved_while_one_types(desk: DeskPage) -> None:
    desk.open()
    desk.press("n")
    desk.keys.type("Why? g1 n")
    desk.expect("note", "Why? g1 n")
    expect(desk.note).to_be_focused()
    desk.press("Home")
    desk.keys.type("But ")
    desk.expect("note", "But Why? g1 n")
    assert desk.note.evaluate("box => [box.selectionStart, box.selectionEnd]") == [4, 4]
    desk.press("Escape", "2")
    desk.expect("given-2", 1)
    desk.expect("given-1", 0)
    desk.expect("mark", None)


def test_no_letter_is_lost_or_doubled_while_the_server_answers(desk: DeskPage) -> None:
    desk.open(slow=0.15, draft_after=0.03)
    text = "".join(f"{number} abc, " for number in range(30))
    desk.press("n")
    for place, letter in enumerate(text):
        desk.keys.type(letter, delay=50 if place % 7 == 0 else 3)
    expect(desk.note).to_have_value(text)
    expect(desk.note).to_be_focused()
    desk.expect("note", text.strip())
    assert desk.number("runs") > 4


def test_only_work_is_timed_and_a_report_reruns_only_the_desk(desk: DeskPage) -> None:
    desk.page.clock.install()
    desk.open(watch=1)
    desk.expect("seconds", None)
    desk.page.clock.fast_forward(10_500)
    desk.expect("reports", 1)
    desk.expect_seconds(10, 30)
    desk.page.clock.fast_forward(70_000)
    desk.expect_seconds(59, 61)
    reports = desk.number("reports")
    desk.page.clock.fast_forward(600_000)
    desk.page.mouse.move(200, 200)
    desk.page.clock.fast_forward(1_500)
    desk.expect("reports", int(reports) + 1)
    desk.expect_seconds(61, 90)
    desk.page.clock.fast_forward(70_000)
    desk.expect_seconds(119, 121)
    desk.expect("runs", 1)
    desk.next_item()
    desk.expect("seconds", None)
    desk.page.clock.fast_forward(11_000)
    desk.expect_seconds(10, 30)


def test_nobody_works_in_a_hidden_tab(desk: DeskPage) -> None:
    desk.page.clock.install()
    desk.open(watch=1)
    desk.page.clock.fast_forward(3_000)
    desk.page.evaluate(HIDE, True)
    desk.expect("reports", 1)
    desk.expect_seconds(3, 10)
    seconds = desk.number("seconds")
    desk.page.clock.fast_forward(20_000)
    desk.page.evaluate(HIDE, False)
    desk.page.clock.fast_forward(1_500)
    desk.expect("reports", 2)
    desk.expect_seconds(seconds + 1, seconds + 15)


def silence() -> str:
    """Return the address of two seconds of silence."""
    file = BytesIO()
    with wave.open(file, "wb") as sound:
        sound.setparams((1, 1, 8000, 0, "NONE", ""))
        sound.writeframes(bytes([128]) * 16_000)
    return f"data:audio/wav;base64,{b64encode(file.getvalue()).decode()}"


def test_who_listens_works(desk: DeskPage) -> None:
    desk.page.clock.install()
    desk.open(watch=1)
    desk.page.evaluate(PLAY, silence())
    for _ in range(4):
        desk.page.evaluate(AWAIT_SOUND)
        desk.page.clock.fast_forward(40_000)
    desk.expect_seconds(150, 220)


def test_reruns_leave_nothing_behind(desk: DeskPage) -> None:
    desk.open()
    desk.next_item()
    listeners, nodes = desk.listeners(), desk.nodes()
    for _ in range(50):
        desk.next_item()
    assert (desk.listeners(), desk.nodes()) == (listeners, nodes)
    desk.press("Shift+Digit1")
    desk.expect("strip", "one")


def test_a_desk_taken_away_and_put_back(desk: DeskPage) -> None:
    desk.open()
    with_desk = desk.listeners()
    desk.move()
    desk.page.wait_for_function(f"() => !({OPEN})()")
    assert desk.listeners() < with_desk
    desk.press("Shift+Digit2", "1")
    desk.expect("given-1", 1)
    desk.expect("strip", None)
    desk.move()
    desk.page.wait_for_function(OPEN)
    assert desk.listeners() == with_desk
    desk.press("Shift+Digit2")
    desk.expect("strip", "two")
