"""Label one answer after the other; the judge is shown only after one's own label is stored."""

import streamlit as st

from dashboard.models import Answer
from dashboard.services.labelling import Desk, previous, sit_down
from dashboard.ui.answer import draw_answer, draw_question
from dashboard.ui.evidence import draw_evidence
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.labelling import draw_label_bar, draw_last_label, go_to, start_work
from dashboard.ui.navigation import choose_answer, chosen_answer
from dashboard.ui.player import draw_player
from dashboard.ui.verdicts import draw_verdicts


def main(visit: Visit) -> None:
    if not visit.annotator:
        st.title(_("Annotate"))
        st.info(_("Choose or type your name in the menu on the left to begin."), icon=":material/person:")
        return
    after = start_work(visit.annotator)
    desk = sit_down(visit.project, visit.annotator, chosen_answer(), after)
    choose_answer(desk.answer.answer_id if desk.answer else None)
    draw_progress(visit, desk)
    if desk.answer is None:
        draw_empty(desk)
        return
    left, right = st.columns([5, 6], gap="medium")
    with left:
        draw_question(desk.answer)
        draw_label_bar(visit, desk)
        with st.container(key="answer-pane"):
            draw_answer(desk.answer, desk.answer.answer_id)
            if desk.own is not None:
                draw_verdicts(visit.project, desk.answer.answer_id)
    with right:
        draw_player(visit.project, desk.answer.answer_id, desk.answer.hits)
        draw_evidence(desk.answer.question.text, desk.answer.answer_id, desk.answer.hits, "annotate")


def draw_progress(visit: Visit, desk: Desk) -> None:
    done, total = desk.progress.done, desk.progress.total
    with st.container(horizontal=True, vertical_alignment="center"):
        st.progress(
            done / total if total else 0.0,
            text=_("{done} of {total} labelled").format(done=done, total=total),
        )
        draw_last_label(visit)
        draw_back_and_skip(visit, desk.answer)


def draw_back_and_skip(visit: Visit, answer: Answer | None) -> None:
    back = previous(visit.project, answer.answer_id if answer else 10**17)
    st.button(
        _("Previous"),
        icon=":material/arrow_back:",
        shortcut="Left",
        disabled=back is None,
        on_click=go_to,
        args=(back,),
    )
    st.button(
        _("Skip"),
        icon=":material/arrow_forward:",
        shortcut="Right",
        disabled=answer is None,
        on_click=go_to,
        args=(None, answer.answer_id if answer else 0),
    )


def draw_empty(desk: Desk) -> None:
    if desk.progress.total:
        st.success(
            _("You have labelled every answer in the queue. Thank you!"), icon=":material/celebration:"
        )
        return
    st.info(
        _("No answer was sent to annotation yet. Ask a question, or import records."), icon=":material/inbox:"
    )
    st.page_link("pages/ask.py", label=_("Ask"), icon=":material/forum:")


with open_page("annotate") as page:
    main(page)
