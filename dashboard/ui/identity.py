"""Who is looking at a page."""

import streamlit as st

from dashboard.services.people import known_annotators
from dashboard.services.project import Project
from dashboard.ui.i18n import _

LONGEST_NAME = 200
_NAME, _NAME_BOX = "app.annotator", "frame.annotator"


def identify(project: Project) -> str:
    """Return who is looking, empty while nobody is known; drawn in the menu.

    With `open` it is a box in which a person says who they are; the name stays in the address for a reload.
    """
    name = str(st.session_state.setdefault(_NAME, _tidy(st.query_params.get("who"))))
    names = known_annotators(project)
    if name and name not in names:
        names.append(name)
    st.selectbox(
        _("Who is labelling?"),
        names,
        index=names.index(name) if name else None,
        accept_new_options=True,
        placeholder=_("Choose or type your name"),
        key=_NAME_BOX,
        on_change=_take_name,
    )
    if name:
        st.query_params["who"] = name
    else:
        st.query_params.pop("who", None)
    return name


def _take_name() -> None:
    # In a callback, which runs even when the reader turns to another page before this one is drawn.
    st.session_state[_NAME] = _tidy(st.session_state.get(_NAME_BOX))


def _tidy(name: str | None) -> str:
    return (name or "").strip()[:LONGEST_NAME]
