"""Charts. Every cell and bar says its number and its letter, so that colour is never needed."""

import html
from collections.abc import Mapping, Sequence
from importlib import import_module

import streamlit as st

from dashboard.labels import FIRST_KEY_IS_BEST, STYLES, Label
from dashboard.ui.i18n import _, number, percent

SHADES = {"light": ("#E9F2F2", "#6DB5B5", "#101818"), "dark": ("#1E2C2C", "#1C7373", "#E8EEEE")}
"""The colours of an empty cell, of a full one and of the text on them, by theme."""

UNSCORED_COLOUR = "#7A7A7A"
SMALLEST_TOLD = 0.06
"""Share below which a bar has no room for its letter."""

LONGEST_NAME = 48


def wait_for_pandas() -> None:
    """Have pandas loaded whole before a chart is made.

    Plotly looks at the pandas that it finds, and fails on one that work in the background is still loading.
    """
    import_module("pandas")


def draw_distributions(judges: Sequence[tuple[str, Mapping[Label, int], int]]) -> None:
    """Draw how often each judge gave each label, and how often none: name, labels, unscored."""
    import plotly.graph_objects as go

    wait_for_pandas()
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
