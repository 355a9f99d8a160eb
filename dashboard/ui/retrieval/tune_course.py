"""The course of a training: the figure on the questions to stop by after every epoch."""

from typing import Any

import streamlit as st

from dashboard.retrieval.finetuning.course import Course
from dashboard.ui.agreement.plots import Palette, palette
from dashboard.ui.charts import wait_for_pandas
from dashboard.ui.i18n import _, number

HEIGHT = 200


def draw_course(course: Course) -> None:
    """Draw nDCG@10 after every epoch, beside what it was before, with the epoch that is kept."""
    if course.epochs:
        wait_for_pandas()
        st.plotly_chart(
            _chart(course, palette()),
            config={"displayModeBar": False},
            key=f"tune.course.{len(course.epochs)}",
        )


def _chart(course: Course, colours: Palette) -> Any:
    import plotly.graph_objects as go

    values = [course.before, *(one.validation for one in course.epochs)]
    texts = [_("before: {value}").format(value=number(course.before, 3))]
    texts += [
        _("epoch {epoch}: nDCG@10 {value}, loss {loss}").format(
            epoch=number(place), value=number(one.validation, 3), loss=number(one.loss, 3)
        )
        for place, one in enumerate(course.epochs, start=1)
    ]
    chart = go.Figure()
    chart.add_hline(y=course.before, line={"color": colours.other, "dash": "dot", "width": 1})
    chart.add_scatter(
        x=list(range(len(values))),
        y=values,
        mode="lines+markers",
        line={"color": colours.mark, "width": 2},
        marker={"size": [11 if place == course.best else 5 for place in range(len(values))]},
        hovertext=texts,
        hoverinfo="text",
        showlegend=False,
    )
    if course.best:
        chart.add_annotation(
            x=course.best,
            y=course.best_validation,
            text=_("kept: {value}").format(value=number(course.best_validation, 3)),
            showarrow=False,
            yshift=14,
            font={"color": colours.ink},
        )
    axis = {"gridcolor": colours.grid, "zeroline": False, "fixedrange": True, "color": colours.ink}
    chart.update_layout(
        height=HEIGHT,
        margin={"l": 8, "r": 8, "t": 24, "b": 8},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"color": colours.ink},
        dragmode=False,
    )
    chart.update_xaxes(title=_("Epoch"), rangemode="tozero", **axis)
    chart.update_yaxes(title="nDCG@10", **axis)
    return chart
