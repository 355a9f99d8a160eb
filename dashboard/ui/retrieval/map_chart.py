"""The drawing of the map. Every group has a sign of its own beside its colour, and its name in the legend."""

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from dashboard.ui.agreement.plots import Build, Palette, styled
from dashboard.ui.i18n import _, number

QUIET = -1
"""The group of those that are drawn in grey."""

SVG_UP_TO = 1_000
"""Points up to which the chart is drawn as a picture of lines; with more the graphics card draws it."""

HEIGHT = 600
SEGMENT_SIZE, QUESTION_SIZE = 8, 12
MANY = 500
"""Segments above which each is drawn smaller."""

SHOWN_LETTERS = 28
"""Letters of a group's name in the legend, which would else take the map's room."""

_QUESTIONS = "questions"
_OPACITY = {"marker": {"opacity": 1.0}}


@dataclass(frozen=True, slots=True)
class Style:
    """How a group is drawn; `says` is what its points add to what they say of themselves."""

    name: str
    colour: str
    sign: str
    says: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """The points of one kind.

    Attributes:
        places: Shape (n, 2).
        keys: What a click on each point gives.
        texts: What each point says of itself.
        groups: Each point's style by its place in the list, or `QUIET`.
    """

    places: npt.NDArray[np.float32]
    keys: list[str]
    texts: list[str]
    groups: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Drawing:
    """All that is on the map.

    Attributes:
        quiet: Name of those in grey.
        found: Rank of the points that a search found, by key.
        chosen: Key of the point that is open; empty for none.
    """

    segments: Layer
    questions: Layer
    styles: list[Style]
    quiet: str
    found: Mapping[str, int] = field(default_factory=dict)
    chosen: str = ""


def chart_of(drawing: Drawing) -> Build:
    """Return the chart."""

    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        chart = go.Figure()
        points = len(drawing.segments.keys) + len(drawing.questions.keys)
        add = chart.add_scattergl if points > SVG_UP_TO else chart.add_scatter
        for group in (QUIET, *range(len(drawing.styles))):
            _add_group(add, drawing, drawing.segments, group, colours, is_question=False)
        for group in (QUIET, *range(len(drawing.styles))):
            _add_group(add, drawing, drawing.questions, group, colours, is_question=True)
        if drawing.questions.keys:
            _add_legend_of_questions(add, colours)
        _add_rings(add, drawing, colours)
        styled(chart, colours, HEIGHT)
        chart.update_layout(
            showlegend=True,
            legend={
                "orientation": "h",
                "y": -0.02,
                "yanchor": "top",
                "x": 0,
                "font": {"size": 13, "color": colours.ink},
                "itemsizing": "constant",
            },
            dragmode=False,
            # What the reader has zoomed into stays when the colours change.
            uirevision="map",
        )
        chart.update_xaxes(visible=False, fixedrange=False, constrain="domain")
        # One measure in both directions, or the axis that says less would look as if it said as much.
        chart.update_yaxes(visible=False, fixedrange=False, scaleanchor="x")
        return chart

    return build


def _add_group(
    add: Any, drawing: Drawing, layer: Layer, group: int, colours: Palette, *, is_question: bool
) -> None:
    rows = np.flatnonzero(layer.groups == group)
    if not len(rows):
        return
    quiet = Style(drawing.quiet, colours.grid, "circle")
    style = quiet if group == QUIET else drawing.styles[group]
    marker: dict[str, Any] = {"color": style.colour, "symbol": style.sign, "opacity": 1.0}
    if is_question and group == QUIET:
        # Hollow, so that segments can be seen through it.
        marker |= {"size": QUESTION_SIZE - 2, "symbol": "circle-open", "color": colours.ink}
        marker |= {"line": {"width": 1.5, "color": colours.ink}}
    elif is_question:
        marker |= {"size": QUESTION_SIZE, "line": {"width": 2, "color": colours.ink}}
    else:
        size = SEGMENT_SIZE if len(layer.keys) <= MANY else SEGMENT_SIZE - 2
        marker |= {"size": size if group != QUIET else size - 1, "line": {"width": 0}}
    # Segments and questions of one group share an entry of the legend, which hides both.
    has_entry = not is_question or (group != QUIET and not (drawing.segments.groups == group).any())
    add(
        x=layer.places[rows, 0],
        y=layer.places[rows, 1],
        customdata=[layer.keys[row] for row in rows],
        hovertext=[layer.texts[row] + (f"<br>{style.says}" if style.says else "") for row in rows],
        hoverinfo="text",
        mode="markers",
        marker=marker,
        selected=_OPACITY,
        unselected=_OPACITY,
        name=html.escape(_shortened(style.name), quote=False),
        legendrank=1_000 if group != QUIET else 1_001,
        legendgroup=_QUESTIONS if is_question and group == QUIET else f"group-{group}",
        showlegend=has_entry,
    )


def _add_legend_of_questions(add: Any, colours: Palette) -> None:
    add(
        x=[None],
        y=[None],
        mode="markers",
        marker={
            "size": QUESTION_SIZE,
            "symbol": "circle-open",
            "color": colours.ink,
            "line": {"width": 2, "color": colours.ink},
        },
        name=_("with a border: question"),
        legendrank=1_002,
        legendgroup=_QUESTIONS,
        hoverinfo="skip",
    )


def _add_rings(add: Any, drawing: Drawing, colours: Palette) -> None:
    rings = [
        (key, place, rank)
        for layer in (drawing.segments, drawing.questions)
        for key, place in zip(layer.keys, layer.places.tolist(), strict=True)
        if (rank := drawing.found.get(key)) is not None
    ]
    if rings:
        add(
            x=[place[0] for _key, place, _rank in rings],
            y=[place[1] for _key, place, _rank in rings],
            text=[f"<b>{number(rank)}</b>" for _key, _place, rank in rings],
            textposition="top center",
            textfont={"size": 14, "color": colours.ink},
            mode="markers+text",
            marker={"size": 17, "symbol": "circle-open", "color": colours.ink, "line": {"width": 2}},
            selected=_OPACITY,
            unselected=_OPACITY,
            name=_("found, with its rank"),
            legendrank=1_003,
            hoverinfo="skip",
        )
    for layer in (drawing.segments, drawing.questions):
        if drawing.chosen in layer.keys:
            x, y = layer.places[layer.keys.index(drawing.chosen)].tolist()
            add(
                x=[x],
                y=[y],
                mode="markers",
                marker={"size": 26, "symbol": "circle-open", "color": colours.other, "line": {"width": 4}},
                selected=_OPACITY,
                unselected=_OPACITY,
                name=_("opened here"),
                legendrank=1_004,
                hoverinfo="skip",
            )


def _shortened(name: str) -> str:
    return name if len(name) <= SHOWN_LETTERS else name[: SHOWN_LETTERS - 1].rstrip() + "…"
