"""The desk: an invisible part of a page that adds keys, saves drafts of the note and times the work.

What happens in the browser is in desk.js, beside this file.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Literal, NamedTuple

import streamlit as st

_COMPONENT, _REPORTS = "desk.component", "desk.reports"
_ITEMS_KEPT = 50

# Mounted outside of a shadow root, so that its one rule takes its own place in the layout away.
_mount = st.components.v2.component(
    "veredito.desk",
    js=Path(__file__).with_suffix(".js").read_text(encoding="utf-8"),
    css=f".st-key-{_COMPONENT.replace('.', '-')} {{ display: none; }}",
    isolate_styles=False,
)


@dataclass(frozen=True, slots=True)
class Press:
    """What a key does.

    Attributes:
        selector: CSS selector of the element; the first match counts, and without one nothing happens.
        act: Whether the element is clicked or focused.
    """

    selector: str
    act: Literal["click", "focus"] = "click"


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things take on the desk, in seconds.

    Attributes:
        report_every: Between two reports while somebody works.
        idle_after: Without a sign of life, until nobody is taken to work any more.
        draft_after: From the last letter typed into the note until the draft is saved.
        chord_within: From the first key of a chord until the second comes too late.
    """

    report_every: float = 10
    idle_after: float = 60
    draft_after: float = 1
    chord_within: float = 2


PACE = Pace()


class _Report(NamedTuple):
    seconds: float
    is_running: bool
    at: float
    report_every: float


@st.fragment
def draw_desk(
    *,
    item: str,
    keys: Mapping[str, Press],
    note: str,
    on_report: Callable[[], None],
    once: str = "none",
    pace: Pace = PACE,
) -> None:
    """Bring keys, drafts and the clock to the page; one desk to a page, and a report reruns nothing else.

    Args:
        item: What is worked on. The clock starts again at 0 when it changes.
        keys: What each key presses, outside of text fields and dialogs. A key is a character (`?`, `n`), one
            with shift (`Shift+n`; `Shift+1` is the digit's own key, whatever it types) or a chord (`g 1`).
        note: CSS selector of the text area, or of what holds it, whose text is saved while one types. It must
            not stand in a form, which would be sent.
        once: CSS selector of the buttons that a double click presses once; the default matches nothing.
        on_report: Called after each report, as a callback: before the fragment is drawn again.
        pace: How long things take.
    """
    _mount(
        key=_COMPONENT,
        data={
            "item": item,
            "keys": {key: {press.act: press.selector} for key, press in keys.items()},
            "note": note,
            "once": once,
            **asdict(pace),
        },
        on_active_change=partial(_take_report, on_report, pace.report_every),
    )


def seconds_on(item: str) -> float | None:
    """Return how long this session has worked on an item; None when the browser has not reported it.

    While the clock runs, the time since the last report counts too, up to one more report.
    """
    report: _Report | None = st.session_state.get(_REPORTS, {}).get(item)
    if report is None:
        return None
    since = time.monotonic() - report.at if report.is_running else 0.0
    return report.seconds + min(since, report.report_every)


def _take_report(on_report: Callable[[], None], report_every: float) -> None:
    sent = st.session_state[_COMPONENT].get("active")
    if not isinstance(sent, dict):
        return
    item, seconds = sent.get("item"), sent.get("seconds")
    if not isinstance(item, str) or not isinstance(seconds, int | float) or not 0 <= seconds < math.inf:
        return
    reports: dict[str, _Report] = st.session_state.setdefault(_REPORTS, {})
    reports.pop(item, None)
    reports[item] = _Report(float(seconds), sent.get("running") is True, time.monotonic(), report_every)
    while len(reports) > _ITEMS_KEPT:
        del reports[next(iter(reports))]
    on_report()
