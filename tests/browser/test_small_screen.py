"""On a phone, and without a mouse."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from dashboard.labels import Label
from tests.support.app import PAGES, App
from tests.support.seeding import QUESTIONS, seeded_answers

GAMA = QUESTIONS[2]
PHONE = {"width": 390, "height": 844}
MOST_TABS = 60


@pytest.fixture
def phone(app: App, new_tab: Callable[..., Page]) -> App:
    """The shared app on a phone."""
    return App(new_tab(viewport=PHONE), app.url)


def expect_no_sideways_scroll(app: App) -> None:
    """Expect that the page is not wider than the screen."""
    widths = app.page.evaluate(
        "() => [document.documentElement, document.querySelector('[data-testid=stMain]')]"
        ".map(box => [box.scrollWidth, box.clientWidth])"
    )
    assert all(content <= box for content, box in widths), (app.page.url, widths)


def test_no_page_scrolls_sideways_on_a_phone(phone: App, shared_project: Path) -> None:
    answer_id = seeded_answers(shared_project)[2]
    places = [(path, {}) for path in PAGES]
    for path, query in [*places, ("explore", {"answer": answer_id}), ("ask", {"answer": answer_id})]:
        phone.open(path, **query)
        expect(phone.main).not_to_be_empty()
        expect_no_sideways_scroll(phone)


def test_the_labels_fit_on_a_phone(phone: App, shared_project: Path) -> None:
    phone.open("annotate", who="Zilda", answer=seeded_answers(shared_project)[2])
    expect(phone.question(GAMA)).to_be_visible()
    for label in Label:
        phone.label_button(label).scroll_into_view_if_needed()
        expect(phone.label_button(label)).to_be_in_viewport(ratio=1)
    expect_no_sideways_scroll(phone)


def test_the_labels_can_be_reached_and_given_with_the_keyboard_alone(own_app: App, own_project: Path) -> None:
    own_app.open("annotate", who="Zilda", answer=seeded_answers(own_project)[2])
    expect(own_app.question(GAMA)).to_be_visible()
    button = own_app.label_button(Label.PARTIAL)
    for _ in range(MOST_TABS):
        own_app.page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    expect(button).to_be_focused()
    own_app.page.keyboard.press("Enter")
    expect(own_app.question(QUESTIONS[3])).to_be_visible()
