"""Charts. Every cell and bar says its number and its letter, so that colour is never needed."""

import html
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.agreement.result import AgreementReport
from dashboard.labels import FIRST_KEY_IS_BEST, STYLES, Label
from dashboard.ui.i18n import _, number, percent

SHADES = {"light": ("#E9F2F2", "#6DB5B5", "#101818"), "dark": ("#1E2C2C", "#1C7373", "#E8EEEE")}
"""The colours of an empty cell, of a full one and of the text on them, by theme."""

UNSCORED_COLOUR = "#7A7A7A"
SMALLEST_TOLD = 0.06
"""Share below which a bar has no room for its letter."""

LONGEST_NAME = 48


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


def draw_distributions(judges: Sequence[tuple[str, Mapping[Label, int], int]]) -> None:
    """Draw how often each judge gave each label, and how often none: name, labels, unscored."""
    import plotly.graph_objects as go

    ink = SHADES["dark" if st.context.theme.type == "dark" else "light"][2]
    # Two judges may have one name, and a bar of its own each.
    places = list(range(len(judges)))
    totals = [sum(labels.values()) + unscored for _name, labels, unscored in judges]
    bars = [
        (
            str(label),
            _(STYLES[label].text),
            STYLES[label].colour,
            [labels.get(label, 0) for _n, labels, _u in judges],
        )
        for label in FIRST_KEY_IS_BEST
    ]
    bars.append(("?", _("Unscored"), UNSCORED_COLOUR, [unscored for _n, _l, unscored in judges]))
    chart = go.Figure()
    for letter, title, colour, counts in bars:
        shares = [count / total if total else 0.0 for count, total in zip(counts, totals, strict=True)]
        chart.add_bar(
            y=places,
            x=shares,
            name=f"{letter} {title}",
            orientation="h",
            marker={"color": colour},
            text=[f"{letter} {percent(share)}" if share >= SMALLEST_TOLD else "" for share in shares],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            hovertext=[f"{letter} {title}: {number(count)}" for count in counts],
            hoverinfo="text",
        )
    for place, (name, *_rest) in enumerate(judges):
        short = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
        chart.add_annotation(
            x=0,
            y=place,
            text=html.escape(short),
            xanchor="left",
            yshift=24,
            showarrow=False,
            font={"color": ink, "size": 13},
        )
    chart.update_layout(
        barmode="stack",
        bargap=0.5,
        height=80 + 62 * len(judges),
        margin={"l": 0, "r": 0, "t": 10, "b": 0},
        legend={"orientation": "h", "traceorder": "normal", "y": 0, "yanchor": "top"},
        uniformtext={"minsize": 11, "mode": "hide"},
    )
    chart.update_xaxes(visible=False, range=[0, 1], fixedrange=True)
    chart.update_yaxes(visible=False, range=[len(judges) - 0.6, -0.9], fixedrange=True)
    st.plotly_chart(chart, width="stretch", config={"displayModeBar": False}, key="judge.distributions")
