"""How well a retriever or a run ranks: figures with intervals, what stands at each rank, each question."""

from collections.abc import Sequence

import streamlit as st

from dashboard.retrieval.evaluation.intervals import Estimate
from dashboard.retrieval.evaluation.measures import JUDGED, SUCCESS, named
from dashboard.services.measured_questions import QuestionLine, by_rank, question_lines
from dashboard.services.publishing import Table
from dashboard.ui.agreement.plots import draw_chart
from dashboard.ui.agreement.tables import draw_downloads
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number, percent
from dashboard.ui.retrieval.choice import Measurement, open_measurement
from dashboard.ui.retrieval.figures import SHOWN, draw_figure
from dashboard.ui.retrieval.measured import draw_questions
from dashboard.ui.retrieval.rank_charts import places_chart, places_table, ranks_chart, ranks_table

CARD = 159
"""Pixels of a figure's card: six in a row on a desk, two on a phone."""


def draw_measure(visit: Visit) -> None:
    """Draw the choice of what is measured, its figures, and the questions behind them."""
    measurement = open_measurement(visit)
    if measurement is None:
        return
    _draw_verdict(measurement)
    with st.container(horizontal=True, gap="small"):
        for measure in SHOWN:
            estimate = measurement.evaluated.figures[named(measure, measurement.k)]
            draw_figure(measure, estimate, measurement.k, width=CARD)
    st.caption(_("Under each figure: its 95% interval over the questions, and on how many it rests."))
    lines = question_lines(measurement.truth, measurement.evaluated, measurement.k)
    _draw_charts(measurement, lines)
    draw_questions(measurement, lines)
    draw_downloads("retrieval", figures_table(measurement), _("Figures"))
    draw_downloads("retrieval-questions", questions_table(measurement, lines), _("Each question's figures"))


def _draw_verdict(measurement: Measurement) -> None:
    k, truth, figures = measurement.k, measurement.truth, measurement.evaluated.figures
    success, judged = figures[named(SUCCESS, k)], figures[named(JUDGED, k)]
    sentence = _("Questions with a relevant segment among the first {k}: {share} of {count}.").format(
        k=number(k), share=percent(success.value), count=number(success.n)
    )
    st.markdown(f"**{sentence}**")
    notes = []
    if truth.is_known_items:
        notes.append(
            _(
                "Every segment of the lecture that answers counts as relevant, and no other has a grade: "
                "other lectures may answer, too, so the figures are lower bounds."
            )
        )
    elif judged.value < 1.0:
        notes.append(
            _(
                "{share} of the first {k} have a grade. The figures count the unjudged ones as not relevant, "
                "so they are lower bounds: grade them before you compare retrievers."
            ).format(share=percent(judged.value), k=number(k))
        )
    if not truth.is_known_items:
        notes.append(
            _("A segment is relevant from grade {grade} on.").format(grade=number(truth.relevant_from))
        )
    left_out = len(truth.questions) - len(measurement.evaluated.measured.questions)
    if left_out:
        notes.append(
            ngettext(
                "{count} question with grades was not answered by this run and is left out.",
                "{count} questions with grades were not answered by this run and are left out.",
                left_out,
            )
        )
    if measurement.unfindable:
        notes.append(
            ngettext(
                "{count} relevant segment is no longer searched, as after other windows were made: it counts "
                "as missed.",
                "{count} relevant segments are no longer searched, as after other windows were made: they "
                "count as missed.",
                measurement.unfindable,
            )
        )
    if measurement.evaluated.ranked.unembedded:
        notes.append(
            ngettext(
                "{count} segment has no vector yet and could not be found.",
                "{count} segments have no vector yet and could not be found.",
                measurement.evaluated.ranked.unembedded,
            )
        )
    st.caption("  \n".join(notes))


def _draw_charts(measurement: Measurement, lines: Sequence[QuestionLine]) -> None:
    k = measurement.k
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**" + _("Place of the first relevant segment") + "**")
        places = places_table(lines, k)
        draw_chart(
            "first-place",
            places_chart(places),
            places,
            _("How many questions have their first relevant segment at each place"),
        )
        st.caption(_("–: no relevant segment among the first {k}").format(k=number(k)))
    with right:
        st.markdown("**" + _("What stands at each place") + "**")
        counts = by_rank(lines, measurement.truth.relevant_from, k)
        draw_chart(
            "by-place",
            ranks_chart(counts, is_known_items=measurement.truth.is_known_items),
            ranks_table(counts),
            _("The share of relevant, not relevant and unjudged segments at each place"),
        )


def figures_table(measurement: Measurement) -> Table:
    """Return the figures as a table to publish."""
    rows = tuple(
        (name, one.value, one.low, one.high, one.n)
        for name, one in ((named(of, measurement.k), _of(measurement, of)) for of in SHOWN)
    )
    return Table((measurement.ranker, _("Value"), _("Low"), _("High"), "n"), rows)


def _of(measurement: Measurement, measure: str) -> Estimate:
    return measurement.evaluated.figures[named(measure, measurement.k)]


def questions_table(measurement: Measurement, lines: Sequence[QuestionLine]) -> Table:
    """Return each question's figures as a table to publish."""
    names = [named(of, measurement.k) for of in SHOWN]
    return Table(
        (_("Question"), *names, _("Place of the first relevant segment")),
        tuple((line.text, *(line.values[name] for name in names), line.first) for line in lines),
    )
