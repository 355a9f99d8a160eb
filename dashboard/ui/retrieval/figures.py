"""Figures of retrieval in words: what each means, its value and its interval."""

import math

import streamlit as st

from dashboard.agreement.figure import Figure, Undefined
from dashboard.errors import N_
from dashboard.retrieval.evaluation.intervals import Estimate
from dashboard.retrieval.evaluation.measures import JUDGED, MRR, NDCG, PRECISION, RECALL, SUCCESS, named
from dashboard.ui.agreement.figures import interval_text, value_text
from dashboard.ui.i18n import _, number

SHOWN = (JUDGED, NDCG, MRR, SUCCESS, PRECISION, RECALL)
"""The measures in the order of the cards: how much is known comes first, since all others rest on it."""

SHARES = frozenset((JUDGED, SUCCESS, PRECISION, RECALL))
"""Measures that are shares, and so are shown in percent."""

MEANINGS = {
    NDCG: N_(
        "How near the order of the first {k} segments comes to the best possible one, which has 1; higher "
        "grades and earlier places count more."
    ),
    MRR: N_(
        "1 divided by the place of the first relevant segment, on average: 1 when it is always first, 0.5 "
        "when it is always second."
    ),
    PRECISION: N_("Share of the first {k} segments that are relevant."),
    RECALL: N_("Share of all segments known to be relevant that are among the first {k}."),
    SUCCESS: N_("Share of questions with a relevant segment among the first {k}; it is also called hit@{k}."),
    JUDGED: N_(
        "Share of the first {k} segments that have a grade. The other figures count a segment without one as "
        "not relevant, so below 100 % they may be too low."
    ),
}
"""What each measure means, for people who meet it here first."""


def meaning(measure: str, k: int) -> str:
    """Return what a measure means."""
    return _(MEANINGS[measure]).format(k=number(k))


def as_figure(estimate: Estimate) -> Figure:
    """Return an estimate in the shape in which charts and tables take it."""
    reason = ""
    if not estimate.n:
        reason = Undefined.NO_PAIRS
    elif math.isnan(estimate.low):
        reason = Undefined.NO_VARIATION
    return Figure(estimate.value, estimate.low, estimate.high, estimate.n, reason)


def draw_figure(measure: str, estimate: Estimate, k: int, *, width: int) -> None:
    """Draw a measure with its interval and on how many questions it rests."""
    figure, in_percent = as_figure(estimate), measure in SHARES
    with st.container(border=True, gap="xsmall", width=width):
        st.metric(
            named(measure, k), value_text(figure.value, in_percent=in_percent), help=meaning(measure, k)
        )
        st.caption(
            interval_text(figure, in_percent=in_percent) + f"  \nn = {number(figure.n)}",
            help=_why_none(figure),
        )


def _why_none(figure: Figure) -> str | None:
    if not figure.n:
        return _("No question has a segment that is known to be relevant.")
    if math.isnan(figure.low):
        return _("Every question has the same value, so nothing can be said about its error.")
    return None
