"""Charts of what stands at each rank, and where the first relevant segment does."""

from collections.abc import Sequence
from typing import Any

from dashboard.services.measured_questions import QuestionLine, RankCounts, first_places
from dashboard.services.publishing import Table
from dashboard.ui.agreement.plots import Build, Palette, styled
from dashboard.ui.i18n import _, number, percent

TOLD_FROM = 0.09
"""Share below which a bar has no room for its number."""

MOST_TOLD = 10
"""Bars that have room for their numbers."""


def places_table(lines: Sequence[QuestionLine], k: int) -> Table:
    """Return how many questions have their first relevant segment where."""
    counts, none = first_places(lines, k)
    rows = [(str(rank), count) for rank, count in enumerate(counts, start=1)]
    return Table((_("Place"), _("Questions")), (*rows, (_("none"), none)))


def places_chart(table: Table) -> Build:
    """Return bars of the places of the first relevant segment; the last is for none."""

    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        names = [str(name) for name, _count in table.rows]
        counts = [int(count or 0) for _name, count in table.rows]
        chart = go.Figure()
        chart.add_bar(
            x=list(range(len(names))),
            y=counts,
            marker={
                "color": [colours.mark] * (len(names) - 1) + [colours.other],
            },
            text=[number(count) if count else "" for count in counts],
            textposition="outside",
            textangle=0,
            cliponaxis=False,
            textfont={"size": 12, "color": colours.ink},
            hovertext=[f"{name}: {number(count)}" for name, count in zip(names, counts, strict=True)],
            hoverinfo="text",
        )
        styled(chart, colours, 260)
        chart.update_xaxes(
            tickvals=list(range(len(names))),
            ticktext=[*names[:-1], "–"],
            tickangle=0,
            showgrid=False,
        )
        chart.update_yaxes(showticklabels=False, showgrid=False, range=[0, max(counts, default=1) * 1.15 + 1])
        return chart

    return build


def ranks_table(counts: Sequence[RankCounts]) -> Table:
    """Return what stands at each rank."""
    return Table(
        (_("Place"), _("relevant"), _("not relevant"), _("unjudged"), _("nothing found")),
        tuple((one.rank, one.relevant, one.irrelevant, one.unjudged, one.nothing) for one in counts),
    )


def ranks_chart(counts: Sequence[RankCounts], *, is_known_items: bool) -> Build:
    """Return one bar a rank, parted into relevant, not relevant, unjudged and nothing found."""

    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        chart = go.Figure()
        kinds = [
            (_("relevant"), [one.relevant for one in counts], colours.mark, "", colours.paper),
            (_("not relevant"), [one.irrelevant for one in counts], colours.other, "/", colours.paper),
            (
                _("another lecture") if is_known_items else _("unjudged"),
                [one.unjudged for one in counts],
                colours.grid,
                "",
                colours.ink,
            ),
            (_("nothing found"), [one.nothing for one in counts], colours.paper, ".", colours.ink),
        ]
        totals = [max(1, one.relevant + one.irrelevant + one.unjudged + one.nothing) for one in counts]
        for name, values, colour, pattern, ink in kinds:
            if not any(values):
                continue
            shares = [value / total for value, total in zip(values, totals, strict=True)]
            chart.add_bar(
                x=[one.rank for one in counts],
                y=shares,
                name=name,
                marker={
                    "color": colour,
                    "pattern": {
                        "shape": pattern,
                        "fillmode": "overlay",
                        "fgcolor": ink,
                        "fgopacity": 0.35,
                        "size": 6,
                        "solidity": 0.2,
                    },
                    "line": {"width": 1, "color": colours.paper},
                },
                text=[
                    percent(share) if share >= TOLD_FROM and len(counts) <= MOST_TOLD else ""
                    for share in shares
                ],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"size": 11, "color": ink},
                hovertext=[
                    f"{number(one.rank)} · {name}: {number(value)} ({percent(share)})"
                    for one, value, share in zip(counts, values, shares, strict=True)
                ],
                hoverinfo="text",
            )
        styled(chart, colours, 290)
        chart.update_layout(
            barmode="stack",
            bargap=0.15,
            showlegend=True,
            legend={"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0, "traceorder": "normal"},
            uniformtext={"minsize": 9, "mode": "hide"},
        )
        chart.update_xaxes(
            title=_("Place"), tickvals=[one.rank for one in counts], tickangle=0, showgrid=False
        )
        chart.update_yaxes(range=[0, 1], tickformat=".0%", nticks=5)
        return chart

    return build
