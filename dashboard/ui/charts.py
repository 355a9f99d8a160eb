"""Charts. Every cell and bar says its number and its letter, so that colour is never needed."""

import streamlit as st

from dashboard.agreement.result import AgreementReport
from dashboard.labels import STYLES, Label
from dashboard.ui.i18n import _, number

SHADES = {"light": ("#E9F2F2", "#6DB5B5", "#101818"), "dark": ("#1E2C2C", "#1C7373", "#E8EEEE")}
"""The colours of an empty cell, of a full one and of the text on them, by theme."""


def draw_confusion(report: AgreementReport) -> None:
    """Draw how often each label of the people met each label of the judge."""
    import plotly.graph_objects as go

    st.subheader(_("Confusion matrix"))
    names = [f"<b>{label}</b> {_(STYLES[Label(label)].text)}" for label in report.labels]
    rows = [sum(row) for row in report.confusion]
    shares = [
        [cell / total if total else 0.0 for cell in row]
        for row, total in zip(report.confusion, rows, strict=True)
    ]
    empty, full, ink = SHADES["dark" if st.context.theme.type == "dark" else "light"]
    chart = go.Figure(
        go.Heatmap(
            z=shares,
            x=names,
            y=names,
            text=[[number(cell) for cell in row] for row in report.confusion],
            texttemplate="%{text}",
            textfont={"size": 20, "color": ink},
            hovertemplate=_("People") + " %{y}<br>" + _("Judge") + " %{x}<br>%{text}<extra></extra>",
            colorscale=[[0.0, empty], [1.0, full]],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    chart.update_layout(height=360, margin={"l": 10, "r": 10, "t": 10, "b": 10})
    chart.update_xaxes(title=_("Judge"), side="top")
    chart.update_yaxes(title=_("People"), autorange="reversed")
    for axes in (chart.update_xaxes, chart.update_yaxes):
        axes(
            fixedrange=True,
            showgrid=False,
            ticks="",
            tickfont={"size": 14, "color": ink},
            title_font_color=ink,
        )
    st.plotly_chart(chart, width="stretch", config={"displayModeBar": False}, key="agreement.confusion")
    st.caption(_("Counts of answers; the stronger the colour of a cell, the larger its share of the row."))
