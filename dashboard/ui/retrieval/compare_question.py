"""One question under two retrievers or runs: how the ranks changed, what only one found, and both answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.services import answer_pairs
from dashboard.services.agreement import find_judge
from dashboard.services.answer_pairs import AnswerPair
from dashboard.services.comparing import QuestionChange
from dashboard.services.measured_questions import answers_to
from dashboard.services.project import Project
from dashboard.services.rank_changes import overlap, rank_changes
from dashboard.services.truth import Truth
from dashboard.ui.agreement.plots import draw_chart
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, percent
from dashboard.ui.retrieval.answer_pair import draw_pair
from dashboard.ui.retrieval.choice import RUN
from dashboard.ui.retrieval.segments import draw_segments, segment_title
from dashboard.ui.retrieval.slope import slope_chart, slope_table
from dashboard.ui.text import plain


@dataclass(frozen=True, slots=True)
class Compared:
    """What is compared.

    Attributes:
        truth: What is known to be relevant.
        rankers: The codes of the two.
        sides: The two in words.
        k: How many of the first places count.
        name: The measure by which a question got better or worse.
    """

    truth: Truth
    rankers: tuple[str, str]
    sides: tuple[str, str]
    k: int
    name: str


def answers_of(project: Project, ranker: str) -> Mapping[int, int]:
    """Return the stored answer to each question of a run, or that rests on a retriever."""
    if ranker.startswith(RUN):
        return answer_pairs.answers_of_run(project, int(ranker.removeprefix(RUN)))
    return answer_pairs.answers_of_retriever(project, ranker)


def paired_answers(project: Project, compared: Compared) -> Sequence[AnswerPair]:
    """Return the answers to the questions that both sides answered, with what counts of each."""
    left, right = (answers_of(project, one) for one in compared.rankers)
    judge = find_judge(project, "")
    return answer_pairs.pair(project, left, right, judge.judge_id if judge else None)


def draw_question(visit: Visit, compared: Compared, change: QuestionChange) -> None:
    """Draw the slope chart, the segments, and both answers where both are stored."""
    st.markdown(f"#### {plain(change.text)}")
    left, right = ([one.segment_id for one in line.found] for line in (change.left, change.right))
    grades = compared.truth.grades[change.question]
    changes = rank_changes(left, right, grades, compared.k)
    segments = visit.project.segments.segments([one.segment_id for one in changes])
    names = {one: segment_title(segment) for one, segment in segments.items()}
    is_known_items = compared.truth.is_known_items
    answered = (
        answers_to(visit.project, [change.left]).get(change.question, []) if compared.truth.is_stored else []
    )
    if not is_known_items:
        # As in the part Measure: whoever sees others' grades grades this question's evidence blind no more.
        note_shown(visit.project, visit.annotator, answered)
    st.caption(
        _("{share} of all that either found was found by both.").format(
            share=percent(overlap(left, right, compared.k))
        )
    )
    chart, listed = st.columns([2, 3], gap="large")
    with chart:
        draw_chart(
            "ranks",
            slope_chart(
                changes,
                compared.k,
                compared.sides,
                compared.truth.relevant_from,
                names,
                is_known_items=is_known_items,
            ),
            slope_table(changes, compared.sides, names, is_known_items=is_known_items),
            _("The rank of each segment in the first and in the second"),
        )
        st.caption(_legend(is_known_items))
    with listed:
        draw_segments(
            visit.project,
            f"compared-{change.question}",
            changes,
            segments,
            compared.k,
            is_known_items=is_known_items,
            withheld=answer_pairs.withheld_segments(answer_pairs.read_answers(visit.project, answered)),
        )
    st.subheader(_("Both answers"))
    _draw_answers(visit, compared, change.question)


def _legend(is_known_items: bool) -> str:
    if is_known_items:
        return _("Each end: rank and ✓ for a segment of the lecture that answers, – for another.")
    return _("Each end: rank and grade. Thick: relevant. Thin: not relevant. Dotted, ?: nobody graded it.")


def _draw_answers(visit: Visit, compared: Compared, question: int) -> None:
    if not compared.truth.is_stored:
        st.caption(_("Titles are no stored questions, so there are no answers to them."))
        return
    left, right = (answers_of(visit.project, one).get(question) for one in compared.rankers)
    if left is None or right is None:
        missing = [
            plain(side) for side, answer in zip(compared.sides, (left, right), strict=True) if answer is None
        ]
        st.info(
            _("No answer to this question is stored for: {missing}. Run the question bank with it.").format(
                missing=", ".join(missing)
            ),
            icon=":material/inbox:",
        )
        return
    if left == right:
        st.caption(_("Both rest on the same stored answer."))
    draw_pair(visit, left, right, compared.sides)
