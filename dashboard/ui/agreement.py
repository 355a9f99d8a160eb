"""The choice of sides, the headline figures and the disagreements."""

import math
from collections import Counter
from dataclasses import dataclass

import streamlit as st

from dashboard.agreement.figure import Figure, Undefined
from dashboard.agreement.result import AgreementReport
from dashboard.errors import N_
from dashboard.labels import ORDERED, Label
from dashboard.models import Phase
from dashboard.services import agreement
from dashboard.services.browsing import choices, summaries
from dashboard.services.people import known_annotators
from dashboard.services.project import Project
from dashboard.ui.addressed import choose
from dashboard.ui.exposure import note_shown
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number, percent
from dashboard.ui.judge_names import judge_title
from dashboard.ui.labels import badge, people_and_judge
from dashboard.ui.resources import get_project
from dashboard.ui.runs import run_texts
from dashboard.ui.text import plain

SHOWN_DISAGREEMENTS = 50

REASONS = {
    Undefined.NO_PAIRS: N_("no answer has both a person's and a judge's label"),
    Undefined.ONE_CATEGORY: N_("the labels do not vary enough for this figure"),
    Undefined.LABEL_ABSENT: N_("this label was never given"),
    Undefined.NO_VARIATION: N_("every resample gives the same value, so there is no interval"),
    Undefined.UNSTABLE: N_("too few labels for a stable interval"),
    Undefined.TOO_FEW_PEOPLE: N_("no answer of the judge has labels of two people"),
    Undefined.TOO_FEW_ITEMS: N_(
        "no annotator shares 30 labelled answers with the judge and another annotator"
    ),
    Undefined.NO_UNLABELLED: N_(
        "people have labelled every answer that the judge has, so nothing is left to correct"
    ),
    Undefined.WEAK_JUDGE: N_(
        "the judge does not tell correct answers from others well enough to be corrected"
    ),
    Undefined.TOO_FEW_SCORES: N_("too few labelled answers have a score of the judge"),
    Undefined.NO_INTERVAL: N_("a verdict or projection, which has no interval"),
}
"""Why a figure or its interval is a dash, in words."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which labels are compared; `phase` is empty for the newest label of any phase."""

    judge_id: int
    annotator: str
    phase: str


@dataclass(frozen=True, slots=True)
class Found:
    """The figures for a choice, and the answers on which the sides differ.

    `is_elsewhere` is True where nothing can be compared in this phase, but something can in another.
    """

    report: AgreementReport
    tied: int
    differing: list[tuple[int, Label, Label]]
    is_elsewhere: bool = False


def draw_choice(project: Project) -> Choice | None:
    """Draw the choice of judge, annotator and phase; None when there is no judge."""
    judges = {str(judge.judge_id): judge_title(judge) for judge, _count in agreement.list_judges(project)}
    if not judges:
        return None
    phases = {
        "blind": _("Blind labels"),
        "revealed": _("Labels given with the judge visible"),
        "any": _("Newest labels"),
    }
    everybody = _("all: agreed label, else majority")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        judge_id = choose(_("Judge"), "judge", list(judges), judges.__getitem__, width=420)
        annotator = choose(
            _("Annotator"), "annotator", known_annotators(project), width=280, nothing=everybody
        )
        phase = choose(_("Phase"), "phase", list(phases), phases.__getitem__, width=280)
    return Choice(int(judge_id), annotator, "" if phase == "any" else phase)


def get_agreement(project: Project, choice: Choice) -> Found:
    """Return the figures for a choice, computed again only after something was written."""
    return _computed(choice, project.store.revision())


@st.cache_data(max_entries=32, show_spinner=False)
def _computed(choice: Choice, revision: int) -> Found:
    labels = agreement.side_by_side(
        get_project(), choice.judge_id, choice.annotator, Phase(choice.phase) if choice.phase else None
    )
    elsewhere = False
    if choice.phase and not labels.both.any():
        of_any_phase = agreement.side_by_side(get_project(), choice.judge_id, choice.annotator, None)
        elsewhere = bool(of_any_phase.both.any())
    return Found(agreement.judge_agreement(labels), labels.tied, agreement.disagreements(labels), elsewhere)


