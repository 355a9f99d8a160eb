"""The evidence of two answers beside each other."""

import streamlit as st

from dashboard.retrieval.evaluation.measures import Grades
from dashboard.services.answer_pairs import read_answers, withheld_segments
from dashboard.services.rank_changes import overlap, rank_changes
from dashboard.services.relevance_grades import people_grades
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, percent
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.segments import draw_segments


def draw_evidence_pair(visit: Visit, left: int, right: int) -> None:
    """Draw what both answers rest on: where each segment stood, and what only one has."""
    answers = {one.answer_id: one for one in read_answers(visit.project, [left, right])}
    ranked = [[hit.segment.segment_id for hit in answers[one].hits] for one in (left, right)]
    longest = max(map(len, ranked), default=0)
    st.subheader(_("Evidence"))
    st.caption(
        _("{share} of all that either found was found by both.").format(
            share=percent(overlap(ranked[0], ranked[1], longest))
        )
    )
    hits = {hit.segment.segment_id: hit.segment for one in answers.values() for hit in one.hits}
    graded = _grades(visit.project.store.revision())
    grades = graded.get(answers[left].question.question_id, {})
    draw_segments(
        visit.project,
        f"pair-{left}-{right}",
        rank_changes(ranked[0], ranked[1], grades, longest),
        hits,
        longest,
        withheld=withheld_segments(list(answers.values())),
    )
    st.caption(_("Rank in the first and in the second, people's grade (? where nobody graded), moment."))


@st.cache_resource(max_entries=1, show_spinner=False)
def _grades(revision: int) -> Grades:
    return people_grades(get_project())
