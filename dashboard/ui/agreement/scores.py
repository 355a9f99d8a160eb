"""The judge's scores by the label people gave, and where to cut them into labels."""

import math
from typing import Any

import numpy as np
import streamlit as st

from dashboard.agreement.cut_points import CutPoints
from dashboard.agreement.figure import Figure
from dashboard.agreement.table import MISSING
from dashboard.errors import N_
from dashboard.labels import ORDERED, STYLES
from dashboard.services.agreement import SideBySide, score_area, score_cuts
from dashboard.services.narrowing import Choice
from dashboard.services.publishing import Cell, Table
from dashboard.ui.agreement.choice import Laboratory, get_labels
from dashboard.ui.agreement.figures import figure_text, reason_text, value_text
from dashboard.ui.agreement.plots import Build, Palette, draw_chart, styled
from dashboard.ui.agreement.tables import draw_downloads, draw_table
from dashboard.ui.i18n import _, number

MOST_BARS = 20
MOST_TOLD = 8
"""Bars that have room for their numbers on a phone."""

SHOWN_ALTERNATIVES = 8

NO_SCORES = N_("No answer has both a person's label and a score of the judge.")
AREA = N_("Area under the curve, C against the rest: {figure}")


def draw_scores(lab: Laboratory) -> None:
    """Draw the distribution of the scores under each label, the cut points and what they are worth."""
    table = distribution_table(lab.labels)
    if not table.rows:
        st.info(_(NO_SCORES), icon=":material/inbox:")
        return
    cuts, area = get_cuts(lab.choice, lab.revision)
    left, right = st.columns(2, gap="large")
    with left:
        draw_chart(
            "scores",
            distribution(table, cuts),
            table,
            _("How the judge's scores are spread under each label of the people"),
        )
        st.caption(
            _("Dotted lines: where the score is best cut. A good judge's bars move to the right from I to C.")
        )
    with right:
        st.markdown(
            _(AREA).format(figure=f"**{figure_text(area, in_percent=False)}**"),
            help=_(
                "The chance that a correct answer scores above another one; 0.5 is chance. It asks whether "
                "the score is good, wherever it is cut."
            ),
        )
        _draw_cuts(cuts)


def distribution_table(labels: SideBySide) -> Table:
    """Return how often each score, or stretch of scores, was given under each label of the people."""
    scored = (labels.human != MISSING) & ~np.isnan(labels.scores)
    scores, human = labels.scores[scored], labels.human[scored]
    values = np.unique(scores)
    if len(values) > MOST_BARS:
        low, high = float(values[0]), float(values[-1])
        step = (high - low) / MOST_BARS
        places = np.minimum(((scores - low) / step).astype(int), MOST_BARS - 1)
        values = low + step * (np.arange(MOST_BARS) + 0.5)
    else:
        places = np.searchsorted(values, scores)
    rows = tuple(
        (
            float(value),
            *(int(((places == at) & (human == label)).sum()) for label in range(len(ORDERED))),
        )
        for at, value in enumerate(values.tolist())
    )
    return Table((_("Score"), *(label.value for label in ORDERED)), rows)


