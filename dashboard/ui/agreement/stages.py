"""Errors by stage: was the evidence relevant, was the answer right, was the judge right?"""

import streamlit as st

from dashboard.errors import N_
from dashboard.labels import ORDERED
from dashboard.services.narrowing import Choice
from dashboard.services.publishing import Table
from dashboard.services.slicing import SMALL
from dashboard.services.stages import ABSENT, PRESENT, UNKNOWN, Stage, stages
from dashboard.ui.agreement.choice import Laboratory, get_labels
from dashboard.ui.agreement.plots import Row, draw_chart, forest
from dashboard.ui.agreement.tables import draw_downloads, draw_table
from dashboard.ui.i18n import _
from dashboard.ui.resources import get_project

EVIDENCE = {
    PRESENT: N_("evidence found"),
    ABSENT: N_("no evidence found"),
    UNKNOWN: N_("evidence not graded"),
}


def draw_stages(lab: Laboratory) -> None:
    """Draw where the judge goes wrong: after which evidence and on which answers."""
    st.markdown(
        _(
            "Three questions in a row: did the retriever find evidence (a segment that people graded 2 or "
            "3), is the answer right (people's label), and is the judge right (the same label)?"
        )
    )
    found = _stages(lab.choice, lab.revision)
    if not found:
        st.info(_("Nobody has labelled these answers yet."), icon=":material/inbox:")
        return
    if all(one.evidence == UNKNOWN for one in found):
        st.caption(
            _("Nobody has graded the evidence of these answers; grades are given on the page “Annotate”.")
        )
    rows = [Row(_name(one), one.right, is_small=one.right.n < SMALL) for one in found]
    table = stages_table(found)
    left, right = st.columns(2, gap="large")
    with left:
        draw_chart(
            "stages",
            forest(rows, _("Share of answers on which the judge is right"), in_percent=True),
            table,
            _("How often the judge is right, by evidence and by people's label"),
        )
    with right:
        draw_table(table)
        draw_downloads("stages", table, _("Errors by stage"))


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


def _name(one: Stage) -> str:
    return f"{ORDERED[one.label].value} · " + _(EVIDENCE[one.evidence])


@st.cache_data(max_entries=8, show_spinner=False)
def _stages(choice: Choice, revision: int) -> list[Stage]:
    return stages(get_project(), get_labels(choice, revision))
