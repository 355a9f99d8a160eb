"""Verdicts that a page shows: they count for whoever is looking, also where the name is chosen only later."""

from collections.abc import Iterable

import streamlit as st

from dashboard.services.exposure import note_exposure
from dashboard.services.project import Project

MOST_REMEMBERED = 5_000
"""Far more answers than anybody opens before choosing a name."""

_SHOWN, _NOTED = "exposure.shown", "exposure.noted"


def note_shown(project: Project, annotator: str, answer_ids: Iterable[int]) -> None:
    """Note that the verdicts on these answers are being shown; without a name the session remembers it."""
    shown = list(answer_ids)
    if annotator:
        note_exposure(project, annotator, shown)
        return
    remembered = dict.fromkeys([*st.session_state.get(_SHOWN, ()), *shown])
    st.session_state[_SHOWN] = list(remembered)[-MOST_REMEMBERED:]
    st.session_state.pop(_NOTED, None)


def note_shown_before(project: Project, annotator: str) -> None:
    """Note for the name now chosen what this session was shown without a name."""
    shown = st.session_state.get(_SHOWN)
    if shown and annotator and st.session_state.get(_NOTED) != annotator:
        note_exposure(project, annotator, shown)
        st.session_state[_NOTED] = annotator
