"""Causes of failure in words and as charts; each has a letter, so that colour is never needed."""

from collections.abc import Mapping, Sequence
from typing import Any

from dashboard.agreement.figure import Figure
from dashboard.errors import N_
from dashboard.services.failures import CAUSES, EXPLAINED, Cause, CauseCount, RunFailures
from dashboard.services.publishing import Table
from dashboard.services.slicing import SMALL
from dashboard.services.stages import KIND, RIGHT, STRICT, UNJUDGED
from dashboard.ui.agreement.figures import figure_text
from dashboard.ui.agreement.plots import Build, Palette, Row, escaped, styled
from dashboard.ui.i18n import _, day, number, percent

TITLES: dict[Cause, str] = {
    Cause.QUESTION: N_("Q · question"),
    Cause.GENERATION: N_("G · generation"),
    Cause.RETRIEVAL: N_("R · retrieval"),
    Cause.UNGRADED: N_("N · needs grades"),
}
"""Each cause with its letter, which comes first."""

COLOURS: dict[Cause, tuple[str, str]] = {
    Cause.QUESTION: ("#B39DDB", "#101818"),
    Cause.GENERATION: ("#F0B840", "#101818"),
    Cause.RETRIEVAL: ("#12807F", "#FFFFFF"),
    Cause.UNGRADED: ("#9AA5A5", "#101818"),
}
"""Colour of a cause and of the text on it, for both themes and any colour vision."""

JUDGE_WRONG = N_("J · judge wrong")

MOST_RUNS = 12
"""Runs that one chart can hold; all are in its data."""

_TOLD_FROM = 0.07
_NAME = 44
_ROW = 52


def cause_title(cause: Cause) -> str:
    """Return a cause in words, its letter first."""
    return _(TITLES[cause])


def share_rows(counts: Sequence[CauseCount], judge: Figure | None) -> list[Row]:
    """Return each cause's share of the explained failures, and the judge's errors, as lines of a plot."""
    rows = [
        Row(cause_title(one.cause), one.share, is_small=one.share.n < SMALL)
        for one in counts
        if one.share is not None
    ]
    if judge is not None:
        rows.append(Row(_(JUDGE_WRONG), judge, is_small=judge.n < SMALL, is_other=True))
    return rows


def counts_table(counts: Sequence[CauseCount]) -> Table:
    """Return the counts as they are read: the share with its interval in one cell."""
    return Table(
        _heads((_("Share of the explained"),)),
        tuple(
            (
                _unbroken(cause_title(one.cause)),
                one.n,
                "–" if one.share is None else _unbroken(figure_text(one.share, in_percent=True)),
                *(one.judge[verdict] for verdict in (RIGHT, KIND, STRICT, UNJUDGED)),
            )
            for one in counts
        ),
    )


def counts_data(counts: Sequence[CauseCount]) -> Table:
    """Return the counts as they are published: value and ends of each interval apart."""
    return Table(
        _heads((_("Share of the explained"), _("Low"), _("High"))),
        tuple(
            (
                cause_title(one.cause),
                one.n,
                *(
                    (None, None, None)
                    if one.share is None
                    else (one.share.value, one.share.low, one.share.high)
                ),
                *(one.judge[verdict] for verdict in (RIGHT, KIND, STRICT, UNJUDGED)),
            )
            for one in counts
        ),
    )


def _heads(shares: tuple[str, ...]) -> tuple[str, ...]:
    verdicts = (_("Judge right"), _("Too kind"), _("Too strict"), _("Unjudged"))
    return (_("Cause"), _("Answers"), *shares, *verdicts)


def _unbroken(text: str) -> str:
    return text.replace(" ", "\N{NO-BREAK SPACE}")


def runs_table(found: Sequence[RunFailures], names: Mapping[int, str]) -> Table:
    """Return the causes by run, the oldest first."""
    return Table(
        (_("Run"), _("Since"), _("Labelled"), *(cause_title(cause) for cause in CAUSES)),
        tuple(
            (
                f"{one.run_id} · {names.get(one.run_id, '')}",
                day(one.created_at),
                one.labelled,
                *(one.causes[cause] for cause in CAUSES),
            )
            for one in found
        ),
    )


def runs_chart(found: Sequence[RunFailures], names: Mapping[int, str]) -> Build:
    """Return one bar a run, the oldest on top: which share of its labelled answers failed of each cause."""
    shown = found[-MOST_RUNS:]

    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        chart = go.Figure()
        places = list(range(len(shown)))[::-1]
        for cause in (*EXPLAINED, Cause.UNGRADED):
            title = cause_title(cause)
            colour, ink = COLOURS[cause]
            shares = [one.causes[cause] / one.labelled for one in shown]
            chart.add_bar(
                y=places,
                x=shares,
                name=title,
                orientation="h",
                marker={"color": colour, "line": {"width": 1, "color": colours.paper}},
                text=[
                    f"<b>{title[0]}</b> {number(one.causes[cause])}" if share >= _TOLD_FROM else ""
                    for one, share in zip(shown, shares, strict=True)
                ],
                textposition="inside",
                insidetextanchor="middle",
                textangle=0,
                textfont={"color": ink, "size": 13},
                hovertext=[
                    f"{title}: {number(one.causes[cause])} ({percent(share)})"
                    for one, share in zip(shown, shares, strict=True)
                ],
                hoverinfo="text",
            )
        for one, place in zip(shown, places, strict=True):
            name = f"{one.run_id} · {names.get(one.run_id, '')}"
            short = name if len(name) <= _NAME else name[: _NAME - 1].rstrip() + "…"
            chart.add_annotation(
                x=0,
                xref="paper",
                xanchor="left",
                y=place,
                yshift=20,
                text=f"{escaped(short)} · {day(one.created_at)} · n = {number(one.labelled)}",
                showarrow=False,
                font={"size": 12, "color": colours.ink},
            )
        styled(chart, colours, _ROW * len(shown) + 140)
        chart.update_layout(
            barmode="stack",
            bargap=0.55,
            showlegend=True,
            legend={"orientation": "h", "traceorder": "normal", "y": -0.02, "yanchor": "top", "x": 0},
            uniformtext={"minsize": 11, "mode": "hide"},
            # Room for the camera above the axis.
            margin={"l": 8, "r": 12, "t": 52, "b": 8},
        )
        chart.update_yaxes(visible=False, range=[-0.5, len(shown) - 0.25])
        chart.update_xaxes(range=[-0.02, 1.02], tickformat=".0%", nticks=6, side="top")
        return chart

    return build
