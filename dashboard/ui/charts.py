"""Charts. Every cell and bar says its number and its letter, so that colour is never needed."""

import streamlit as st

from dashboard.agreement.result import AgreementReport
from dashboard.labels import STYLES, Label
from dashboard.ui.i18n import _, number

SHADES = {"light": ("#E9F2F2", "#0B6E6E"), "dark": ("#1E2C2C", "#2B9C9C")}
"""The colours of an empty and of a full cell, by theme."""


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
    # Solid colours, so that plotly can choose figures that stand out from them.
    lightest, fullest = SHADES["dark" if st.context.theme.type == "dark" else "light"]
    chart = go.Figure(
        go.Heatmap(
            z=shares,
            x=names,
            y=names,
            text=[[number(cell) for cell in row] for row in report.confusion],
            texttemplate="%{text}",
            textfont={"size": 20},
            hovertemplate=_("People") + " %{y}<br>" + _("Judge") + " %{x}<br>%{text}<extra></extra>",
            colorscale=[[0.0, lightest], [1.0, fullest]],
            zmin=0,
            zmax=1,
            showscale=False,
            xgap=3,
            ygap=3,
        )
    )
    chart.update_layout(
        height=360,
        margin={"l": 10, "r": 10, "t": 10, "b": 10},
        xaxis={"title": _("Judge"), "side": "top", "fixedrange": True, "showgrid": False},
        yaxis={
            "title": _("People"),
            "autorange": "reversed",
            "fixedrange": True,
            "showgrid": False,
        },
    )
    st.plotly_chart(chart, width="stretch", config={"displayModeBar": False}, key="agreement.confusion")
    st.caption(_("Counts of answers; the darker a cell, the larger its share of the row."))
