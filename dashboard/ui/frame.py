"""The one gate that every page goes through: configuration, identity, menu, and kind errors."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from errno import ENOSPC
from pathlib import Path
from typing import NamedTuple

import streamlit as st

from dashboard import logs
from dashboard.config import load_settings
from dashboard.errors import N_, AccessRefused, PassingError, TooManyRequests, VereditoError
from dashboard.roles import Actor, Role, Via
from dashboard.services import access
from dashboard.services.people import number_of
from dashboard.services.project import Project
from dashboard.ui.actions import draw_failure, unexpected
from dashboard.ui.exposure import note_shown_before
from dashboard.ui.i18n import LANGUAGES, _, explain, language, set_language
from dashboard.ui.identity import identify
from dashboard.ui.layout import LAYOUT
from dashboard.ui.resources import get_project, get_workers
from dashboard.ui.sign_in import draw_person, draw_sign_in

# A picture of our own: Streamlit fetches the named icons from another host.
ICON = Path(__file__).with_name("icon.png")

_LOGGER = logging.getLogger(__name__)


class Page(NamedTuple):
    """A page of the menu, and the role that opening it needs."""

    script: str
    title: str
    icon: str
    role: Role


PAGES = {
    "home": Page("app.py", N_("Home"), ":material/home:", Role.ANNOTATOR),
    "ask": Page("pages/ask.py", N_("Ask"), ":material/forum:", Role.RESEARCHER),
    "annotate": Page("pages/annotate.py", N_("Annotate"), ":material/edit_note:", Role.ANNOTATOR),
    "campaigns": Page("pages/campaigns.py", N_("Campaigns"), ":material/checklist:", Role.RESEARCHER),
    "adjudicate": Page("pages/adjudicate.py", N_("Adjudicate"), ":material/handshake:", Role.ADJUDICATOR),
    "explore": Page("pages/explore.py", N_("Explore"), ":material/table_view:", Role.RESEARCHER),
    "retrieval": Page("pages/retrieval.py", N_("Retrieval"), ":material/travel_explore:", Role.RESEARCHER),
    "judge": Page("pages/judge.py", N_("Judge"), ":material/smart_toy:", Role.RESEARCHER),
    "agreement": Page("pages/agreement.py", N_("Agreement"), ":material/balance:", Role.RESEARCHER),
    "corpus": Page("pages/corpus.py", N_("Corpus"), ":material/video_library:", Role.RESEARCHER),
    "questions": Page("pages/questions.py", N_("Questions"), ":material/quiz:", Role.RESEARCHER),
    "project": Page("pages/project.py", N_("Project"), ":material/folder_open:", Role.RESEARCHER),
}
"""Every page in the order of the menu."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One run of a page: the project in the hands of whoever is looking, and that person's role.

    The name is empty until one was chosen.
    """

    project: Project
    annotator: str
    role: Role


@contextmanager
def open_page(name: str) -> Iterator[Visit]:
    """Open a page: set it up, draw the menu, and turn whatever goes wrong into words.

    Args:
        name: A key of `PAGES`.
    """
    logs.begin()
    began = time.perf_counter()
    try:
        with _frame(name) as visit:
            yield visit
    finally:
        _LOGGER.info("page %s took %d ms", name, (time.perf_counter() - began) * 1000)


@contextmanager
def _frame(name: str) -> Iterator[Visit]:
    page = PAGES[name]
    with _in_words(name):
        _choose_language()
        st.html(LAYOUT)
        st.set_page_config(page_title=f"{_(page.title)} · Veredito", page_icon=str(ICON), layout="wide")
        get_workers()
        visit = _sidebar(get_project())
        _tell_whose(visit)
        access.check(visit.project, page.role, f"page.{name}")
        note_shown_before(visit.project, visit.annotator)
        if visit.project.is_demo:
            _draw_demo_notice()
        draw_failure()
    with _in_words(name):
        yield visit


@contextmanager
def _in_words(name: str) -> Iterator[None]:
    try:
        yield
        return
    except VereditoError as error:
        _LOGGER.info("page %s: %s", name, error.message)
        st.error(explain(error), icon=":material/error:")
        if isinstance(error, PassingError):
            st.button(_("Try again"), key=f"frame.again.{name}", icon=":material/refresh:")
    except Exception as error:
        _LOGGER.exception("page %s failed", name)
        is_full = isinstance(error, OSError) and error.errno == ENOSPC
        full = _("The disk is full, so nothing was saved. Free some space and try again.")
        st.error(full if is_full else unexpected(), icon=":material/bug_report:")
    st.stop()


def _tell_whose(visit: Visit) -> None:
    """Put the person's number into the log, never the name; it is looked up once a session."""
    name, user = st.session_state.get("app.user", ("", None))
    if visit.annotator and (name != visit.annotator or user is None):
        user = number_of(visit.project, visit.annotator)
        st.session_state["app.user"] = visit.annotator, user
    logs.belongs_to(replace(logs.origin(), user=user if visit.annotator else None))


def _draw_demo_notice() -> None:
    notice = _("Lectures, answers, labels and judgements here are made up to show how Veredito works.")
    st.markdown(":gray-badge[" + _("Demonstration") + f"] :small[{notice}]")


def _sidebar(shared: Project) -> Visit:
    with st.sidebar:
        st.markdown("## :primary[:material/gavel:] Veredito")
        menu = st.container()
        st.divider()
        who, refused = _identify(shared)
        project = shared.acting_as(who or Actor("", Via.PAGE))
        role = access.role_here(project) if who is not None else None
        if role is not None and not access.is_free(project):
            draw_person(project, role)
        with menu:
            for page in PAGES.values():
                if role is not None and role.covers(page.role):
                    st.page_link(page.script, label=_(page.title), icon=page.icon, width="stretch")
        st.selectbox(
            _("Language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(language()),
            format_func=LANGUAGES.__getitem__,
            key="frame.language",
            on_change=_switch_language,
        )
    if role is None:
        draw_sign_in(shared.settings.auth, refused)
    return Visit(project, project.actor.name, role)


def _identify(shared: Project) -> tuple[Actor | None, VereditoError | None]:
    """Return who is looking, or why somebody who wants to may not."""
    try:
        return identify(shared), None
    except (AccessRefused, TooManyRequests) as error:
        return None, error


def _choose_language() -> None:
    if "app.language" not in st.session_state:
        set_language(load_settings().language)
        set_language(st.query_params.get("lang", ""))
    st.query_params["lang"] = language()


def _switch_language() -> None:
    set_language(st.session_state["frame.language"])
