"""The one gate that every page goes through: configuration, identity, menu, and kind errors."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from dashboard.config import load_settings
from dashboard.errors import N_, VereditoError
from dashboard.services.people import known_annotators
from dashboard.services.project import Project
from dashboard.ui.actions import draw_failure
from dashboard.ui.exposure import note_shown_before
from dashboard.ui.i18n import LANGUAGES, _, explain, language, set_language
from dashboard.ui.layout import LAYOUT
from dashboard.ui.resources import get_project, get_workers

# A picture of our own: Streamlit fetches the named icons from another host.
ICON = Path(__file__).with_name("icon.png")

_LOGGER = logging.getLogger(__name__)

PAGES = {
    "home": ("app.py", N_("Home"), ":material/home:"),
    "ask": ("pages/ask.py", N_("Ask"), ":material/forum:"),
    "annotate": ("pages/annotate.py", N_("Annotate"), ":material/edit_note:"),
    "campaigns": ("pages/campaigns.py", N_("Campaigns"), ":material/checklist:"),
    "adjudicate": ("pages/adjudicate.py", N_("Adjudicate"), ":material/handshake:"),
    "explore": ("pages/explore.py", N_("Explore"), ":material/table_view:"),
    "retrieval": ("pages/retrieval.py", N_("Retrieval"), ":material/travel_explore:"),
    "judge": ("pages/judge.py", N_("Judge"), ":material/smart_toy:"),
    "agreement": ("pages/agreement.py", N_("Agreement"), ":material/balance:"),
    "corpus": ("pages/corpus.py", N_("Corpus"), ":material/video_library:"),
    "questions": ("pages/questions.py", N_("Questions"), ":material/quiz:"),
    "project": ("pages/project.py", N_("Project"), ":material/folder_open:"),
}
"""Every page in the order of the menu: script, title, icon."""


LONGEST_NAME = 200
_NAME, _NAME_BOX = "app.annotator", "frame.annotator"


@dataclass(frozen=True, slots=True)
class Visit:
    """One run of a page: the project, and who is looking (empty until a name was chosen)."""

    project: Project
    annotator: str


@contextmanager
def open_page(name: str) -> Iterator[Visit]:
    """Open a page: set it up, draw the menu, and turn whatever goes wrong into words.

    Args:
        name: A key of `PAGES`.
    """
    title = PAGES[name][1]
    with _in_words(name):
        _choose_language()
        st.html(LAYOUT)
        st.set_page_config(page_title=f"{_(title)} · Veredito", page_icon=str(ICON), layout="wide")
        project = get_project()
        get_workers()
        visit = Visit(project, _sidebar(project))
        note_shown_before(project, visit.annotator)
        if project.is_demo:
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
        st.error(explain(error), icon=":material/error:")
    except Exception:
        _LOGGER.exception("page %s failed", name)
        st.error(
            _("Something went wrong that should not. What you had saved is safe; load the page again."),
            icon=":material/bug_report:",
        )
    st.stop()


def _draw_demo_notice() -> None:
    notice = _("Lectures, answers, labels and judgements here are made up to show how Veredito works.")
    st.markdown(":gray-badge[" + _("Demonstration") + f"] :small[{notice}]")


def _sidebar(project: Project) -> str:
    with st.sidebar:
        st.markdown("## :primary[:material/gavel:] Veredito")
        for script, title, icon in PAGES.values():
            st.page_link(script, label=_(title), icon=icon, width="stretch")
        st.divider()
        annotator = _who(project)
        st.selectbox(
            _("Language"),
            list(LANGUAGES),
            index=list(LANGUAGES).index(language()),
            format_func=LANGUAGES.__getitem__,
            key="frame.language",
            on_change=_switch_language,
        )
    return annotator


def _who(project: Project) -> str:
    """Draw the box in which a person says who they are; the name stays in the address for a reload."""
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


def _choose_language() -> None:
    if "app.language" not in st.session_state:
        set_language(load_settings().language)
        set_language(st.query_params.get("lang", ""))
    st.query_params["lang"] = language()


def _switch_language() -> None:
    set_language(st.session_state["frame.language"])
