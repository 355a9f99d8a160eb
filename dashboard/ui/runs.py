"""Runs in words."""

import streamlit as st

from dashboard.errors import SearchError
from dashboard.models import Answer, Run
from dashboard.ui.answer import author
from dashboard.ui.i18n import _
from dashboard.ui.retriever import retriever_name
from dashboard.ui.text import plain


def draw_origin(answer: Answer) -> None:
    """Say which run and model an answer comes from."""
    run = f"{run_title(answer.run)} · " if answer.run.name else ""
    st.caption(run + author(answer.model))


def run_title(run: Run) -> str:
    """Return a run's name, or for live questions, which have none, how they are answered."""
    if run.name:
        return plain(run.name)
    return f"{retriever_title(run.config.retriever)} · {author(run.config.answerer)}"


def retriever_title(setting: str) -> str:
    """Return a retriever in words; imported records may bring any name, which is left as it is."""
    try:
        return retriever_name(setting)
    except SearchError:
        return plain(setting) or _("not named")
