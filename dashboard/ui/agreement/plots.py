"""Charts and what can be taken from each: its picture, its data, itself as a page that needs no network.

Every mark says its number and its letter, so that colour is never needed.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard.agreement.figure import Figure
from dashboard.services.publishing import Table, to_csv
from dashboard.ui.agreement.figures import figure_text, value_text
from dashboard.ui.charts import SHADES, wait_for_pandas
from dashboard.ui.i18n import _, number, spoken_here

NAME_WIDTH = 30
"""Letters of a name that fit beside a chart on a phone; the whole name is in the hover text."""

ROW = 54
"""Pixels of height for a row of a forest plot, its number above it included."""


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a chart: text, lines behind the marks, marks, the ends of a scale, the ground.

    The ground is that of the page, so that a saved picture can be read anywhere.
    """

    ink: str
    grid: str
    mark: str
    other: str
    empty: str
    full: str
    paper: str


def _palette(theme: str, grid: str, mark: str, other: str, paper: str) -> Palette:
    empty, full, ink = SHADES[theme]
    return Palette(ink, grid, mark, other, empty, full, paper)


LIGHT = _palette("light", "#CBD5D5", "#0B6E6E", "#7A5200", "#FFFFFF")
DARK = _palette("dark", "#3B4848", "#6CCFCF", "#F0B840", "#121818")

PICTURES = ("svg", "png")
"""As what a chart can be saved; the choice is the address's parameter `picture`."""

_PICTURE = "picture"

Build = Callable[[Palette], Any]
"""Gives the chart in certain colours, so that what is published does not depend on the reader's theme."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a forest plot; `is_small` marks one that rests on few answers."""

    name: str
    figure: Figure
    is_small: bool = False
    is_other: bool = False


def palette() -> Palette:
    """Return the colours of the reader's theme."""
    return DARK if st.context.theme.type == "dark" else LIGHT


def draw_chart(
    name: str,
    build: Build,
    table: Table,
    alt: str,
    *,
    key: str = "",
    on_select: Callable[[], None] | None = None,
) -> None:
    """Draw a chart and the ways to take it along.

    Args:
        name: Begins the names of its files.
        build: Gives the chart.
        table: Its data.
        alt: What it shows, for those who cannot see it.
        key: Of the widget, where it can be clicked.
        on_select: What a click does.
    """
    wait_for_pandas()
    picture = st.query_params.get(_PICTURE, "")
    picture = picture if picture in PICTURES else PICTURES[0]
    config = {
        "displaylogo": False,
        "displayModeBar": True,
        "modeBarButtons": [["toImage"]],
        "toImageButtonOptions": {"format": picture, "filename": f"veredito-{name}", "scale": 2},
        "scrollZoom": False,
    }
    if on_select is None:
        st.plotly_chart(build(palette()), config=config, alt=alt, key=key or f"agreement.{name}")
    else:
        st.plotly_chart(
            build(palette()),
            config=config,
            alt=alt,
            key=key,
            on_select=on_select,
            selection_mode="points",
        )
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.download_button(
            "CSV",
            lambda: to_csv(table).encode("utf-8-sig"),
            file_name=f"veredito-{name}.csv",
            mime="text/csv",
            icon=":material/download:",
            type="tertiary",
            key=f"agreement.{name}.csv",
            help=_("The numbers of this chart"),
            on_click="ignore",
        )
        st.download_button(
            "HTML",
            spoken_here(lambda: standalone(build).encode()),
            file_name=f"veredito-{name}.html",
            mime="text/html",
            icon=":material/download:",
            type="tertiary",
            key=f"agreement.{name}.html",
            help=_("This chart as a page of its own, which needs no network"),
            on_click="ignore",
        )
        # Named by the format too, so that the choice beside another chart is seen here.
        chosen = f"agreement.{name}.picture.{picture}"
        st.segmented_control(
            _("Picture"),
            PICTURES,
            default=picture,
            required=True,
            format_func=str.upper,
            key=chosen,
            help=_("As what the camera above the chart saves it"),
            label_visibility="collapsed",
            on_change=_take_picture,
            args=(chosen,),
        )


def _take_picture(key: str) -> None:
    st.query_params[_PICTURE] = st.session_state[key]


def standalone(build: Build) -> str:
    """Return a chart as one HTML page that needs no network."""
    return str(build(LIGHT).to_html(include_plotlyjs=True, config={"displaylogo": False}))


