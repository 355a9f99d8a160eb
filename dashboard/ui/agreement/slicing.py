"""Agreement in parts: slices, phases, time, and versions of judges."""

from dataclasses import replace

import streamlit as st

from dashboard.agreement.figure import Figure
from dashboard.errors import N_
from dashboard.services.narrowing import Choice
from dashboard.services.slicing import SMALL, Kind, Slice, by_judge, by_time, slices
from dashboard.ui.addressed import turn_to
from dashboard.ui.agreement.choice import Laboratory, get_labels, get_report
from dashboard.ui.agreement.figures import reason_text
from dashboard.ui.agreement.plots import Row, draw_chart, forest, forest_table
from dashboard.ui.i18n import _, day, ngettext, number
from dashboard.ui.judge_names import judge_title
from dashboard.ui.resources import get_project
from dashboard.ui.runs import run_texts
from dashboard.ui.text import plain

KINDS = {
    Kind.TAG: N_("Tag"),
    Kind.RUN: N_("Run"),
    Kind.LECTURE: N_("Lecture"),
    Kind.ANNOTATOR: N_("Annotator"),
    Kind.LENGTH: N_("Answer length"),
    Kind.RETRIEVAL: N_("Retrieval quality"),
}

NOTES = {
    Kind.TAG: N_("A question with several tags counts under each."),
    Kind.LECTURE: N_("The lecture of the first segment that was found."),
    Kind.ANNOTATOR: N_("Each person's own labels against the judge."),
    Kind.LENGTH: N_("Three parts of about the same size, by characters."),
    Kind.RETRIEVAL: N_(
        "By people's best grade of a segment where any was graded, else by the score of the first segment, "
        "in thirds of its run."
    ),
}

GRADES = {
    "g0": N_("best evidence graded 0"),
    "g1": N_("best evidence graded 1"),
    "g2": N_("best evidence graded 2"),
    "g3": N_("best evidence graded 3"),
    "1": N_("lowest third of scores"),
    "2": N_("middle third of scores"),
    "3": N_("highest third of scores"),
}


WHY_BLIND = N_(
    "Who sees a verdict tends to follow it. Where agreement is higher on revealed labels, the difference may "
    "come from seeing the judge, and blind labels are the ones to report."
)


def draw_slices(lab: Laboratory) -> None:
    """Draw the agreement in each part, by what the reader chooses."""
    kind = Kind(
        turn_to(_("Slices by"), "by", [kind.value for kind in KINDS], lambda one: _(KINDS[Kind(one)]))
    )
    rows, more = slice_rows(lab, kind)
    if note := NOTES.get(kind):
        st.caption(_(note))
    if more:
        st.caption(ngettext("{count} more is not drawn", "{count} more are not drawn", more))
    _draw_rows(lab, f"slices-{kind.value}", rows, _(KINDS[kind]))


def slice_rows(lab: Laboratory, kind: Kind) -> tuple[list[Row], int]:
    """Return the parts by a kind as lines of a forest plot, and how many more there are."""
    found, more = _slices(lab.choice, lab.revision, kind)
    runs = run_texts(lab.offered.runs) if kind is Kind.RUN else {}
    return [Row(_name(one, kind, runs), one.kappa, is_small=one.is_small) for one in found], more


def draw_phases(lab: Laboratory) -> None:
    """Draw blind labels against those given with a verdict in view."""
    st.markdown(_(WHY_BLIND))
    _draw_rows(lab, "phases", phase_rows(lab), _("Phase"), has_line=False)


def phase_rows(lab: Laboratory) -> list[Row]:
    """Return the agreement on the labels of each phase."""
    texts = {
        "blind": _("Blind labels"),
        "revealed": _("Labels given with the judge visible"),
        "": _("Newest labels"),
    }
    rows = []
    for phase, text in texts.items():
        figure = get_report(replace(lab.choice, phase=phase), lab.revision).kappa_linear
        rows.append(Row(text, figure, is_small=figure.n < SMALL))
    return rows


def draw_time(lab: Laboratory) -> None:
    """Draw the agreement by when people labelled, and of each judge and prompt version."""
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("Over time"))
        st.caption(
            _(
                "By when people labelled, so that a drift of people or of the questions shows; each line is "
                "named by its first day."
            )
        )
        _draw_rows(lab, "time", time_rows(lab), _("From"))
    with right:
        st.subheader(_("By judge and prompt version"))
        st.caption(_("Each judge against the same people, on the answers that it judged."))
        _draw_rows(lab, "judges", judge_rows(lab), _("Judge"), has_line=False)


def time_rows(lab: Laboratory) -> list[Row]:
    """Return the agreement by when people labelled, oldest first."""
    found = _by_time(lab.choice, lab.revision)
    return [Row(day(one.start) if one.start else "", one.kappa, is_small=one.is_small) for one in found]


def judge_rows(lab: Laboratory) -> list[Row]:
    """Return the agreement of each judge and prompt version with the same people."""
    return [
        Row(
            judge_title(lab.offered.judges[int(one.name)]),
            one.kappa,
            is_small=one.is_small,
            is_other=int(one.name) != lab.choice.judge_id,
        )
        for one in _by_judge(lab.choice, lab.revision, tuple(lab.offered.judges))
    ]


def _draw_rows(lab: Laboratory, name: str, rows: list[Row], title: str, *, has_line: bool = True) -> None:
    if not rows:
        st.info(_("There is no answer with both labels."), icon=":material/inbox:")
        return
    whole: Figure | None = lab.report.kappa_linear if has_line else None
    measure = _("Linear-weighted kappa")
    draw_chart(
        name,
        forest(rows, measure, line=whole),
        forest_table(rows, title, measure),
        _("Linear-weighted kappa with its interval, by: {kind}").format(kind=title),
    )
    notes = [_("Round, hollow marks rest on fewer than {count} answers.").format(count=number(SMALL))]
    if has_line:
        notes.append(_("The dotted line is the whole."))
    st.caption(" ".join(notes))
    for row in rows:
        if row.figure.reason:
            st.caption(f"{plain(row.name)}: {reason_text(row.figure)}")


def _name(one: Slice, kind: Kind, runs: dict[int, str]) -> str:
    if kind is Kind.LENGTH and one.high is not None:
        if not one.low:
            return _("up to {high} characters").format(high=number(one.high))
        return _("{low} to {high} characters").format(low=number(one.low + 1), high=number(one.high))
    if not one.name:
        return _("not known")
    if kind is Kind.RUN:
        return f"{one.name} · {runs.get(int(one.name), '')}"
    return _(GRADES[one.name]) if kind is Kind.RETRIEVAL else one.name


@st.cache_data(max_entries=32, show_spinner=False)
def _slices(choice: Choice, revision: int, kind: Kind) -> tuple[list[Slice], int]:
    return slices(get_project(), get_labels(choice, revision), kind)


@st.cache_data(max_entries=8, show_spinner=False)
def _by_time(choice: Choice, revision: int) -> list[Slice]:
    return by_time(get_project(), get_labels(choice, revision), choice)


@st.cache_data(max_entries=8, show_spinner=False)
def _by_judge(choice: Choice, revision: int, judge_ids: tuple[int, ...]) -> list[Slice]:
    return by_judge(get_project(), get_labels(choice, revision), judge_ids)
