"""Why answers failed: how often of each cause, in which runs, and which answers."""

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard.errors import N_
from dashboard.models import Judge, Run
from dashboard.responses import GRADE_TEXTS
from dashboard.services import relevance_grades
from dashboard.services.agreement import list_judges
from dashboard.services.browsing import choices
from dashboard.services.failures import (
    CAUSES,
    EXPLAINED,
    Cause,
    CauseCount,
    Failure,
    Failures,
    by_run,
    count_causes,
    explain_failures,
    judge_wrong,
)
from dashboard.services.narrowing import Choice, labels_of
from dashboard.services.project import Project
from dashboard.services.truth import JUDGE, PEOPLE
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import choose, set_choice
from dashboard.ui.agreement.figures import figure_text
from dashboard.ui.agreement.plots import draw_chart, forest, forest_table
from dashboard.ui.agreement.tables import draw_downloads, draw_table
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.judge_names import judge_title
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.failures_chart import (
    MOST_RUNS,
    cause_title,
    counts_data,
    counts_table,
    runs_chart,
    runs_table,
    share_rows,
)
from dashboard.ui.retrieval.failures_list import draw_failures_list
from dashboard.ui.runs import run_texts

USUAL_GRADE = relevance_grades.PEOPLE_RELEVANT_FROM

SENTENCES: dict[Cause, str] = {
    Cause.QUESTION: N_(
        "people flagged the question, the transcript or the language, so no system could answer well."
    ),
    Cause.GENERATION: N_("the answer was given a relevant segment, and is not right all the same."),
    Cause.RETRIEVAL: N_("every segment that the answer was given has a grade, and none is relevant."),
    Cause.UNGRADED: N_(
        "no segment is known to be relevant, and some have no grade: the cause is not known and not guessed."
    ),
}
"""When each cause holds; the first that holds counts."""


