"""The share of correct answers four ways, and how many labels are still needed."""

import math

import streamlit as st

from dashboard.agreement.corrected import CorrectedRate
from dashboard.agreement.labels_needed import labels_needed
from dashboard.agreement.result import AgreementReport
from dashboard.errors import N_
from dashboard.services.agreement import corrected_share
from dashboard.services.narrowing import Choice
from dashboard.services.publishing import Cell, Table
from dashboard.ui.agreement.choice import Laboratory, get_labels
from dashboard.ui.agreement.figures import TITLES, figure_text, reason_text
from dashboard.ui.agreement.plots import Row, draw_chart, forest, forest_table
from dashboard.ui.agreement.tables import draw_downloads, draw_table
from dashboard.ui.i18n import _, number

ESTIMATES = {
    "human_only": N_("People only"),
    "judge_only": N_("Judge only"),
    "ppi": N_("Both: PPI++"),
    "rogan_gladen": N_("Both: Rogan-Gladen"),
}

EXPLAINED = {
    "human_only": N_("The share among the answers that people labelled: unbiased, but of few answers."),
    "judge_only": N_(
        "The judge's share among all answers that it labelled: precise, but as biased as the judge."
    ),
    "ppi": N_(
        "People's share, moved by what the judge sees on the answers without a label (PPI++): never wider "
        "than people alone."
    ),
    "rogan_gladen": N_(
        "The judge's share, corrected for its two rates of error (Rogan and Gladen 1978): wide with few "
        "labels or a weak judge."
    ),
}

WIDTHS = (0.15, 0.1, 0.075, 0.05)
"""Half-widths for which the labels needed are told."""

NEEDED = ("percent", "kappa_linear", "gwet_ac2_linear", "alpha_ordinal")


def draw_shares(lab: Laboratory) -> None:
    """Draw the four estimates of the share of correct answers."""
    found = get_shares(lab.choice, lab.revision)
    left, right = st.columns(2, gap="large")
    rows = share_rows(found)
    with left:
        title = _("Share of correct answers")
        draw_chart(
            "shares",
            forest(rows, title, in_percent=True),
            forest_table(rows, _("Estimate"), title),
            _("Four estimates of the share of correct answers with their intervals"),
        )
    with right:
        for name, title in ESTIMATES.items():
            figure = getattr(found, name)
            st.markdown(
                f"{_(title)}: **{figure_text(figure, in_percent=True)}** · n = {number(figure.n)}",
                help=_(EXPLAINED[name]),
            )
            if figure.reason:
                st.caption(reason_text(figure))
        st.markdown(
            _("Youden's J: {figure}").format(figure=f"**{figure_text(found.youden_j, in_percent=False)}**"),
            help=_(
                "How well the judge tells correct answers from others: its two rates of being right, less "
                "1. A judge that guesses has 0."
            ),
        )
        st.caption(
            _("The judge says C on {hits} of people's C, and not C on {spared} of the others.").format(
                hits=figure_text(found.true_positive_rate, in_percent=True),
                spared=figure_text(found.true_negative_rate, in_percent=True),
            )
        )
        st.caption(
            _(
                "All four suppose that the answers people labelled are a random sample of those the judge "
                "labelled."
            )
        )


def share_rows(found: CorrectedRate) -> list[Row]:
    """Return the four estimates as lines of a forest plot."""
    return [
        Row(_(title), getattr(found, name), is_other=name == "judge_only")
        for name, title in ESTIMATES.items()
    ]


def draw_needed(lab: Laboratory) -> None:
    """Draw how many more labels would make the intervals narrow."""
    st.markdown(
        _(
            "How many more labelled answers would bring an interval down to a half-width, if further labels "
            "are like those there are: the half-width shrinks with the square root of their number."
        )
    )
    table = needed_table(lab.report)
    draw_table(table)
    for name in NEEDED:
        figure = getattr(lab.report, name)
        if figure.reason:
            st.caption(f"{_(TITLES[name])}: {reason_text(figure)}")
    draw_downloads("needed", table, _("Labels needed"))


def needed_table(report: AgreementReport) -> Table:
    """Return the labels that are missing for several half-widths."""
    rows: list[tuple[Cell, ...]] = []
    for name in NEEDED:
        figure = getattr(report, name)
        cells: list[Cell] = []
        for width in WIDTHS:
            more = labels_needed(figure, width).value
            cells.append(None if math.isnan(more) else int(more))
        now = None if math.isnan(figure.low) else (figure.high - figure.low) / 2.0
        rows.append((_(TITLES[name]), figure.n, now, *cells))
    widths = [f"±{number(width, 3 if width == 0.075 else 2)}" for width in WIDTHS]
    return Table((_("Figure"), "n", _("Half-width now"), *widths), tuple(rows))


@st.cache_data(max_entries=8, show_spinner=False)
def get_shares(choice: Choice, revision: int) -> CorrectedRate:
    """Return the four estimates, computed again only after something was written."""
    return corrected_share(get_labels(choice, revision))
