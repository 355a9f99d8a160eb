"""The confusion matrix, and the answers of one of its cells."""

from typing import Any

import streamlit as st

from dashboard.agreement.result import AgreementReport
from dashboard.labels import ORDERED, STYLES, Label
from dashboard.services.agreement import SideBySide, disagreements
from dashboard.services.publishing import Table
from dashboard.ui.addressed import choose, set_choice, turn_to
from dashboard.ui.agreement.choice import Laboratory
from dashboard.ui.agreement.listing import draw_list
from dashboard.ui.agreement.plots import Build, Palette, draw_chart, styled
from dashboard.ui.i18n import _, number, percent

_CHART = "agreement.confusion"


def draw_matrix(lab: Laboratory) -> None:
    """Draw the matrix on the left and on the right the answers of the chosen cell, or all that differ."""
    left, right = st.columns(2, gap="large")
    cell = _chosen_cell()
    with left:
        st.subheader(_("Confusion matrix"))
        cells = turn_to(_("Cells"), "cells", ["counts", "shares"], _cells_text)
        draw_chart(
            "confusion",
            confusion(lab.report, cell, in_shares=cells == "shares"),
            confusion_table(lab.report),
            _("How often each label of the people met each label of the judge"),
            key=_CHART,
            on_select=_take_click,
        )
        st.caption(
            _(
                "The stronger the colour of a cell, the larger its share of the row. Click a cell for its "
                "answers."
            )
        )
    with right:
        _draw_answers(lab, cell)


def in_cell(labels: SideBySide, human: Label, judge: Label) -> list[tuple[int, Label, Label]]:
    """Return the answers of a cell in ascending order."""
    where = (labels.human == ORDERED.index(human)) & (labels.judge == ORDERED.index(judge))
    return [(int(one), human, judge) for one in labels.answer_ids[where]]


def confusion(report: AgreementReport, cell: str, *, in_shares: bool) -> Build:
    """Return the matrix; the chosen cell has a frame."""

    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        names = [f"<b>{label}</b> {_(STYLES[Label(label)].text)}" for label in report.labels]
        shares = _shares(report)
        told = [
            [
                _told(count, share, sum(row), in_shares=in_shares)
                for count, share in zip(row, part, strict=True)
            ]
            for row, part in zip(report.confusion, shares, strict=True)
        ]
        hover = _("People") + " %{y}<br>" + _("Judge") + " %{x}<br>%{text}<extra></extra>"
        chart = go.Figure(
            go.Heatmap(
                z=shares,
                x=names,
                y=names,
                text=told,
                texttemplate="%{text}",
                textfont={"size": 20, "color": colours.ink},
                hoverinfo="skip",
                colorscale=[[0.0, colours.empty], [1.0, colours.full]],
                zmin=0,
                zmax=1,
                showscale=False,
                xgap=3,
                ygap=3,
            )
        )
        # A heat map cannot be clicked in Streamlit; these unseen marks over its cells can.
        k = len(names)
        marker = {"opacity": 0, "size": 70, "symbol": "square", "color": colours.mark}
        chart.add_scatter(
            x=[names[column] for row in range(k) for column in range(k)],
            y=[names[row] for row in range(k) for column in range(k)],
            customdata=[f"{human}-{judge}" for human in report.labels for judge in report.labels],
            text=[text for row in told for text in row],
            mode="markers",
            marker=marker,
            selected={"marker": {"opacity": 0}},
            unselected={"marker": {"opacity": 0}},
            hovertemplate=hover,
        )
        if cell:
            row, column = (report.labels.index(letter) for letter in cell.split("-"))
            chart.add_shape(
                type="rect",
                x0=column - 0.48,
                x1=column + 0.48,
                y0=row - 0.48,
                y1=row + 0.48,
                line={"color": colours.ink, "width": 3},
            )
        styled(chart, colours, 340)
        chart.update_xaxes(title=_("Judge"), side="top", showgrid=False, ticks="")
        chart.update_yaxes(title=_("People"), autorange="reversed", showgrid=False, ticks="")
        return chart

    return build


def confusion_table(report: AgreementReport) -> Table:
    """Return the data of the matrix, one line a cell."""
    return Table(
        (_("People"), _("Judge"), _("Answers"), _("Share of the row")),
        tuple(
            (human, judge, count, share)
            for human, row, part in zip(report.labels, report.confusion, _shares(report), strict=True)
            for judge, count, share in zip(report.labels, row, part, strict=True)
        ),
    )


def _told(count: int, share: float, of_row: int, *, in_shares: bool) -> str:
    if not in_shares:
        return number(count)
    return percent(share) if of_row else "–"


def _shares(report: AgreementReport) -> list[list[float]]:
    return [[count / sum(row) if sum(row) else 0.0 for count in row] for row in report.confusion]


def _cells_text(code: str) -> str:
    return _("Counts") if code == "counts" else _("Shares of the row")


def _cells() -> list[str]:
    return [f"{human}-{judge}" for human in ORDERED[::-1] for judge in ORDERED[::-1]]


def _chosen_cell() -> str:
    found = st.query_params.get("cell", "")
    return found if found in _cells() else ""


def _take_click() -> None:
    points = st.session_state[_CHART].selection.points
    set_choice("cell", str(points[0].get("customdata", "")) if points else "")


def _draw_answers(lab: Laboratory, cell: str) -> None:
    counts = lab.report.confusion
    named = {
        f"{human}-{judge}": _("People {human}, judge {judge} ({count})").format(
            human=human, judge=judge, count=number(counts[ORDERED.index(human)][ORDERED.index(judge)])
        )
        for human in ORDERED[::-1]
        for judge in ORDERED[::-1]
    }
    st.subheader(_("Answers of a cell") if cell else _("Where they differ"))
    choose(
        _("Cell"),
        "cell",
        _cells(),
        named.__getitem__,
        width=320,
        nothing=_("all on which they differ"),
        is_titled=False,
    )
    if cell:
        human, judge = (Label(letter) for letter in cell.split("-"))
        shown = in_cell(lab.labels, human, judge)
    else:
        shown = disagreements(lab.labels)
    if not shown:
        st.caption(_("No answer.") if cell else _("Nowhere, among the answers with both labels."))
        return
    draw_list(lab, shown)
