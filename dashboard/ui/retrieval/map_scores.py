"""How the scores of a run's hits are spread."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboard.labels import STYLES, Label
from dashboard.services.browsing import choices
from dashboard.services.hit_scores import ScoreSpreads, Spread, score_spreads
from dashboard.services.publishing import Cell, Table
from dashboard.ui.addressed import choose
from dashboard.ui.agreement.plots import Build, Palette, draw_chart, styled
from dashboard.ui.charts import UNSCORED_COLOUR
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, number
from dashboard.ui.resources import get_project
from dashboard.ui.runs import run_texts


def draw_score_spreads(visit: Visit) -> None:
    """Draw the first hit's score by people's label, and the scores by rank, of one run."""
    runs = run_texts(choices(visit.project).runs)
    if not runs:
        st.info(_("There is no answer yet. Ask a question, or import records."), icon=":material/inbox:")
        return
    named = {str(run_id): f"{run_id} · {title}" for run_id, title in reversed(runs.items())}
    chosen = choose(_("Run"), "run", list(named), named.__getitem__, width=320)
    spreads = _spreads(int(chosen), visit.project.store.revision())
    if not spreads.answers:
        st.info(_("The answers of this run have no hits."), icon=":material/inbox:")
        return
    if spreads.answers < spreads.of:
        st.caption(
            _("The newest {count} of {all} answers are counted.").format(
                count=number(spreads.answers), all=number(spreads.of)
            )
        )
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader(_("First hit, by people's label"))
        _draw_by_label(spreads.by_label)
        st.caption(
            _(
                "Box: the middle half; line in it: median; ends: lowest and highest. Where the boxes lie on "
                "one height, the score says nothing of the answer's quality."
            )
        )
    with right:
        st.subheader(_("By rank"))
        _draw_by_rank(spreads.by_rank)
        st.caption(
            _("Line: median; bars: the middle half. Scores of different retrievers cannot be compared.")
        )


@st.cache_data(max_entries=16, show_spinner=False)
def _spreads(run_id: int, revision: int) -> ScoreSpreads:
    """Return the spreads of a run, as of a revision."""
    return score_spreads(get_project(), run_id)


def spread_table(title: str, spreads: Sequence[tuple[Cell, Spread]]) -> Table:
    """Return spreads as a table, one line each."""
    columns = (title, "n", _("Lowest"), _("First quarter"), _("Median"), _("Third quarter"), _("Highest"))
    rows = tuple(
        (name, one.n, one.low, one.first_quarter, one.median, one.third_quarter, one.high)
        for name, one in spreads
    )
    return Table(columns, rows)


def _draw_by_label(spreads: Mapping[Label | None, Spread]) -> None:
    table = spread_table(_("Label"), [(label or "–", one) for label, one in spreads.items()])
    draw_chart(
        "first-hit-scores",
        _boxes(spreads),
        table,
        _("How the scores of the first hits are spread under each label of the people"),
    )


def _draw_by_rank(spreads: Mapping[int, Spread]) -> None:
    table = spread_table(_("Rank"), list(spreads.items()))
    draw_chart(
        "scores-by-rank", _ranks(spreads), table, _("Median and middle half of the scores at each rank")
    )


def _boxes(spreads: Mapping[Label | None, Spread]) -> Build:
    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        chart = go.Figure()
        for at, (label, one) in enumerate(spreads.items()):
            name = f"<b>{label.value}</b> {_(STYLES[label].text)}" if label else _("no label")
            chart.add_box(
                x=[at],
                q1=[one.first_quarter],
                median=[one.median],
                q3=[one.third_quarter],
                lowerfence=[one.low],
                upperfence=[one.high],
                name=f"{name}<br>n = {number(one.n)}",
                marker={"color": STYLES[label].colour if label else UNSCORED_COLOUR},
                line={"width": 2},
                width=0.5,
                hoverinfo="y",
            )
        styled(chart, colours, 400)
        chart.update_yaxes(title=_("Score"), hoverformat=".3f")
        chart.update_xaxes(
            tickvals=list(range(len(spreads))),
            ticktext=[trace.name for trace in chart.data],
            range=[-0.6, len(spreads) - 0.4],
            showgrid=False,
        )
        return chart

    return build


def _ranks(spreads: Mapping[int, Spread]) -> Build:
    def build(colours: Palette) -> Any:
        import plotly.graph_objects as go

        found = list(spreads.values())
        chart = go.Figure()
        chart.add_scatter(
            x=list(spreads),
            y=[one.median for one in found],
            mode="lines+markers",
            line={"color": colours.mark, "width": 2},
            marker={"size": 9, "color": colours.mark},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [one.third_quarter - one.median for one in found],
                "arrayminus": [one.median - one.first_quarter for one in found],
                "color": colours.mark,
                "thickness": 2,
                "width": 5,
            },
            hovertext=[
                f"{number(one.median, 3)} [{number(one.first_quarter, 3)}; {number(one.third_quarter, 3)}]"
                f" · n = {number(one.n)}"
                for one in found
            ],
            hoverinfo="text",
        )
        styled(chart, colours, 400)
        chart.update_yaxes(title=_("Score"))
        chart.update_xaxes(title=_("Rank"), showgrid=False, dtick=1 if len(found) <= 12 else None)
        return chart

    return build
