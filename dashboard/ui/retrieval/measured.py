"""The questions behind the figures: each with its figures, and with the grades of what was found."""

import math
from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard.clock import short_clock
from dashboard.errors import N_
from dashboard.models import Hit
from dashboard.retrieval.evaluation.measures import MRR, NDCG, RECALL, named
from dashboard.services.measured_questions import (
    Found,
    Order,
    QuestionLine,
    Show,
    answers_to,
    hits_of,
    listed,
    numbers_of,
)
from dashboard.ui.addressed import choose, draw_pages, page_number
from dashboard.ui.exposure import note_shown
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.player import link_to_moment
from dashboard.ui.retrieval.choice import Measurement
from dashboard.ui.text import link_target, plain

PAGE_SIZE = 10
SHOWN = 280
READING_WIDTH = 860
"""Pixels; longer lines tire the eye."""

SHOWS = {
    Show.ALL: N_("all questions"),
    Show.MISSED: N_("nothing relevant found"),
    Show.UNJUDGED: N_("with unjudged segments"),
}
ORDERS = {
    Order.WORST: N_("worst first"),
    Order.UNJUDGED: N_("least judged first"),
    Order.QUESTION: N_("by number"),
}


def draw_questions(measurement: Measurement, lines: Sequence[QuestionLine]) -> None:
    """Draw the questions that the address asks for, a page at a time."""
    known = measurement.truth.is_known_items
    shows = {one.value: _(SHOWS[one]) for one in Show if not (known and one is Show.UNJUDGED)}
    orders = {one.value: _(ORDERS[one]) for one in Order if not (known and one is Order.UNJUDGED)}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        show = choose(_("Questions"), "show", list(shows), shows.__getitem__, width=220)
        order = choose(_("Order"), "sort", list(orders), orders.__getitem__, width=180)
    found = listed(lines, Show(show), Order(order), measurement.k)
    if not found:
        st.success(
            _("For every question something relevant was found.")
            if show == Show.MISSED
            else _("Every segment that was found has a grade."),
            icon=":material/check_circle:",
        )
        return
    st.caption(ngettext("{count} question", "{count} questions", len(found)) + " · " + _legend(known))
    pages = -(-len(found) // PAGE_SIZE)
    first = (page_number(pages) - 1) * PAGE_SIZE
    shown = found[first : first + PAGE_SIZE]
    answers: Mapping[int, list[int]] = {}
    numbers: Mapping[int, int] = {}
    if measurement.truth.is_stored:
        answers = answers_to(measurement.visit.project, shown)
        numbers = numbers_of(measurement.visit.project, shown)
    if not known:
        # Grades are what others said of an answer's evidence; whoever sees them grades it blind no more.
        ids = [answer_id for line in shown for answer_id in answers.get(line.question, ())]
        note_shown(measurement.visit.project, measurement.visit.annotator, ids)
    for line in shown:
        _draw_line(measurement, line, numbers.get(line.question), answers.get(line.question, []))
    draw_pages(pages)


def _legend(is_known_items: bool) -> str:
    if is_known_items:
        return _("✓ from the lecture that answers, – from another")
    return _("each place with its grade; ? is unjudged")


def _draw_line(
    measurement: Measurement, line: QuestionLine, number_: int | None, answers: Sequence[int]
) -> None:
    relevant_from, known = measurement.truth.relevant_from, measurement.truth.is_known_items
    with st.container(border=True, gap="xsmall"):
        lead = "" if number_ is None else f"{number_}. "
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(lead + line.text)}**", width="stretch")
            _draw_way_to_answer(line, answers)
        st.caption(" · ".join(_in_words(line, measurement.k)))
        if line.found:
            st.markdown(" ".join(_badge(one, relevant_from, is_known_items=known) for one in line.found))
        with st.expander(
            _("The first {k} segments").format(k=number(measurement.k)),
            key=f"retrieval.segments-{measurement.truth.code}-{line.question}",
            on_change="rerun",
        ) as opened:
            if opened.open:
                _draw_segments(measurement, line)


def _draw_way_to_answer(line: QuestionLine, answers: Sequence[int]) -> None:
    answer_id = line.answer_id or (answers[-1] if answers else None)
    if answer_id is not None:
        st.page_link(
            "pages/explore.py",
            label=_("Answer") if line.answer_id else _("Newest answer"),
            icon=":material/open_in_full:",
            query_params={"answer": str(answer_id)},
            width="content",
        )


def _in_words(line: QuestionLine, k: int) -> list[str]:
    place = (
        _("nothing relevant among the first {k}").format(k=number(k))
        if line.first is None
        else _("first relevant at place {rank}").format(rank=number(line.first))
    )
    known = ngettext("{count} relevant segment known", "{count} relevant segments known", line.known)
    figures = [
        f"{named(name, k)} {'–' if math.isnan(value) else number(value, 2)}"
        for name in (NDCG, MRR, RECALL)
        for value in [line.values[named(name, k)]]
    ]
    return [place, known, *figures]


def _badge(one: Found, relevant_from: int, *, is_known_items: bool) -> str:
    if one.grade is None:
        return f":gray-badge[{one.rank}: {'–' if is_known_items else '?'}]"
    colour = "primary" if one.grade >= relevant_from else "orange"
    return f":{colour}-badge[{one.rank}: {'✓' if is_known_items else one.grade}]"


def _draw_segments(measurement: Measurement, line: QuestionLine) -> None:
    if not line.found:
        st.caption(_("Nothing was found."))
    hits = hits_of(measurement.visit.project, line)
    for one in line.found:
        badge = _badge(one, measurement.truth.relevant_from, is_known_items=measurement.truth.is_known_items)
        hit = hits.get(one.segment_id)
        if hit is None:
            st.markdown(f"{badge} " + _("This segment is no longer in the corpus."))
            continue
        said = _said(one, is_known_items=measurement.truth.is_known_items)
        st.markdown(
            f"{badge} {said} · {_where(hit)} · "
            + _("Score {score}").format(score=number(one.score, 3))
            + f"  \n{plain(_shortened(hit.segment.text))}",
            width=READING_WIDTH,
        )


def _said(one: Found, *, is_known_items: bool) -> str:
    if is_known_items:
        return _("the lecture that answers") if one.grade else _("another lecture")
    return _("unjudged") if one.grade is None else _("grade {grade}").format(grade=number(one.grade))


def _where(hit: Hit) -> str:
    title = plain(hit.segment.title) or _("Lecture not named in this record")
    link = link_to_moment(hit)
    lecture = f"[{title}]({link_target(link)})" if link else title
    if hit.segment.start_s is None:
        return lecture
    return f"{lecture} · {short_clock(hit.segment.start_s)}–{short_clock(hit.segment.end_s)}"


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN else text[:SHOWN].rstrip() + "…"
