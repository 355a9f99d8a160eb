"""Two tabs, one answer: what was sent from a page that was out of date waits here beside what stands.

Nothing is replaced unseen. The page shows both and asks which of them counts.
"""

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from dashboard.errors import ChangedMeanwhile
from dashboard.ui.actions import guarded
from dashboard.ui.i18n import _
from dashboard.ui.text import paragraphs

_WAITING = "clash.waiting"


@dataclass(frozen=True, slots=True)
class Waiting:
    """What was sent and not stored.

    Attributes:
        scope: The place that it was sent from; it is asked about there only.
        said: It, in Markdown.
        note: What was written beside it.
        store: Stores it in place of what stands, of which it is given the event that the person has now seen.
    """

    scope: str
    said: str
    note: str
    store: Callable[[str | None], None]


def or_wait(waiting: Waiting, seen: str | None) -> bool:
    """Store what was sent where nothing has changed since `seen`; else let it wait. Return whether it did."""
    try:
        waiting.store(seen)
    except ChangedMeanwhile:
        st.session_state[_WAITING] = waiting
        return False
    st.session_state.pop(_WAITING, None)
    return True


def draw_clash(
    scope: str, stands: str, note: str, event_id: str | None, keep: Callable[[], None], who: str = ""
) -> None:
    """Draw what waits at this place beside what stands, and the choice between them.

    Args:
        scope: The place.
        stands: What stands, in Markdown; empty where it was taken back.
        note: The note of what stands.
        event_id: The event that stands, None where it was taken back.
        keep: Goes on without what waits.
        who: Who said what stands, where that may be somebody else.
    """
    waiting: Waiting | None = st.session_state.get(_WAITING)
    if waiting is None or waiting.scope != scope:
        return
    with st.container(border=True, key="clash"):
        st.warning(_headline(stands, who), icon=":material/difference:")
        for title, said, text in (
            (_("Stored:"), stands or _("nothing"), note),
            (_("Sent from here:"), waiting.said, waiting.note),
        ):
            st.markdown(f"{title} {said}")
            if text:
                st.caption(paragraphs(text))
        with st.container(horizontal=True):
            st.button(
                _("Keep what is stored"), key=f"clash-keep-{scope}", on_click=guarded(_keep), args=(keep,)
            )
            st.button(
                _("Store mine instead"),
                key=f"clash-mine-{scope}",
                on_click=guarded(or_wait),
                args=(waiting, event_id),
            )


def _headline(stands: str, who: str) -> str:
    if who:
        by = _("{name} settled this answer while you had it open. Which of the two counts?")
        return by.format(name=who)
    if stands:
        return _("You labelled this answer in another tab while it was open here. Which of the two counts?")
    return _("You took your label back in another tab while it was open here. Shall this one count?")


def _keep(keep: Callable[[], None]) -> None:
    st.session_state.pop(_WAITING, None)
    keep()
