"""Who is looking at a page."""

import hashlib

import streamlit as st

from dashboard.roles import Actor, Via
from dashboard.services import sign_ins
from dashboard.services.people import known_annotators
from dashboard.services.project import Project
from dashboard.store.sign_ins import SignIn
from dashboard.ui.i18n import _
from dashboard.ui.visitors import COOKIE

LONGEST_NAME = 200
_NAME, _NAME_BOX = "app.annotator", "frame.annotator"
_BADGE = "app.badge"
_LANGUAGE = "app.language"


def identify(project: Project) -> Actor | None:
    """Return who is looking; drawn in the menu.

    With `open` it is whoever the person says they are, in a box of the menu, and nobody in particular before
    that. Else it is whoever is signed in.

    Returns:
        Who acts from now on; None when somebody has to sign in first.

    Raises:
        AccessRefused: A provider knows the person, and they may not come in.
        TooManyRequests: They have tried too often.
    """
    if project.settings.auth == "open":
        return Actor(_chosen_name(project), Via.PAGE)
    st.query_params.pop("who", None)
    _forget_the_other()
    found = _signed_in(project)
    return Actor(found.name, Via.PAGE, found.sign_in_id) if found is not None else None


def shown_cookie() -> str:
    """Return the token that the browser has shown when it connected, empty for none."""
    return str(st.context.cookies.get(COOKIE, ""))


def is_the_same() -> bool:
    """Return whether this session's browser is still signed in as it was when the session began.

    A connection that was cut takes its session up again, even when somebody else has signed in meanwhile.
    """
    kept = st.session_state.get(_BADGE)
    return kept is None or kept == _badge()


def _forget_the_other() -> None:
    if not is_the_same():
        language = st.session_state.get(_LANGUAGE)
        st.session_state.clear()
        if language:
            st.session_state[_LANGUAGE] = language
    st.session_state[_BADGE] = _badge()


def _badge() -> str:
    """Return what tells the browser's present sign-in from others, without being of use to anybody."""
    shown = [shown_cookie(), *(st.user.get(name) for name in sign_ins.LOGIN_CLAIMS)]
    return hashlib.sha256("\0".join(map(str, shown)).encode()).hexdigest()


def _signed_in(project: Project) -> SignIn | None:
    if project.settings.auth == "invite":
        return sign_ins.signed_in(project, shown_cookie())
    if not st.user.get("is_logged_in"):
        return None
    return sign_ins.signed_in_at_provider(project, st.user.to_dict())


def _chosen_name(project: Project) -> str:
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