def distribution(table: Table, cuts: CutPoints) -> Build:
    """Return one row of bars for each label of the people."""

    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go
        from plotly.subplots import make_subplots

        scores = [float(row[0] or 0.0) for row in table.rows]
        gap = min((b - a for a, b in zip(scores, scores[1:], strict=False)), default=0.1)
        order, is_told = ORDERED[::-1], len(scores) <= MOST_TOLD
        chart = make_subplots(rows=len(order), cols=1, shared_xaxes=True, vertical_spacing=0.14)
        for at, label in enumerate(order, start=1):
            counts = [int(row[1 + ORDERED.index(label)] or 0) for row in table.rows]
            chart.add_trace(
                go.Bar(
                    x=scores,
                    y=counts,
                    width=gap * 0.8,
                    marker={"color": STYLES[label].colour},
                    text=[f"{label.value} {count}" if count and is_told else "" for count in counts],
                    textposition="outside",
                    textangle=0,
                    cliponaxis=False,
                    textfont={"size": 12, "color": colours.ink},
                    hovertemplate=f"{label.value}<br>%{{x:.3f}}: %{{y}}<extra></extra>",
                ),
                row=at,
                col=1,
            )
            chart.add_annotation(
                text=f"<b>{label.value}</b> {_(STYLES[label].text)} · n = {number(sum(counts))}",
                x=0,
                xref="paper",
                xanchor="left",
                y=1,
                yref=f"y{at if at > 1 else ''} domain",
                yanchor="bottom",
                yshift=6,
                showarrow=False,
                font={"size": 13, "color": colours.ink},
            )
            chart.update_yaxes(
                range=[0, max(counts, default=1) * 1.3 + 1], showticklabels=False, row=at, col=1
            )
        for line in cut_lines(cuts, scores):
            chart.add_vline(line, line={"color": colours.ink, "width": 2, "dash": "dot"})
        styled(chart, colours, 430)
        chart.update_layout(margin={"t": 34})
        chart.update_yaxes(showgrid=False)
        chart.update_xaxes(title=_("Score of the judge"), row=len(order), col=1)
        return chart

    return build


def cut_lines(cuts: CutPoints, scores: list[float]) -> list[float]:
    """Return where to draw the cuts: halfway between the last score below and the first above."""
    if cuts.chosen is None:
        return []
    lines = []
    for lowest in cuts.chosen.lowest:
        below = [score for score in scores if score < lowest]
        if not math.isinf(lowest) and below:
            lines.append((max(below) + lowest) / 2.0)
    return sorted(set(lines))


def _draw_cuts(cuts: CutPoints) -> None:
    if cuts.chosen is None:
        st.caption(cuts_in_words(cuts))
        return
    st.markdown(
        cuts_in_words(cuts, "**{}**"),
        help=_(
            "Cuts look better on the answers they were chosen on. Held out: each fifth is cut where the "
            "other four fifths say."
        ),
    )
    table = cuts_table(cuts)
    st.caption(_("The best ways to cut, and what each costs"))
    draw_table(Table(table.columns, table.rows[:SHOWN_ALTERNATIVES]))
    draw_downloads("cuts", table, _("Cut points"))


def cuts_in_words(cuts: CutPoints, figure: str = "{}") -> str:
    """Return what the chosen cuts are worth; `figure` is the pattern that each figure is written by."""
    if cuts.chosen is None:
        reason = reason_text(Figure(0, 0, 0, cuts.n, cuts.reason))
        return _("No cut points: {reason}.").format(reason=reason)
    flattered = value_text(cuts.chosen.kappa_linear, in_percent=False)
    honest = figure_text(cuts.held_out["kappa_linear"], in_percent=False)
    return _(
        "Cut there, linear-weighted kappa is {flattered} on these answers and {honest} on held-out ones."
    ).format(flattered=figure.format(flattered), honest=figure.format(honest))


def cuts_table(cuts: CutPoints) -> Table:
    """Return every way to cut, the best first."""
    rows: list[tuple[Cell, ...]] = []
    for one in cuts.alternatives:
        lowest = [None if math.isinf(score) else score for score in one.lowest]
        rows.append((*lowest, one.kappa_linear, one.cost, one.too_kind, one.too_strict))
    columns = [_("{label} from").format(label=label.value) for label in ORDERED[1:]]
    return Table(
        (*columns, _("Linear-weighted kappa"), _("Mean steps apart"), _("Too kind"), _("Too strict")),
        tuple(rows),
    )


@st.cache_data(max_entries=8, show_spinner=False)
def get_cuts(choice: Choice, revision: int) -> tuple[CutPoints, Figure]:
    """Return the cut points and the area under the curve, computed again only after something was written."""
    labels = get_labels(choice, revision)
    return score_cuts(labels), score_area(labels)
