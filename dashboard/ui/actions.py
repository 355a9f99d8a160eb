"""Callbacks run before the page and outside its gate; here they get a gate of their own."""

import logging
from collections.abc import Callable
from typing import ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException

from dashboard import logs
from dashboard.errors import VereditoError
from dashboard.ui.i18n import _, explain
from dashboard.ui.identity import is_the_same

_LOGGER = logging.getLogger(__name__)

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
    logs.begin()
    # The page that is drawn next begins anew.
    if not is_the_same():
        return
    try:
        action(*args, **kwargs)
    except VereditoError as error:
        _LOGGER.info("an action was refused: %s", error.message)
        st.session_state[_ERROR] = explain(error)
    except Exception:
        _LOGGER.exception("an action failed")
        st.session_state[_ERROR] = unexpected()


def unexpected() -> str:
    """Return what a person is told of an error that nobody foresaw, with the number that the log has."""
    apology = _("Something went wrong that should not. What you had saved is safe; load the page again.")
    number = _("Whoever looks after this server finds it in the log under {request}.")
    return f"{apology} {number.format(request=logs.origin().request)}"


def draw_failure() -> None:
    """Draw what went wrong in the callback before this run, if anything did."""
    if message := st.session_state.pop(_ERROR, ""):
        st.error(message, icon=":material/error:")