@dataclass(frozen=True, slots=True)
class _Offered:
    """What there is to choose from."""

    judges: dict[int, Judge]
    graders: dict[int, Judge]
    runs: dict[int, Run]
    tags: list[str]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What the address asks for: whose labels and grades, and which answers."""

    choice: Choice
    run_id: int | None
    grader_id: int | None
    relevant_from: int


def draw_failures(visit: Visit) -> None:
    """Draw why the answers failed that people labelled I or P."""
    revision = visit.project.store.revision()
    offered = _offered(revision)
    asked = _draw_choice(visit.project, offered)
    failures = _failures(asked.choice, asked.grader_id, asked.relevant_from, revision)
    if not failures.labelled:
        st.info(_("Nobody has labelled these answers yet."), icon=":material/inbox:")
        st.page_link("pages/annotate.py", label=_("Annotate"), icon=":material/edit_note:")
        return
    labelled = failures.labelled
    found: Sequence[Failure] = failures.found
    if asked.run_id is not None:
        labelled = {asked.run_id: labelled.get(asked.run_id, 0)}
        found = [one for one in found if one.run_id == asked.run_id]
    counts = count_causes(found)
    _draw_verdict(counts, sum(labelled.values()))
    if not found:
        return
    _draw_counts(counts, found, has_judge=asked.choice.judge_id is not None)
    _draw_runs(failures, offered)
    draw_failures_list(visit, found, run_texts(offered.runs))


def _draw_choice(project: Project, offered: _Offered) -> _Asked:
    graders = {PEOPLE: _("People's grades")}
    graders |= {f"{JUDGE}:{number_}": judge_title(judge) for number_, judge in offered.graders.items()}
    judges = {str(number_): judge_title(judge) for number_, judge in offered.judges.items()}
    phases = {
        "blind": _("Blind labels"),
        "revealed": _("Labels given with the judge visible"),
        "any": _("Newest labels"),
    }
    runs = {str(run_id): f"{run_id} · {text}" for run_id, text in run_texts(offered.runs).items()}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        grader = choose(
            _("Who graded"), "truth", list(graders), graders.__getitem__, width=250, forget=("from",)
        )
        grader_id = None if grader == PEOPLE else int(grader.partition(":")[2])
        usual = (
            USUAL_GRADE
            if grader_id is None
            else relevance_grades.judge_relevant_from(project, offered.graders[grader_id])
        )
        grades = {str(grade): _grade_text(grade) for grade in (usual, *GRADE_TEXTS) if grade}
        relevant_from = choose(_("Relevant from grade"), "from", list(grades), grades.__getitem__, width=210)
        judge = ""
        if judges:
            judge = choose(_("Judge"), "judge", list(judges), judges.__getitem__, width=250)
        phase = choose(_("Phase"), "phase", list(phases), phases.__getitem__, width=160)
        run = choose(_("Run"), "run", list(runs), runs.__getitem__, width=140, nothing=_("any"))
        tag = choose(_("Tag"), "tag", offered.tags, width=140, nothing=_("any"))
    choice = Choice(int(judge) if judge else None, phase="" if phase == "any" else phase, tag=tag)
    return _Asked(choice, int(run) if run else None, grader_id, int(relevant_from))


def _grade_text(grade: int) -> str:
    meaning = GRADE_TEXTS.get(grade)
    return f"{grade} · {_(meaning)}" if meaning else str(grade)


def _draw_verdict(counts: Sequence[CauseCount], labelled: int) -> None:
    failed = sum(one.n for one in counts)
    explained = sum(one.n for one in counts if one.cause in EXPLAINED)
    sentence = _(
        "{failed} of {labelled} labelled answers failed (people say I or P); {explained} are explained."
    ).format(failed=number(failed), labelled=number(labelled), explained=number(explained))
    st.markdown(f"**{sentence}**")
    if failed == explained:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(
            ngettext(
                "{count} answer waits for grades: grade its segments, or have a judge with the rubric "
                "context-relevance grade them.",
                "{count} answers wait for grades: grade their segments, or have a judge with the rubric "
                "context-relevance grade them.",
                failed - explained,
            ),
            width="content",
        )
        st.button(
            _("List them"),
            icon=":material/edit_note:",
            type="tertiary",
            key="failures.ungraded",
            on_click=guarded(set_choice),
            args=("cause", Cause.UNGRADED.value),
        )
        st.page_link("pages/judge.py", label=_("Judge"), icon=":material/smart_toy:", width="content")


def _draw_counts(counts: Sequence[CauseCount], found: Sequence[Failure], *, has_judge: bool) -> None:
    judge = judge_wrong(found) if has_judge else None
    rows = share_rows(counts, judge)
    measure = _("Share of n failures")
    left, right = st.columns([3, 7], gap="large")
    with left:
        draw_chart(
            "failures",
            forest(rows, measure, in_percent=True),
            forest_table(rows, _("Cause"), measure),
            _("Each cause's share of the failures whose cause is known, with its interval"),
        )
    with right:
        draw_table(counts_table(counts))
        draw_downloads("failures", counts_data(counts), _("Causes"))
        st.caption(
            "  \n".join(
                [
                    _("The first of these that holds is the cause:"),
                    *(f"**{cause_title(cause)}:** " + _(SENTENCES[cause]) for cause in CAUSES),
                ]
            )
        )
        if judge is not None:
            st.caption(
                _(
                    "**J · judge wrong:** the judge's label differs from people's, whatever the cause: "
                    "{share} of the {count} failures that it judged."
                ).format(share=figure_text(judge, in_percent=True), count=number(judge.n))
            )


def _draw_runs(failures: Failures, offered: _Offered) -> None:
    found, names = by_run(failures, offered.runs), run_texts(offered.runs)
    st.subheader(_("By run"))
    hidden = len(found) - MOST_RUNS
    note = _("Share of each run's labelled answers that failed, by cause; the oldest run first.")
    if hidden > 0:
        note += " " + _("The newest {count} are drawn; the data hold all.").format(count=number(MOST_RUNS))
    st.caption(note)
    draw_chart(
        "failures-runs",
        runs_chart(found, names),
        runs_table(found, names),
        _("Share of each run's labelled answers that failed, by cause"),
    )


@st.cache_data(max_entries=2, show_spinner=False)
def _offered(revision: int) -> _Offered:
    project = get_project()
    found = choices(project)
    graders = {judge.judge_id: judge for judge in relevance_grades.judges_of_segments(project)}
    # What a judge of segments says is no verdict on the answer.
    judges = {
        judge.judge_id: judge for judge, _count in list_judges(project) if judge.judge_id not in graders
    }
    return _Offered(judges, graders, found.runs, found.tags)


@st.cache_resource(max_entries=8, show_spinner=False)
def _failures(choice: Choice, grader_id: int | None, relevant_from: int, revision: int) -> Failures:
    """Return the failures, explained again only after something was written; they are never changed."""
    project = get_project()
    grades = (
        relevance_grades.people_grades(project)
        if grader_id is None
        else relevance_grades.judge_grades(project, _offered(revision).graders[grader_id])
    )
    return explain_failures(project, labels_of(project, choice), grades, relevant_from)
