"""Runs in words."""

from collections import defaultdict
from collections.abc import Mapping

import streamlit as st

from dashboard.errors import SearchError
from dashboard.models import Answer, Run
from dashboard.ui.answer import author, author_text
from dashboard.ui.i18n import _, ngettext
from dashboard.ui.retriever import retriever_name
from dashboard.ui.text import plain


def draw_origin(answer: Answer) -> None:
    """Say which run and model an answer comes from."""
    run = f"{run_title(answer.run)} · " if answer.run.name else ""
    st.caption(run + author(answer.model))


def run_title(run: Run) -> str:
    """Return a run's name as Markdown, or for live questions, which have none, how they are answered."""
    return plain(_run_text(run))


def run_texts(runs: Mapping[int, Run]) -> dict[int, str]:
    """Return each run as plain text: its name, and what tells it apart where several have the same name."""
    alike: dict[str, list[int]] = defaultdict(list)
    for run_id, run in runs.items():
        alike[_run_text(run)].append(run_id)
    found = {}
    for name, ids in alike.items():
        facts = [_facts(runs[run_id]) for run_id in ids]
        differ = [place for place in range(len(facts[0])) if len({one[place] for one in facts}) > 1]
        for run_id, one in zip(ids, facts, strict=True):
            found[run_id] = " · ".join([name, *(one[place] for place in differ if one[place])])
    return found


def retriever_title(setting: str) -> str:
    """Return a retriever as Markdown."""
    return plain(_retriever_text(setting))


def _run_text(run: Run) -> str:
    return run.name or f"{_retriever_text(run.config.retriever)} · {author_text(run.config.answerer)}"


def _facts(run: Run) -> tuple[str, ...]:
    config = run.config
    return (
        ngettext("{count} segment", "{count} segments", config.k) if config.k else "",
        _retriever_text(config.retriever),
        author_text(config.answerer),
        config.encoder,
    )


def _retriever_text(setting: str) -> str:
    """Return a retriever in words; imported records may bring any name, which is left as it is."""
    try:
        return retriever_name(setting)
    except SearchError:
        return setting or _("not named")
