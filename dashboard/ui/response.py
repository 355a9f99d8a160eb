"""What a person can add to a label: a note, flags, a second label. It is kept while it is entered."""

import streamlit as st

from dashboard.campaigns import Draft
from dashboard.labels import FIRST_KEY_IS_BEST, STYLES, Label
from dashboard.responses import FLAG_TEXTS, Flag
from dashboard.services.labelling import keep_draft
from dashboard.ui.actions import guarded
from dashboard.ui.i18n import _
from dashboard.ui.labels import badge, hinted
from dashboard.ui.workplace import Workplace

LONGEST_NOTE = 4000


def draw_note(work: Workplace) -> None:
    """Draw the note; what is typed is kept as a draft.

    It is no fragment: leaving the note by a click on a label would else draw the fragment and not the page.
    """
    with st.container(key="note-box"):
        st.text_area(
            _("Note"),
            value=_before(work).note,
            key=_key(work, "note"),
            height=68,
            max_chars=LONGEST_NOTE,
            placeholder=_("Why? (optional; stored with the label)"),
            label_visibility="collapsed",
            on_change=guarded(_keep),
            args=(work,),
        )


def draw_flags(work: Workplace) -> None:
    """Draw what may be wrong with the item itself."""
    before = _before(work).flags
    flags = st.session_state.get(_key(work, "flags"), before)
    title = _("Flags") + (f" · {len(flags)}" if flags else "")
    with st.popover(hinted(title, "F"), key="flags"):
        st.pills(
            _("What is wrong with this item?"),
            list(Flag),
            selection_mode="multi",
            default=list(before),
            key=_key(work, "flags"),
            format_func=lambda flag: _(FLAG_TEXTS[flag]),
            on_change=guarded(_keep),
            args=(work,),
        )


def draw_also(work: Workplace) -> None:
    """Draw the choice of a second label that would be fair, too."""
    before = _before(work).also
    also = st.session_state.get(_key(work, "also"), before)
    title = _("Also acceptable") + (f" {badge(also)}" if also else "")
    with st.popover(hinted(title, "A"), key="also"):
        st.segmented_control(
            _("Which other label would be fair?"),
            list(FIRST_KEY_IS_BEST),
            default=before,
            key=_key(work, "also"),
            format_func=lambda label: f"{label.value} · {_(STYLES[label].text)}",
            on_change=guarded(_keep),
            args=(work,),
        )


def entered(work: Workplace) -> Draft:
    """Return what stands beside the label now."""
    before, state = _before(work), st.session_state
    also = state.get(_key(work, "also"), before.also)
    return Draft(
        note=str(state.get(_key(work, "note"), before.note) or ""),
        flags=tuple(Flag(flag) for flag in state.get(_key(work, "flags"), before.flags) or ()),
        also=Label(also) if also else None,
        label=work.desk.draft.label,
    )


def _before(work: Workplace) -> Draft:
    """Return the draft, or without one what was sent."""
    own = work.desk.own
    if work.desk.draft.is_empty and own is not None:
        return Draft(own.note, own.flags, own.also)
    return work.desk.draft


def _keep(work: Workplace) -> None:
    keep_draft(work.visit.project, work.place, work.visit.annotator, entered(work))


def _key(work: Workplace, name: str) -> str:
    return f"{name}-{work.scope}-{work.visit.annotator}"