def draw_figures(found: Found) -> None:
    """Draw the headline, percent agreement, the shares of the labels and the counts behind them."""
    report = found.report
    if found.is_elsewhere:
        st.info(
            _("No answer has both labels in this phase, but some have in another: choose it under “Phase”."),
            icon=":material/filter_alt:",
        )
    weighted, percentage, unweighted = st.columns(3)
    with weighted:
        _draw_figure(_("Linear-weighted kappa"), report.kappa_linear, in_percent=False)
    with percentage:
        _draw_figure(_("Percent agreement"), report.percent, in_percent=True)
    with unweighted:
        _draw_figure(_("Kappa"), report.kappa, in_percent=False)
    counts = report.counts
    st.caption(
        " · ".join(
            (
                ngettext(
                    "{count} answer with both labels", "{count} answers with both labels", counts.matched
                ),
                _("{count} by people only").format(count=number(counts.human_only)),
                _("{count} by the judge only").format(count=number(counts.judge_only)),
                _("{count} unscored").format(count=number(counts.unscored)),
                _("{count} tied").format(count=number(found.tied)),
            )
        )
    )
    for side, title in (("human", _("People")), ("judge", _("Judge"))):
        shares = report.prevalence[side]
        st.markdown(
            f"{title}: "
            + " · ".join(
                f"{badge(label)} {figure_text(shares[label.value], in_percent=True)}"
                for label in ORDERED[::-1]
            )
        )


def _draw_figure(title: str, figure: Figure, *, in_percent: bool) -> None:
    with st.container(border=True, height="stretch", gap="xsmall"):
        st.metric(title, value_text(figure.value, in_percent=in_percent))
        st.caption(
            _("95% interval: {interval}").format(interval=interval_text(figure, in_percent=in_percent))
            + f" · n = {number(figure.n)}"
        )
        if figure.reason:
            st.caption(reason_text(figure))


def figure_text(figure: Figure, *, in_percent: bool) -> str:
    """Return a value with its interval in brackets."""
    return (
        f"{value_text(figure.value, in_percent=in_percent)} [{interval_text(figure, in_percent=in_percent)}]"
    )


def value_text(value: float, *, in_percent: bool) -> str:
    """Return a value in the reader's notation; a dash when it is undefined."""
    if math.isnan(value):
        return "–"
    return percent(value) if in_percent else number(value, 2)


def interval_text(figure: Figure, *, in_percent: bool) -> str:
    """Return both ends of the interval; a dash when there is none."""
    if math.isnan(figure.low) or math.isnan(figure.high):
        return "–"
    low, high = (value_text(end, in_percent=in_percent) for end in (figure.low, figure.high))
    return _("{low} to {high}").format(low=low, high=high)


def reason_text(figure: Figure) -> str:
    """Return why a figure or its interval is a dash."""
    return _(REASONS[Undefined(figure.reason)]) if figure.reason else ""


def draw_disagreements(visit: Visit, found: Found) -> None:
    """List the answers on which people and judge differ, the farthest apart first."""
    st.subheader(_("Where they differ"))
    if not found.differing:
        st.caption(_("Nowhere, among the answers with both labels."))
        return
    shown = {answer_id: (human, judge) for answer_id, human, judge in found.differing[:SHOWN_DISAGREEMENTS]}
    note_shown(visit.project, visit.annotator, shown)
    with st.container(height=420, border=False):
        lines = summaries(visit.project, list(shown))
        asked = Counter((line.number, line.question) for line in lines)
        runs = run_texts(choices(visit.project).runs) if asked.total() > len(asked) else {}
        for summary in lines:
            human, judge = shown[summary.answer_id]
            title = f"**{summary.number}.** {plain(summary.question)}"
            if asked[summary.number, summary.question] > 1:
                title += f" · {plain(runs.get(summary.run_id, ''))}"
            with st.container(horizontal=True, vertical_alignment="center", wrap=False):
                with st.container(width="stretch"):
                    st.page_link(
                        "pages/explore.py",
                        label=title,
                        query_params={"answer": str(summary.answer_id)},
                    )
                st.markdown(people_and_judge(badge(human), badge(judge)), width="content")
    hidden = len(found.differing) - SHOWN_DISAGREEMENTS
    if hidden > 0:
        st.caption(ngettext("{count} more is not listed", "{count} more are not listed", hidden))
