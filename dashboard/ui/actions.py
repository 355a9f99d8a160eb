"""Callbacks run before the page and outside its gate; here they get a gate of their own."""

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st

from dashboard.errors import VereditoError
from dashboard.ui.i18n import explain

_ERROR = "actions.error"
_Args = ParamSpec("_Args")


def guarded(action: Callable[_Args, object]) -> Callable[_Args, None]:
    """Return the action as a callback whose failure is told on the page that is drawn next."""

    def run(*args: _Args.args, **kwargs: _Args.kwargs) -> None:
        try:
            action(*args, **kwargs)
        except VereditoError as error:
            st.session_state[_ERROR] = explain(error)

    return run


def draw_failure() -> None:
    """Draw what went wrong in the callback before this run, if anything did."""
    if message := st.session_state.pop(_ERROR, ""):
        st.error(message, icon=":material/error:")
