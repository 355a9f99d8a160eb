"""Everything about one answer, on one page."""

import streamlit as st

from dashboard.services.adjudicating import differ
from dashboard.services.browsing import Dossier, dossier
from dashboard.services.cases import to_case
from dashboard.ui.answer import author, draw_answer, draw_question
from dashboard.ui.browsing import filter_in_address
from dashboard.ui.evidence import draw_evidence
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, moment, number
from dashboard.ui.navigation import choose_answer
from dashboard.ui.player import draw_player
from dashboard.ui.runs import retriever_title, run_title
from dashboard.ui.text import paragraphs, plain
from dashboard.ui.verdicts import draw_judgements
from dashboard.ui.voices import draw_adjudications, draw_event


def draw_record(visit: Visit, answer_id: int) -> None:
    """Draw question, answer, labels, judgements, grades, run and evidence of one answer."""
    found = dossier(visit.project, answer_id, filter_in_address())
    note_shown(visit.project, visit.annotator, [answer_id])
    _draw_ways(found)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        draw_question(found.answer)
        _draw_tags(found)
        draw_answer(found.answer, answer_id)
        if found.answer.question.reference_answer:
            with st.expander(_("Reference answer")):
                st.markdown(paragraphs(found.answer.question.reference_answer))
        st.markdown("##### " + _("People"))
        _draw_people(found)
        st.markdown("##### " + _("Judges"))
        draw_judgements(found.judgements, whole=True, case=to_case(found.answer))
        _draw_grades(found)
        with st.expander(_("Run")):
            _draw_run(found)
    with right:
        draw_player(visit.project, answer_id, found.answer.hits)
        draw_evidence(found.answer.question.text, answer_id, found.answer.hits, "record")


def _draw_ways(found: Dossier) -> None:
    # The keys are drawn as arrows, so those two need no icon. Without Shift they seek in a video in use.
    ways = (
        (None, _("All answers"), ":material/table_view:", None, False),
        (found.previous, _("Previous"), None, "Shift+Left", found.previous is None),
        (found.next, _("Next"), None, "Shift+Right", found.next is None),
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        for answer_id, text, icon, key, disabled in ways:
            st.button(
                text,
                icon=icon,
                shortcut=key,
                type="tertiary",
                disabled=disabled,
                on_click=choose_answer,
                args=(answer_id,),
            )
        st.page_link(
            "pages/annotate.py",
            label=_("Label this answer"),
            icon=":material/edit_note:",
            query_params={"answer": str(found.answer.answer_id)},
        )


def _draw_tags(found: Dossier) -> None:
    if found.answer.question.tags:
        st.markdown(" ".join(f":gray-badge[{plain(tag)}]" for tag in found.answer.question.tags))


def _draw_people(found: Dossier) -> None:
    draw_adjudications(found.adjudications[::-1])
    for annotation in found.annotations:
        draw_event(annotation)
    if not found.annotations:
        st.caption(_("Nobody has labelled this answer yet."))
    if found.adjudications or differ(found.annotations):
        st.page_link(
            "pages/adjudicate.py",
            label=_("Adjudicate"),
            icon=":material/handshake:",
            query_params={"answer": str(found.answer.answer_id)},
        )


def _draw_grades(found: Dossier) -> None:
    if not found.relevance:
        return
    ranks = {hit.segment.segment_id: hit.rank for hit in found.answer.hits}
    with st.expander(_("Relevance of the segments")):
        for grade in found.relevance:
            if grade.segment_id in ranks:
                rank = ranks[grade.segment_id]
                st.markdown(f"**{rank}** · {grade.grade} / 3 · {plain(grade.annotator)}")


def _draw_run(found: Dossier) -> None:
    answer, config = found.answer, found.answer.run.config
    facts = {
        _("Run"): run_title(answer.run),
        _("Answer"): str(answer.answer_id),
        _("Answered by"): author(answer.model),
        _("Retriever"): retriever_title(config.retriever),
        _("Encoder"): plain(config.encoder),
        _("Segments"): number(len(answer.hits)),
        _("Prompt version"): plain(config.prompt_version),
        _("Question bank"): plain(config.bank),
        _("Stored"): moment(answer.created_at),
        _("Milliseconds"): number(answer.latency_ms) if answer.latency_ms is not None else "",
        _("Tokens in"): number(answer.tokens_in) if answer.tokens_in is not None else "",
        _("Tokens out"): number(answer.tokens_out) if answer.tokens_out is not None else "",
    }
    st.markdown("  \n".join(f"**{name}**: {value}" for name, value in facts.items() if value))
