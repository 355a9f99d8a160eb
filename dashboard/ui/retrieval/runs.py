"""Two runs side by side: how many answers, labels and scores changed, and each pair of answers."""

import math

import streamlit as st

from dashboard.errors import N_
from dashboard.labels import ORDERED
from dashboard.models import Phase
from dashboard.services.agreement import list_judges
from dashboard.services.answer_pairs import AnswerPair, answers_of_run, pair, read_answers, transitions
from dashboard.services.browsing import choices, summaries
from dashboard.services.publishing import Table
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import choose, draw_pages, page_number
from dashboard.ui.agreement.tables import draw_downloads, draw_table
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.judge_names import judge_title
from dashboard.ui.labels import badge
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.answer_pair import draw_pair
from dashboard.ui.retrieval.evidence_pair import draw_evidence_pair
from dashboard.ui.runs import run_texts
from dashboard.ui.text import plain

PAGE_SIZE = 15

SHOWS = {
    "label-down": N_("people's label got worse"),
    "label-up": N_("people's label got better"),
    "score-down": N_("judge's score fell"),
    "score-up": N_("judge's score rose"),
}


def draw_runs(visit: Visit) -> None:
    """Draw the choice of two runs, what changed between them, and the pairs of answers."""
    found = choices(visit.project)
    runs = {str(run_id): f"{run_id} · {text}" for run_id, text in run_texts(found.runs).items()}
    if len(runs) < 2:
        st.info(
            _("There are fewer than two runs. Answer a question bank twice, with different settings."),
            icon=":material/inbox:",
        )
        return
    judges = {str(judge.judge_id): judge_title(judge) for judge, _count in list_judges(visit.project)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        left = choose(_("First run"), "left", list(runs), runs.__getitem__, width=270, forget=("question",))
        others = [one for one in runs if one != left]
        right = choose(_("Second run"), "right", others, runs.__getitem__, width=270, forget=("question",))
        judge = ""
        if judges:
            judge = choose(_("Judge"), "judge", list(judges), judges.__getitem__, width=270)
    pairs = _pairs(int(left), int(right), int(judge) if judge else None, visit.project.store.revision())
    if not pairs:
        st.info(_("The two runs have no question in common."), icon=":material/inbox:")
        return
    sides = (runs[left], runs[right])
    asked = st.query_params.get("question", "")
    opened = next((one for one in pairs if str(one.question_id) == asked), None)
    if opened is None:
        _draw_overview(pairs)
        _draw_list(visit, pairs)
        return
    st.button(_("Back to the list"), icon=":material/arrow_back:", key="runs.back", on_click=guarded(_close))
    answer = read_answers(visit.project, [opened.left])[0]
    st.markdown(f"#### {answer.question.number}. {plain(answer.question.text)}")
    draw_pair(visit, opened.left, opened.right, sides)
    draw_evidence_pair(visit, opened.left, opened.right)


@st.cache_data(max_entries=8, show_spinner=False)
def _pairs(left_run: int, right_run: int, judge_id: int | None, revision: int) -> list[AnswerPair]:
    """Return the pairs of two runs, read again only after something was written."""
    project = get_project()
    left, right = (answers_of_run(project, run_id) for run_id in (left_run, right_run))
    return pair(project, left, right, judge_id, Phase.BLIND)


def _draw_overview(pairs: list[AnswerPair]) -> None:
    labelled = [one.label_change for one in pairs if one.label_change is not None]
    scored = [one.score_change for one in pairs if one.score_change is not None]
    sentences = [
        ngettext("{count} question answered by both", "{count} questions answered by both", len(pairs)),
        _("people's label better on {up}, worse on {down} of {count} labelled on both sides").format(
            up=number(sum(by > 0 for by in labelled)),
            down=number(sum(by < 0 for by in labelled)),
            count=number(len(labelled)),
        ),
        _("judge's score higher on {up}, lower on {down} of {count}").format(
            up=number(sum(by > 0 for by in scored)),
            down=number(sum(by < 0 for by in scored)),
            count=number(len(scored)),
        ),
    ]
    st.markdown(" · ".join(sentences))
    table = transitions_table(pairs)
    draw_table(table)
    draw_downloads("runs-labels", table, _("Labels from the first run (rows) to the second (columns)"))


def transitions_table(pairs: list[AnswerPair]) -> Table:
    """Return how often each label of the first run became each of the second, the best first."""
    counts, order = transitions(pairs), list(ORDERED)[::-1]
    return Table(
        (_("First run"), *(label.value for label in order)),
        tuple(
            (label.value, *(counts[ORDERED.index(label)][ORDERED.index(other)] for other in order))
            for label in order
        ),
    )


def _draw_list(visit: Visit, pairs: list[AnswerPair]) -> None:
    show = choose(_("Change"), "change", list(SHOWS), lambda one: _(SHOWS[one]), width=260, nothing=_("all"))
    shown = listed(pairs, show)
    st.caption(ngettext("{count} question", "{count} questions", len(shown)))
    pages = -(-len(shown) // PAGE_SIZE)
    start = (page_number(pages) - 1) * PAGE_SIZE
    here = shown[start : start + PAGE_SIZE]
    note_shown(visit.project, visit.annotator, [answer for one in here for answer in (one.left, one.right)])
    lines = {line.answer_id: line for line in summaries(visit.project, [one.left for one in here])}
    for one in here:
        line = lines[one.left]
        with st.container(
            horizontal=True,
            vertical_alignment="center",
            gap="small",
            wrap=False,
            key=f"line-pair-{one.question_id}",
        ):
            with st.container(width="stretch"):
                st.button(
                    f"**{line.number}.** {plain(line.question)}",
                    key=f"open-pair-{one.question_id}",
                    type="tertiary",
                    on_click=guarded(_open),
                    args=(one.question_id,),
                )
            st.markdown(f":small[{_in_badges(one)}]", width="content")
    draw_pages(pages)


def listed(pairs: list[AnswerPair], show: str) -> list[AnswerPair]:
    """Return the pairs of a kind of `SHOWS`, or all; the greatest losses, or gains, come first."""
    direction = -1.0 if show.endswith("-up") else 1.0
    by_score = show.startswith("score")

    def order(one: AnswerPair) -> tuple[float, float]:
        label, score = (
            math.inf if by is None else direction * by for by in (one.label_change, one.score_change)
        )
        return (score, label) if by_score else (label, score)

    return sorted((one for one in pairs if _is_shown(one, show)), key=order)


def _is_shown(one: AnswerPair, show: str) -> bool:
    label, score = one.label_change or 0.0, one.score_change or 0.0
    return {
        "label-down": label < 0,
        "label-up": label > 0,
        "score-down": score < 0,
        "score-up": score > 0,
    }.get(show, True)


def _in_badges(one: AnswerPair) -> str:
    people = f"{badge(one.left_said.label)} → {badge(one.right_said.label)}"
    judge = f"{badge(one.left_said.judge)} → {badge(one.right_said.judge)}"
    return _("People {people} · Judge {judge}").format(people=people, judge=judge)


def _open(question: int) -> None:
    st.query_params["question"] = str(question)


def _close() -> None:
    st.query_params.pop("question", None)