def styled(chart: Any, colours: Palette, height: int) -> Any:
    """Give a chart the look that all share."""
    chart.update_layout(
        height=height,
        # The signs before decimals and between thousands, as the reader's language has them.
        separators=number(0.5, 1)[1] + number(1000)[1],
        margin={"l": 8, "r": 12, "t": 8, "b": 8},
        paper_bgcolor=colours.paper,
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": colours.ink, "size": 14},
        showlegend=False,
        dragmode=False,
        hoverlabel={"align": "left"},
    )
    for axes in (chart.update_xaxes, chart.update_yaxes):
        axes(
            fixedrange=True,
            automargin=True,
            gridcolor=colours.grid,
            zeroline=False,
            tickfont={"size": 13, "color": colours.ink},
            title_font={"size": 13, "color": colours.ink},
        )
    return chart


def forest(
    rows: Sequence[Row],
    title: str,
    *,
    in_percent: bool = False,
    line: Figure | None = None,
    is_difference: bool = False,
) -> Build:
    """Return a forest plot: one line a row with value and interval; `line` is drawn through all of them."""

    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        chart = go.Figure()
        places = list(range(len(rows)))[::-1]
        for row, place in zip(rows, places, strict=True):
            colour = colours.other if row.is_other else colours.mark
            figure = row.figure
            has_value, has_interval = not math.isnan(figure.value), not math.isnan(figure.low)
            note = f"{figure_text(figure, in_percent=in_percent)} · n = {number(figure.n)}"
            chart.add_scatter(
                x=[figure.value if has_value else 0.0],
                y=[place],
                mode="markers+text" if has_value else "text",
                marker={
                    "size": 12,
                    "color": colour,
                    "symbol": "circle-open" if row.is_small else "square",
                    "line": {"width": 2, "color": colour},
                },
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [figure.high - figure.value if has_interval else 0.0],
                    "arrayminus": [figure.value - figure.low if has_interval else 0.0],
                    "color": colour,
                    "thickness": 2.5,
                    "width": 5,
                    "visible": has_value and has_interval,
                },
                hovertext=f"{escaped(row.name)}<br>{note}",
                hoverinfo="text",
            )
            chart.add_annotation(
                x=0,
                xref="paper",
                xanchor="left",
                y=place,
                yshift=19,
                text=f"<b>{escaped(_short(row.name))}</b>  {_beside(row, in_percent)}",
                showarrow=False,
                font={"size": 13, "color": colours.ink},
            )
        low, high = _reach(rows, line, in_percent, is_difference)
        if line is not None and not math.isnan(line.value):
            chart.add_vline(line.value, line={"color": colours.ink, "width": 1.5, "dash": "dot"})
        if low < 0.0:
            chart.add_vline(0.0, line={"color": colours.grid, "width": 1.5})
        styled(chart, colours, ROW * len(rows) + 60)
        chart.update_yaxes(visible=False, range=[-0.5, len(rows) - 0.35])
        chart.update_xaxes(
            title=title, range=[low, high], tickformat=".0%" if in_percent else ".1f", nticks=6
        )
        return chart

    return build


def forest_table(rows: Sequence[Row], name: str, measure: str) -> Table:
    """Return the data of a forest plot."""
    return Table(
        (name, measure, _("Low"), _("High"), "n"),
        tuple((row.name, row.figure.value, row.figure.low, row.figure.high, row.figure.n) for row in rows),
    )


def _beside(row: Row, in_percent: bool) -> str:
    count = f"n = {number(row.figure.n)}"
    if row.is_small:
        count += " " + _("(small)")
    return f"{value_text(row.figure.value, in_percent=in_percent)} · {count}"


def _reach(
    rows: Sequence[Row], line: Figure | None, in_percent: bool, is_difference: bool
) -> tuple[float, float]:
    figures = [row.figure for row in rows] + ([line] if line is not None else [])
    ends = [
        end for figure in figures for end in (figure.low, figure.value, figure.high) if not math.isnan(end)
    ]
    if is_difference:
        farthest = max((abs(end) for end in ends), default=0.0) + 0.05
        return -farthest, farthest
    if in_percent:
        return -0.02, 1.02
    return min(-0.05, min(ends, default=0.0) - 0.05), 1.05


def _short(name: str) -> str:
    return name if len(name) <= NAME_WIDTH else name[: NAME_WIDTH - 1].rstrip() + "…"


def escaped(text: str) -> str:
    """Return text as Plotly's small markup draws it: as itself."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
