"""Settle the answers on which people differ, with everything that was said of them in view."""

import streamlit as st

from dashboard.services.adjudicating import Case
from dashboard.store.cases import Show
from dashboard.ui.adjudicating import (
    Bench,
    draw_bar,
    draw_judges,
    draw_keys,
    draw_list,
    draw_nothing,
    draw_settling,
)
from dashboard.ui.answer import draw_answer, draw_question
from dashboard.ui.evidence import draw_evidence
from dashboard.ui.frame import Visit, open_page
from dashboard.ui.i18n import _
from dashboard.ui.player import draw_player
from dashboard.ui.voices import draw_adjudications, draw_voices


def main(visit: Visit) -> None:
    if not visit.annotator:
        st.title(_("Adjudicate"))
        hint = _("Choose or type your name in the menu to begin; on a phone, » opens it.")
        st.info(hint, icon=":material/person:")
        return
    bench = draw_bar(visit)
    if bench.case is not None:
        draw_case(bench, bench.case)
    elif bench.show is Show.OPEN:
        draw_nothing(bench)
    else:
        draw_list(bench)


def draw_case(bench: Bench, case: Case) -> None:
    answer = case.answer
    left, right = st.columns([6, 5], gap="medium")
    with left:
        draw_question(answer)
        draw_settling(bench, case)
        with st.container(key="case-pane"):
            draw_adjudications(case.settled)
            # What an answer cites lies on the right already, unless it is not among the segments.
            is_outside = any(reference.rank is None for reference in answer.references)
            draw_answer(answer, answer.answer_id, None if is_outside else ())
            draw_voices(case.voices)
            draw_judges(bench, case)
    with right:
        draw_player(bench.visit.project, answer.answer_id, answer.hits)
        draw_evidence(answer.question.text, answer.answer_id, answer.hits, "adjudicate")
    draw_keys(bench, case)


with open_page("adjudicate") as page:
    main(page)
