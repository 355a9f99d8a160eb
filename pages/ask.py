"""Ask a question, see and play the evidence, read the cited answer, send it to annotation."""

import streamlit as st

from dashboard.services.asking import find_answer
from dashboard.services.labelling import send_to_annotation
from dashboard.ui.actions import guarded
from dashboard.ui.answer import draw_answer, draw_question
from dashboard.ui.asking import SCOPE, draw_hint, draw_live, draw_question_form, live_answer
from dashboard.ui.evidence import draw_evidence
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.navigation import chosen_answer
from dashboard.ui.player import draw_player
from dashboard.ui.runs import draw_origin


def main(visit: Visit) -> None:
    st.title(_("Ask"))
    draw_question_form(visit.project)
    live, answer_id = live_answer(), chosen_answer()
    if answer_id is not None:
        draw_stored(visit, answer_id)
    elif live is not None:
        draw_live(visit.project, live)
    else:
        draw_hint(visit.project)


def draw_stored(visit: Visit, answer_id: int) -> None:
    answer = find_answer(visit.project, answer_id)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        draw_question(answer)
        draw_answer(answer, SCOPE)
        draw_origin(answer)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.button(
                _("In the annotation queue") if answer.queued else _("Send to annotation"),
                icon=":material/done:" if answer.queued else ":material/send:",
                disabled=answer.queued,
                on_click=guarded(send_to_annotation),
                args=(visit.project, answer_id),
            )
            st.page_link(
                "pages/explore.py",
                label=_("Open the record"),
                icon=":material/open_in_full:",
                query_params={"answer": str(answer_id)},
            )
    with right:
        draw_player(visit.project, SCOPE, answer.hits)
        draw_evidence(answer.question.text, SCOPE, answer.hits, "ask")


with open_page("ask") as page:
    main(page)
