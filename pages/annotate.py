"""Label one answer after the other; what others said is shown only after one's own label is stored."""

import streamlit as st

from dashboard.ui.answer import draw_answer, draw_question
from dashboard.ui.checking import draw_citations, draw_moments, prefetch, references_aside
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.keys import draw_help, draw_keys
from dashboard.ui.labelling import draw_cannot_tell, draw_label_bar, draw_other_tab, draw_ways
from dashboard.ui.lookup import draw_guidelines, draw_mine
from dashboard.ui.response import draw_also, draw_flags, draw_note
from dashboard.ui.reveal import draw_reveal_box
from dashboard.ui.workplace import (
    Workplace,
    draw_no_campaign,
    draw_progress,
    draw_rest,
    has_work,
    start_work,
)


def main(visit: Visit) -> None:
    if not visit.annotator:
        st.title(_("Annotate"))
        hint = _("Choose or type your name in the menu to begin; on a phone, » opens it.")
        st.info(hint, icon=":material/person:")
        return
    if not has_work(visit):
        draw_no_campaign()
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="desk-bar"):
        work = start_work(visit)
        draw_progress(work)
        draw_ways(work)
        draw_mine(work)
        draw_guidelines(work)
        draw_help()
    if work.desk.place is None:
        draw_rest(work)
    else:
        draw_place(work)
    draw_keys(work)
    prefetch(work)


def draw_place(work: Workplace) -> None:
    answer = work.desk.answer
    assert answer is not None
    left, right = st.columns([5, 6], gap="medium")
    with left:
        draw_question(answer)
        draw_other_tab(work)
        draw_label_bar(work)
        draw_note(work)
        with st.container(horizontal=True, gap="small", key="beside-label"):
            draw_cannot_tell(work)
            draw_flags(work)
            draw_also(work)
        with st.container(key="answer-pane"):
            draw_answer(answer, work.scope, references_aside(answer))
            draw_citations(work, answer)
            draw_reveal_box(work)
    with right:
        draw_moments(work, answer)


with open_page("annotate") as page:
    main(page)
