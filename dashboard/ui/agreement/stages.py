"""Errors by stage: was the evidence relevant, was the answer right, was the judge right?"""

import streamlit as st

from dashboard.errors import N_
from dashboard.labels import ORDERED
from dashboard.services.narrowing import Choice
from dashboard.services.publishing import Table
from dashboard.services.slicing import SMALL
from dashboard.services.stages import (
    ABSENT,
    KIND,
    PRESENT,
    RIGHT,
    STRICT,
    UNJUDGED,
    UNKNOWN,
    Stage,
    StagedAnswer,
    staged_answers,
    stages,
)
from dashboard.ui.addressed import choose
from dashboard.ui.agreement.choice import Laboratory, get_labels
from dashboard.ui.agreement.listing import draw_list
from dashboard.ui.agreement.plots import Row, draw_chart, forest
from dashboard.ui.agreement.tables import draw_downloads, draw_table
from dashboard.ui.i18n import _
from dashboard.ui.resources import get_project

EVIDENCE = {
    PRESENT: N_("evidence found"),
    ABSENT: N_("no evidence found"),
    UNKNOWN: N_("evidence not graded"),
}

CODES = {PRESENT: "present", ABSENT: "absent", UNKNOWN: "ungraded"}
"""How each kind of evidence stands in the address."""

OUTCOMES = {
    "wrong": N_("judge wrong"),
    RIGHT: N_("judge right"),
    KIND: N_("judge too kind"),
    STRICT: N_("judge too strict"),
    UNJUDGED: N_("unjudged"),
    "any": N_("whatever the judge says"),
}
"""What the list below can be narrowed to, the first at first."""

SHARE_RIGHT = N_("Share of answers on which the judge is right")

QUESTIONS = N_(
    "Three questions in a row: did the retriever find evidence (a segment that people graded 2 or 3), is the "
    "answer right (people's label), and is the judge right (the same label)?"
)


def draw_stages(lab: Laboratory) -> None:
    """Draw where the judge goes wrong: after which evidence and on which answers."""
    st.markdown(_(QUESTIONS))
    found = get_stages(lab.choice, lab.revision)
    if not found:
        st.info(_("Nobody has labelled these answers yet."), icon=":material/inbox:")
        return
    if all(one.evidence == UNKNOWN for one in found):
        st.caption(
            _("Nobody has graded the evidence of these answers; grades are given on the page “Annotate”.")
        )
    table = stages_table(found)
    left, right = st.columns([2, 3], gap="large")
    with left:
        draw_chart(
            "stages",
            forest(stage_rows(found), _(SHARE_RIGHT), in_percent=True),
            table,
            _("How often the judge is right, by evidence and by people's label"),
        )
    with right:
        draw_table(table)
        draw_downloads("stages", table, _("Errors by stage"))
    _draw_answers(lab, found)


def stage_rows(found: list[Stage]) -> list[Row]:
    """Return how often the judge is right at each stage, as lines of a forest plot."""
    return [Row(_name(one), one.right, is_small=one.right.n < SMALL) for one in found]


def stages_table(found: list[Stage]) -> Table:
    """Return the stages with their counts."""
    return Table(
        (
            _("Evidence and label"),
            _("Answers"),
            _("Judge right"),
            _("Too kind"),
            _("Too strict"),
            _("Unjudged"),
        ),
        tuple(
            (_name(one), one.n, one.right.value, one.too_kind, one.too_strict, one.unjudged) for one in found
        ),
    )


def _draw_answers(lab: Laboratory, found: list[Stage]) -> None:
    st.subheader(_("Answers"))
    stages_by_code = {f"{CODES[one.evidence]}-{ORDERED[one.label].value}": _name(one) for one in found}
    with st.container(horizontal=True, gap="small"):
        stage = choose(
            _("Stage"),
            "stage",
            list(stages_by_code),
            stages_by_code.__getitem__,
            width=300,
            nothing=_("every stage"),
            is_titled=False,
        )
        outcome = choose(
            _("Judge"),
            "outcome",
            list(OUTCOMES),
            lambda code: _(OUTCOMES[code]),
            width=260,
            is_titled=False,
        )
    shown = [
        one
        for one in _staged(lab.choice, lab.revision)
        if stage in ("", f"{CODES[one.evidence]}-{one.human.value}")
        and (outcome in ("any", one.outcome) or (outcome == "wrong" and one.outcome in (KIND, STRICT)))
    ]
    if not shown:
        st.caption(_("No answer."))
        return
    notes = {one.answer_id: f"{_(EVIDENCE[one.evidence])}, {_(OUTCOMES[one.outcome])}" for one in shown}
    draw_list(lab, [(one.answer_id, one.human, one.judge) for one in shown], notes)


def _name(one: Stage) -> str:
    return f"{ORDERED[one.label].value} · " + _(EVIDENCE[one.evidence])


@st.cache_data(max_entries=8, show_spinner=False)
def get_stages(choice: Choice, revision: int) -> list[Stage]:
    """Return the stages, counted again only after something was written."""
    return stages(get_project(), get_labels(choice, revision))


@st.cache_resource(max_entries=4, show_spinner=False)
def _staged(choice: Choice, revision: int) -> list[StagedAnswer]:
    return staged_answers(get_project(), get_labels(choice, revision))
