"""Searches of many questions on a page: begun when needed, followed while they run, never waited for."""

from collections.abc import Mapping

import streamlit as st

from dashboard.errors import VereditoError
from dashboard.retrieval.retriever import parse_retriever
from dashboard.services.project import Project
from dashboard.services.rankings import Ranked
from dashboard.services.searches import Searches
from dashboard.services.task import Task
from dashboard.ui.actions import guarded
from dashboard.ui.i18n import _, explain, ngettext, number
from dashboard.ui.resources import get_project
from dashboard.ui.retriever import retriever_name

REFRESH_SECONDS = 0.7
AT_ONCE = 0.4
"""Seconds for which a page waits, so that a short search shows no progress that is gone at once."""

MOST_UNASKED = 500
"""Questions above which a search is not begun before somebody asks for it."""


@st.cache_resource(show_spinner=False)
def get_searches() -> Searches:
    """Return the searches that all sessions share."""
    return Searches(get_project())


def ranked_now(retriever: str, questions: Mapping[int, str]) -> Ranked | None:
    """Return what a retriever finds for some questions; None while it is not known, and then say why.

    A search that would take long is begun with a button, any other by itself.
    """
    searches = get_searches()
    task = searches.find(retriever, questions)
    if task is None:
        if _is_long(retriever, questions) and not _ask_to_begin(retriever, questions):
            return None
        task = searches.begin(retriever, questions)
    if not task.wait(AT_ONCE):
        st.fragment(_draw_progress, run_every=REFRESH_SECONDS)(task, retriever)
        return None
    try:
        return task.result
    except VereditoError as error:
        st.error(explain(error), icon=":material/error:")
        st.button(
            _("Search again"),
            icon=":material/refresh:",
            key=f"retrieval.again-{retriever}",
            on_click=guarded(searches.begin),
            args=(retriever, questions),
        )
        return None


def offered_retrievers(project: Project) -> list[str]:
    """Return the retrievers to choose from, that of the settings first."""
    return list(
        dict.fromkeys([str(parse_retriever(project.settings.retriever)), "dense", "hybrid", "lexical"])
    )


def _is_long(retriever: str, questions: Mapping[int, str]) -> bool:
    return bool(parse_retriever(retriever).reranker) or len(questions) > MOST_UNASKED


def _ask_to_begin(retriever: str, questions: Mapping[int, str]) -> bool:
    st.info(
        _("{retriever} has not searched these questions yet, which may take a while.").format(
            retriever=retriever_name(retriever)
        ),
        icon=":material/hourglass_empty:",
    )
    return st.button(
        ngettext("Search {count} question", "Search {count} questions", len(questions)),
        icon=":material/search:",
        type="primary",
        key=f"retrieval.begin-{retriever}",
    )


def _draw_progress(task: Task[Ranked], retriever: str) -> None:
    if task.wait(0):
        st.rerun()
    share = task.done / task.total if task.total else 0.0
    count = f"{number(task.done)} / {number(task.total)}"
    st.progress(
        share,
        text=_("{retriever} is searching: {count} questions").format(
            retriever=retriever_name(retriever), count=count
        ),
    )
    st.caption(_("You may leave this page; the search goes on."))
