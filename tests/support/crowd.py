"""Several people at once, each in a browser tab of their own, labelling one campaign by key."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, Page

KEYS = {"1": "C", "2": "P", "3": "I"}

_STATE = """() => {
  const bar = document.querySelector('[class*="st-key-label-C-"]');
  const turn = bar && /st-key-label-C-\\d+-(\\d+)/.exec(bar.className);
  const app = document.querySelector('[data-testid="stApp"]').dataset;
  const isDrawn = app.testScriptState === 'notRunning' && app.testConnectionState === 'CONNECTED';
  const says = document.querySelector('[data-testid="stMain"] [data-testid="stAlert"]');
  return { turn: turn ? Number(turn[1]) : null, isDrawn, isEmpty: !bar && says !== null };
}"""

PATIENCE_SECONDS = 3
"""After so long a person clicks the button too, as people do when nothing happens."""

_CLICK = """([label, turn]) => {
  const ours = new RegExp(`^st-key-label-${label}-[0-9]+-${turn}$`);
  const boxes = [...document.querySelectorAll('[class*="st-key-label-"]')];
  boxes.find((box) => [...box.classList].some((name) => ours.test(name)))?.querySelector("button").click();
}"""
"""Looks and clicks in one go, so that the click never falls on an answer drawn in between."""


@dataclass
class Person:
    """Somebody at work.

    Attributes:
        confirmed: The label of each turn that the screen has gone on from.
        waits: Seconds from each key to the next answer drawn.
        pressed_again: How often nothing happened for so long that the button was clicked, too.
        is_done: Whether nothing was left for this person when the page was last looked at.
    """

    name: str
    page: Page
    confirmed: dict[int, str] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    is_done: bool = False
    pressed_again: int = 0
    _sent: tuple[int, str, float] | None = None

    def step(self) -> bool:
        """Look at the page and press the next key when it is time; return whether anything happened."""
        state = self.page.evaluate(_STATE)
        if self._sent is not None:
            turn, label, since = self._sent
            if state["turn"] == turn or not (state["turn"] or state["isEmpty"]):
                if state["turn"] == turn and time.perf_counter() - since > PATIENCE_SECONDS:
                    self.pressed_again += 1
                    self._sent = (turn, label, time.perf_counter())
                    self.page.evaluate(_CLICK, [label, turn])
                return False
            self.confirmed[turn] = label
            self.waits.append(time.perf_counter() - since)
            self._sent = None
        self.is_done = state["isEmpty"] and state["isDrawn"]
        if state["turn"] is None or not state["isDrawn"]:
            return False
        key = list(KEYS)[(state["turn"] + len(self.name)) % len(KEYS)]
        self._press(state["turn"], KEYS[key])
        return True

    def _press(self, turn: int, label: str) -> None:
        self._sent = (turn, label, time.perf_counter())
        self.page.keyboard.press(next(key for key, given in KEYS.items() if given == label))


def gather(browser: Browser, url: str, campaign_id: int, names: list[str]) -> list[Person]:
    """Let each person open the campaign in a profile of their own."""
    people = []
    for name in names:
        page = browser.new_context(viewport={"width": 700, "height": 500}).new_page()
        page.goto(f"{url}/annotate?who={name}&campaign={campaign_id}")
        people.append(Person(name, page))
    for person in people:
        person.page.wait_for_selector('[class*="st-key-label-C-"], [data-testid="stAlert"]')
    return people


def work(people: list[Person], until: Callable[[], bool], patience_seconds: float) -> None:
    """Let people label until something holds; raise when nothing was confirmed for too long."""
    labels, last = 0, time.monotonic()
    while not until():
        for person in people:
            person.step()
        done = sum(len(person.confirmed) for person in people)
        if done > labels:
            labels, last = done, time.monotonic()
        if time.monotonic() - last > patience_seconds:
            states = {person.name: person.page.evaluate(_STATE) for person in people}
            raise AssertionError(f"nobody got on for {patience_seconds} s, after {labels} labels: {states}")
        people[0].page.wait_for_timeout(10)


def leave(people: list[Person]) -> None:
    """Close everybody's browser profile."""
    for person in people:
        person.page.context.close()
