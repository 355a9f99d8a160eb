"""The label bar: three big buttons with their keys, a note, and what was given last."""

import time
from uuid import uuid4

import streamlit as st

from dashboard.labels import FIRST_KEY_IS_BEST, STYLES, Label
from dashboard.services.labelling import Desk, save_label
from dashboard.ui.actions import guarded
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _
from dashboard.ui.labels import badge, badge_with_text, button_text
from dashboard.ui.navigation import choose_answer
from dashboard.ui.verdicts import draw_verdicts

LONGEST_NOTE = 4000


def start_work(annotator: str) -> int:
    """Return the answer above which this person's next one is looked for.

    Whoever sits down after somebody else begins afresh: nothing of the other's is shown or counted.
    """
    if st.session_state.get("annotate.who", annotator) != annotator:
        for name in ("annotate.after", "annotate.last", "annotate.event"):
            st.session_state.pop(name, None)
        choose_answer(None)
    st.session_state["annotate.who"] = annotator
    return int(st.session_state.setdefault("annotate.after", 0))


def go_to(answer_id: int | None, after: int = 0) -> None:
    """Turn to a certain answer, or to the next that waits above `after`."""
    st.session_state["annotate.after"] = after
    st.session_state.pop("annotate.last", None)
    choose_answer(answer_id)


def draw_label_bar(visit: Visit, desk: Desk) -> None:
    """Draw the three labels and the note for the answer on the desk."""
    assert desk.answer is not None
    answer_id = desk.answer.answer_id
    event_id = _event_for(answer_id)
    with st.container(horizontal=True, key="label-bar"):
        for label in FIRST_KEY_IS_BEST:
            is_given = desk.own is not None and desk.own.label == label
            st.button(
                button_text(label, is_given=is_given),
                key=f"label-{label.value}-{answer_id}",
                shortcut=STYLES[label].shortcut,
                type="primary" if is_given else "secondary",
                width="stretch",
                on_click=guarded(_give),
                args=(visit, answer_id, desk.answer.question.number, event_id, label),
            )
    st.text_area(
        _("Note"),
        value=desk.own.note if desk.own else "",
        key=_note_key(visit.annotator, answer_id),
        height=68,
        max_chars=LONGEST_NOTE,
        placeholder=_("Why? (optional; stored with the label)"),
        label_visibility="collapsed",
        persist_state="session",
    )


def draw_last_label(visit: Visit) -> None:
    """Draw the label that was given last and, on demand, what the judge had said of that answer."""
    last = st.session_state.get("annotate.last")
    title = _("Last label: {number} {label}")
    if last is None:
        st.popover(title.format(number="–", label=""), icon=":material/gavel:", disabled=True)
        return
    answer_id, number, label = last
    with st.popover(title.format(number=number, label=badge(label)), icon=":material/gavel:"):
        text = _("Question {number} was labelled {label}.")
        st.markdown(text.format(number=number, label=badge_with_text(Label(label))))
        draw_verdicts(visit.project, answer_id)


def _event_for(answer_id: int) -> str:
    """Return the id of the label that is given from this drawing of the answer, however often it is sent."""
    event = st.session_state.get("annotate.event")
    if event is None or event[0] != answer_id:
        event = (answer_id, uuid4().hex, time.monotonic())
        st.session_state["annotate.event"] = event
    return str(event[1])


def _give(visit: Visit, answer_id: int, number: int, event_id: str, label: Label) -> None:
    event = st.session_state.get("annotate.event")
    seconds = time.monotonic() - event[2] if event and event[1] == event_id else None
    is_new = save_label(
        visit.project,
        answer_id,
        event_id=event_id,
        annotator=visit.annotator,
        label=label,
        note=str(st.session_state.get(_note_key(visit.annotator, answer_id)) or ""),
        seconds=seconds,
    )
    if is_new:
        st.session_state.pop("annotate.event", None)
        st.session_state["annotate.after"] = answer_id
        st.session_state["annotate.last"] = (answer_id, number, label.value)
        choose_answer(None)


def _note_key(annotator: str, answer_id: int) -> str:
    return f"note-{answer_id}-{annotator}"
