"""Callbacks run before the page and outside its gate; here they get a gate of their own."""

from collections.abc import Callable
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from dashboard.errors import VereditoError
from dashboard.ui.i18n import explain
from dashboard.ui.identity import is_the_same

_ERROR = "actions.error"
_Args = ParamSpec("_Args")


def guarded(action: Callable[_Args, object]) -> Callable[_Args, None]:
    """Return the action as a callback that runs to its end, and whose failure is told on the next page.

    Streamlit cuts a callback short wherever it touches the session while another request waits, such as a
    second press of the same key. What was said would then be half done, so the action, which must bear to be
    done twice, is begun again.
    """

    def run(*args: _Args.args, **kwargs: _Args.kwargs) -> None:
        cut: RerunException | None = None
        is_done = False
        while not is_done:
            try:
                _tell(action, *args, **kwargs)
                is_done = True
            except RerunException as request:
                cut = request
        if cut is not None:
            raise cut

    return run


def _tell(action: Callable[_Args, object], *args: _Args.args, **kwargs: _Args.kwargs) -> None:
    # The page that is drawn next begins anew.
    if not is_the_same():
        return
    try:
        action(*args, **kwargs)
    except VereditoError as error:
        st.session_state[_ERROR] = explain(error)


def draw_failure() -> None:
    """Draw what went wrong in the callback before this run, if anything did."""
    if message := st.session_state.pop(_ERROR, ""):
        st.error(message, icon=":material/error:")
