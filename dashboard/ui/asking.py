"""The question form and the answer on its way."""

import threading
from dataclasses import dataclass, field

import streamlit as st

from dashboard.errors import VereditoError
from dashboard.retrieval.retriever import METHODS
from dashboard.services.asking import DEFAULT_K
from dashboard.services.corpus import counts
from dashboard.services.live import LiveAnswer
from dashboard.services.project import Project
from dashboard.ui.answer import author, with_citations
from dashboard.ui.evidence import draw_evidence
from dashboard.ui.i18n import _, explain, ngettext
from dashboard.ui.navigation import choose_answer
from dashboard.ui.player import draw_player, stop_playing
from dashboard.ui.retriever import retriever_name
from dashboard.ui.text import paragraphs

LONGEST_QUESTION = 2000
LARGEST_K = 30
SCOPE = "ask"
"""The page's one player: a card that is clicked while the answer is being stored is the same one after it."""

_IN_ADDRESS = "q"


@dataclass(slots=True)
class _Asked:
    """What this session asked last.

    One object for the whole session: a second click begins a run of the page while the first still searches,
    and ends that one at whatever it does next to the session's state.

    Attributes:
        question: The question while it has no stored answer, also when it failed; else empty.
        live: Its answer on its way, or the last one that was.
        sending: Held while a question is sent.
    """

    question: str
    live: LiveAnswer | None = None
    sending: threading.Lock = field(default_factory=threading.Lock)


def _asked() -> _Asked:
    found: _Asked = st.session_state.setdefault("ask.asked", _Asked(st.query_params.get(_IN_ADDRESS, "")))
    return found


def live_answer() -> LiveAnswer | None:
    """Return the answer that this session is waiting for, or that failed; None when there is none."""
    asked = _asked()
    return asked.live if asked.question else None


def draw_question_form(project: Project) -> None:
    """Draw the question box; a question that is sent becomes the live answer."""
    asked = _asked()
    if asked.question:
        # In the address a question outlives a reload, whatever becomes of its answer.
        st.query_params[_IN_ADDRESS] = asked.question
    with st.form("ask.form", border=False):
        question, retriever, k, sent = _draw_fields(project)
    if not sent:
        return
    if not question.strip():
        st.warning(_("Type a question first."), icon=":material/edit:")
        return
    with st.spinner(_("Searching the lectures…")), asked.sending:
        if asked.live and asked.live.is_asked_again(question, k, retriever):
            return
        choose_answer(None)
        asked.question, asked.live = question, None
        st.query_params[_IN_ADDRESS] = question
        stop_playing()
        asked.live = LiveAnswer(project, question, k, retriever)


def _draw_fields(project: Project) -> tuple[str, str, int, bool]:
    wide, middle, narrow, last = st.columns([9, 3, 2, 2], vertical_alignment="bottom", gap="small")
    question = wide.text_input(
        _("Question"),
        st.query_params.get(_IN_ADDRESS, "")[:LONGEST_QUESTION],
        key="ask.question",
        max_chars=LONGEST_QUESTION,
        placeholder=_("For example: how does gradient descent choose the next step?"),
        persist_state="session",
    )
    retriever = middle.selectbox(
        _("Retriever"),
        list(dict.fromkeys([project.settings.retriever, *METHODS])),
        key="ask.retriever",
        format_func=retriever_name,
        persist_state="session",
    )
    k = narrow.number_input(_("Segments"), 1, LARGEST_K, DEFAULT_K, key="ask.k", persist_state="session")
    sent = last.form_submit_button(_("Ask"), type="primary", icon=":material/search:", width="stretch")
    return question or "", str(retriever), int(k), sent


def draw_hint(project: Project) -> None:
    """Say what a question brings, or what is missing before there can be one."""
    _lectures, segments = counts(project)
    if segments:
        st.caption(
            ngettext(
                "The answer will come from the {count} segment of the lectures and cite what it rests on.",
                "The answer will come from the {count} segments of the lectures and cite what it rests on.",
                segments,
            )
        )
        return
    st.info(_("There is no lecture yet. Take some in."), icon=":material/inbox:")
    st.page_link("pages/corpus.py", label=_("Take lectures in"), icon=":material/video_library:")


def draw_live(project: Project, live: LiveAnswer) -> None:
    """Draw the hits and follow the answer; question and hits stay on the page when the model fails."""
    left, right = st.columns([5, 6], gap="medium")
    with right:
        draw_player(project, SCOPE, live.hits)
        draw_evidence(live.question, SCOPE, live.hits, "ask")
    with left:
        st.markdown(f"#### {paragraphs(live.question)}")
        if live.unembedded:
            lacking = ngettext(
                "{count} segment has no vector yet and was not searched. Embed it on the Corpus page.",
                "{count} segments have no vector yet and were not searched. Embed them on the Corpus page.",
                live.unembedded,
            )
            st.warning(lacking, icon=":material/memory:")
        if _is_stored(project, live):
            _asked().question = ""
            st.query_params.pop(_IN_ADDRESS, None)
            choose_answer(live.answer_id)
            st.rerun()


def _is_stored(project: Project, live: LiveAnswer) -> bool:
    place, text = st.empty(), ""
    with st.spinner(_("Writing the answer…") + f" ({author(project.answerer.id)})"):
        for piece in live.follow():
            text += piece
            place.markdown(with_citations(text, len(live.hits)))
    try:
        return live.answer_id > 0
    except VereditoError as error:
        st.error(explain(error), icon=":material/cloud_off:")
        st.info(_("Your question and the segments are still here. Ask again when you like."))
        return False
