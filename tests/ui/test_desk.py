"""What the page makes of the browser's reports."""

import math
from collections.abc import Callable
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.ui import desk

PAGE = Path(__file__).parents[1] / "support/desk_app.py"


@pytest.fixture
def report(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Give a function that takes a report from the browser and returns how often there was a callback."""
    state: dict[str, object] = {}
    called: list[str] = []
    monkeypatch.setattr(st, "session_state", state)

    def send(**active: object) -> int:
        state["desk.component"] = {"active": active}
        desk._take_report(lambda: called.append("once"), 10)
        return len(called)

    return send


def pass_time(monkeypatch: pytest.MonkeyPatch, seconds: float) -> None:
    now = desk.time.monotonic()
    monkeypatch.setattr(desk.time, "monotonic", lambda: now + seconds)


def test_a_page_with_a_desk_runs_in_the_harness() -> None:
    app = AppTest.from_file(str(PAGE), default_timeout=60).run()
    app.button(key="next").click().run()
    assert not app.exception
    assert {"runs=2", "item=1"} <= {text.value for text in app.text}


def test_the_time_since_a_report_counts_up_to_the_next(
    report: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert desk.seconds_on("7") is None
    monkeypatch.setattr(desk.time, "monotonic", lambda: 1000.0)
    assert report(item="7", seconds=12.5, running=True) == 1
    pass_time(monkeypatch, 4)
    assert desk.seconds_on("7") == 16.5
    pass_time(monkeypatch, 400)
    assert desk.seconds_on("7") == 22.5
    assert desk.seconds_on("8") is None


def test_no_time_passes_after_the_clock_has_stopped(
    report: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    report(item="7", seconds=12.5, running=False)
    pass_time(monkeypatch, 4)
    assert desk.seconds_on("7") == 12.5


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"item": "7"},
        {"item": 7, "seconds": 1},
        {"item": "7", "seconds": "1"},
        {"item": "7", "seconds": -1},
        {"item": "7", "seconds": math.nan},
        {"item": "7", "seconds": math.inf},
        {"item": "7", "seconds": [1]},
    ],
)
def test_a_report_that_makes_no_sense_is_not_taken(
    report: Callable[..., int], sent: dict[str, object]
) -> None:
    assert report(**sent) == 0
    assert desk.seconds_on("7") is None


def test_only_the_latest_items_are_kept(report: Callable[..., int]) -> None:
    for item in range(60):
        report(item=str(item), seconds=1, running=False)
    assert desk.seconds_on("9") is None
    assert desk.seconds_on("10") == 1
