"""The way in and out: the screen of who is not signed in, and the end of the menu of who is."""

import logging
from typing import NoReturn

import streamlit as st
from streamlit.errors import StreamlitAuthError

from dashboard.errors import VereditoError
from dashboard.roles import Role
from dashboard.services import sign_ins
from dashboard.services.project import Project
from dashboard.ui.i18n import _, explain
from dashboard.ui.roles import role_name
from dashboard.ui.text import plain

_LOGGER = logging.getLogger(__name__)
_DEFAULT = "default"


def draw_sign_in(auth: str, refused: VereditoError | None = None) -> NoReturn:
    """Draw what somebody does to come in, in place of the page.

    Args:
        auth: The project's `VEREDITO_AUTH`.
        refused: Why somebody whom the provider knows may not come in.
    """
    with st.container(width=560):
        st.title(_("Sign in"))
        if refused is not None:
            st.error(explain(refused), icon=":material/block:")
        if auth == "invite":
            st.markdown(_("Open the link that was sent to you. It signs you in on this device."))
            st.caption(_("You have none, or it does not work any more? Ask whoever runs this project."))
        else:
            _draw_provider(is_refused=refused is not None)
    st.stop()


def draw_person(project: Project, role: Role) -> None:
    """Draw who is signed in, and the way out."""
    st.markdown(f":material/person: **{plain(project.actor.name)}**  \n:small[{role_name(role)}]")
    if st.button(_("Sign out"), icon=":material/logout:", key="frame.sign_out", width="stretch"):
        sign_ins.sign_out(project)
        _leave()


def _draw_provider(*, is_refused: bool) -> None:
    if is_refused:
        if st.button(_("Sign in as somebody else"), icon=":material/logout:", key="sign_in.leave"):
            _leave()
        return
    st.markdown(_("Sign in with the account that your project uses."))
    for provider in _providers():
        text = (
            _("Sign in") if provider == _DEFAULT else _("Sign in with {provider}").format(provider=provider)
        )
        if st.button(text, type="primary", icon=":material/login:", key=f"sign_in.{provider}"):
            try:
                st.login(None if provider == _DEFAULT else provider)
            except StreamlitAuthError:
                _LOGGER.exception("sign-in is not set up")
                st.error(
                    _("Signing in is not set up completely. Whoever runs this project: start `doctor`."),
                    icon=":material/error:",
                )


def _providers() -> list[str]:
    """Return the providers of the section [auth] of Streamlit's secrets."""
    found = st.secrets.get("auth", {}) if _has_secrets() else {}
    named = [name for name, one in found.items() if hasattr(one, "get") and "client_id" in one]
    return named if named and "client_id" not in found else [_DEFAULT]


def _has_secrets() -> bool:
    return bool(st.secrets.load_if_toml_exists())


def _leave() -> NoReturn:
    # Also where there is no provider: it loads the page anew, and the cookie is cleared on the way.
    st.logout()
    st.stop()
