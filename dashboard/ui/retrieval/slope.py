"""The rank of every segment under two retrievers, one line a segment."""

import html
from collections.abc import Sequence
from typing import Any

from dashboard.services.publishing import Table
from dashboard.services.rank_changes import RankChange
from dashboard.ui.agreement.plots import Build, Palette, styled
from dashboard.ui.i18n import _, number

UNJUDGED_COLOUR = "#7A8686"
ROW = 30
"""Pixels of height for a rank."""

CAMERA = 56
"""Pixels above the chart for the names of the sides, and above them the camera."""

SIDE_WIDTH = 22
"""Letters of a side's name that fit above its end of the chart on a phone."""


def grade_text(grade: int | None, *, is_known_items: bool) -> str:
    """Return a segment's grade as one sign; known items have the right lecture or not."""
    if is_known_items:
        return "✓" if grade else "–"
    return "?" if grade is None else str(grade)


def slope_chart(
    changes: Sequence[RankChange],
    k: int,
    sides: tuple[str, str],
    relevant_from: int,
    names: dict[int, str],
    *,
    is_known_items: bool,
) -> Build:
    """Return a slope chart; what one side does not have among its first k ends in the row below them.

    Args:
        changes: The segments.
        k: How many of the first places are drawn.
        sides: The two retrievers in words.
        relevant_from: Lowest relevant grade; such lines are thick.
        names: What each segment is, for the hover text.
        is_known_items: Whether grades only say that the lecture is the right one.
    """

    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        chart = go.Figure()
        below = k + 1
        for one in changes:
            is_relevant = one.grade is not None and one.grade >= relevant_from
            colour = (
                colours.mark if is_relevant else colours.other if one.grade is not None else UNJUDGED_COLOUR
            )
            sign = grade_text(one.grade, is_known_items=is_known_items)
            ranks = [rank if rank is not None and rank <= k else below for rank in (one.left, one.right)]
            told = [f"{rank} · <b>{sign}</b>" if rank <= k else "" for rank in ranks]
            name = html.escape(names.get(one.segment_id, ""), quote=False)
            hover = f"{name}<br>{_ways(one)} · {sign}"
            chart.add_scatter(
                x=[0, 1],
                y=ranks,
                mode="lines+markers+text",
                line={
                    "color": colour,
                    "width": 3.5 if is_relevant else 1.5,
                    "dash": "solid" if one.grade is not None else "dot",
                },
                marker={
                    "size": 9,
                    "color": colour,
                    "symbol": ["circle" if rank <= k else "line-ew-open" for rank in ranks],
                },
                text=told,
                textposition=["middle left", "middle right"],
                textfont={"size": 13, "color": colours.ink},
                cliponaxis=False,
                hovertext=hover,
                hoverinfo="text",
            )
        styled(chart, colours, ROW * (below + 2) + 40 + CAMERA)
        # The sides' names stay clear of the camera in the corner.
        chart.update_layout(margin_t=CAMERA)
        chart.update_xaxes(
            range=[-0.35, 1.35],
            tickvals=[0, 1],
            ticktext=[f"<b>{html.escape(_short(side), quote=False)}</b>" for side in sides],
            side="top",
            showgrid=False,
        )
        chart.update_yaxes(
            range=[below + 0.7, 0.3],
            tickvals=[below],
            ticktext=[_("not in {k}").format(k=number(k))],
            showgrid=True,
        )
        return chart

    return build


def slope_table(
    changes: Sequence[RankChange], sides: tuple[str, str], names: dict[int, str], *, is_known_items: bool
) -> Table:
    """Return the data of the chart."""
    return Table(
        (_("Segment"), *sides, _("Grade")),
        tuple(
            (
                names.get(one.segment_id, str(one.segment_id)),
                one.left,
                one.right,
                grade_text(one.grade, is_known_items=is_known_items),
            )
            for one in changes
        ),
    )


def _short(name: str) -> str:
    return name if len(name) <= SIDE_WIDTH else name[: SIDE_WIDTH - 1].rstrip() + "…"


def _ways(one: RankChange) -> str:
    left, right = ("–" if rank is None else str(rank) for rank in (one.left, one.right))
    return f"{left} → {right}"
