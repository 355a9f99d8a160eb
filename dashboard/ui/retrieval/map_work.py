"""Work in the background, followed from a page that can be used meanwhile."""

from typing import Any

import streamlit as st

from dashboard.errors import VereditoError
from dashboard.services.background import Background, Outlook
from dashboard.ui.actions import guarded
from dashboard.ui.i18n import _, explain, number

REFRESH_SECONDS = 0.5


def draw_background(background: Background[Any], outlook: Outlook[Any], key: str) -> None:
    """Draw how far the work is, or why it failed; nothing where nothing is under way."""
    if outlook.task is not None:
        st.fragment(_draw_progress, run_every=REFRESH_SECONDS)(outlook.task)
    elif outlook.error is not None:
        _draw_error(background, outlook.error, key)


def _draw_progress(task: Any) -> None:
    """Draw the progress; once the work has ended the whole page is drawn anew."""
    if task.wait(0):
        st.rerun()
    steps = {
        "": "",
        "place": _("Placing the segments"),
        "encode": _("Turning questions into vectors"),
        "compare": _("Comparing the segments"),
    }
    done, total = task.done, task.total
    counted = f": {number(done)} / {number(total)}" if total > 1 else ""
    st.progress(min(1.0, done / total) if total else 0.0, text=steps.get(task.step, "") + counted)


def _draw_error(background: Background[Any], error: VereditoError, key: str) -> None:
    st.error(explain(error), icon=":material/error:")
    st.button(
        _("Try again"),
        icon=":material/replay:",
        key=f"{key}.again",
        on_click=guarded(background.begin_again),
    )
