"""The map of segments and questions: what colours it, what is found on it, what a click opens."""

import html
import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import streamlit as st

from dashboard.clock import short_clock
from dashboard.services.asking import search
from dashboard.services.background import Background
from dashboard.services.project import Project
from dashboard.services.segment_map import (
    MOST_QUESTIONS,
    SegmentMap,
    lecture_titles,
    open_map,
    questions_of,
)
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import turn_to, type_in
from dashboard.ui.agreement.plots import palette
from dashboard.ui.charts import wait_for_pandas
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number, percent
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.map_chart import Drawing, Layer, chart_of
from dashboard.ui.retrieval.map_colours import draw_colours
from dashboard.ui.retrieval.map_groups import Grouping
from dashboard.ui.retrieval.map_record import chosen_key, draw_found, draw_opened, open_key
from dashboard.ui.retrieval.map_work import draw_background

MOST_POINTS = 10_000
"""Segments that are drawn; a browser bears more, but a map of more shows no more."""

FOUND = 20
SHOWN_LETTERS = 90
CHART = "map.chart"
_CLICKED = "map.clicked"
_SEED = 0


@st.cache_resource(show_spinner=False)
def get_map() -> Background[SegmentMap]:
    """Return the project's map, one for all sessions."""
    return open_map(get_project())


def draw_places(visit: Visit) -> None:
    """Draw the map on the left, and on the right what is open and what was found."""
    outlook = get_map().look(begin=True)
    draw_background(get_map(), outlook, "map")
    if outlook.value is None:
        return
    found = outlook.value
    if not outlook.is_current and outlook.task is None and outlook.error is None:
        st.caption(
            _("There are newer segments or questions; the map follows when you look again in a while.")
        )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        words = type_in(_("Find segments, or a Corpus ID"), "find", width=260)
        shown = turn_to(_("Shown"), "shown", ["both", "segments", "questions"], _shown_text)
    hits = _find(found, words, found.facts.corpus_version) if words else {}
    titles = lecture_titles(visit.project)
    grouping = draw_colours(visit, found, titles)
    left, right = st.columns([7, 5], gap="medium")
    with left:
        _draw_chart(visit.project, found, titles, grouping, hits, shown)
        _draw_sentences(found)
    with right:
        # The list is first, so that it stays where it is while one segment after the other is opened.
        if words:
            draw_found(visit.project, hits)
        draw_opened(visit, words)


def _draw_chart(
    project: Project,
    found: SegmentMap,
    titles: dict[str, str],
    grouping: Grouping,
    hits: dict[int, int],
    shown: str,
) -> None:
    chosen = chosen_key()
    rows = _drawn_rows(found, grouping, hits, chosen) if shown != "questions" else _no_rows()
    if len(rows) < len(found.segments) and shown != "questions":
        st.caption(
            _(
                "{shown} of {count} segments are drawn, chosen at random. Coloured ones, and those that a "
                "search finds, are always among them."
            ).format(shown=number(len(rows)), count=number(len(found.segments)))
        )
    drawing = Drawing(
        segments=_segments(found, titles, grouping, rows),
        questions=_questions(project, found, grouping, is_empty=shown == "segments"),
        styles=grouping.styles,
        quiet=grouping.quiet,
        found={f"s{segment_id}": rank for segment_id, rank in hits.items()},
        chosen=chosen,
    )
    wait_for_pandas()
    st.plotly_chart(
        chart_of(drawing)(palette()),
        key=CHART,
        on_select=guarded(_take_click),
        selection_mode="points",
        alt=_("Map of segments and questions; what a search finds can also be opened from its list"),
        config={
            "displaylogo": False,
            "displayModeBar": True,
            "modeBarButtons": [["zoomIn2d", "zoomOut2d", "pan2d", "resetScale2d", "toImage"]],
            "toImageButtonOptions": {"format": "png", "filename": "veredito-map", "scale": 2},
            "scrollZoom": False,
        },
    )


def _draw_sentences(found: SegmentMap) -> None:
    across, up = found.plane.shares
    if not math.isnan(across):
        st.caption(
            _(
                "The map shows {share} of how the segments' vectors differ: {across} across, {up} upwards "
                "(principal components). Being near on the map is not being alike: the rest is out of sight. "
                "Search and scores use all of it."
            ).format(share=percent(across + up, 1), across=percent(across, 1), up=percent(up, 1))
        )
    if found.facts.unembedded:
        st.caption(
            ngettext(
                "{count} segment has no vector and is not on the map.",
                "{count} segments have no vector and are not on the map.",
                found.facts.unembedded,
            )
        )
        st.button(
            _("Place them now"),
            icon=":material/refresh:",
            key="map.again",
            help=_("When they have been embedded, on the page Corpus."),
            on_click=guarded(get_map().begin_again),
        )
    if len(found.questions) >= MOST_QUESTIONS:
        st.caption(_("Only the newest {count} questions are on it.").format(count=number(MOST_QUESTIONS)))


def _drawn_rows(
    found: SegmentMap, grouping: Grouping, hits: dict[int, int], chosen: str
) -> npt.NDArray[np.int64]:
    """Return the rows that are drawn: all, or of very many a sample with all that is pointed out."""
    count = len(found.segments)
    if count <= MOST_POINTS:
        return np.arange(count, dtype=np.int64)
    wanted = [*hits, *([int(chosen[1:])] if chosen.startswith("s") else [])]
    pointed_out = (grouping.segments >= 0) | np.isin(found.segments["id"], wanted)
    sample = np.random.default_rng(_SEED).choice(count, MOST_POINTS, replace=False)
    pointed_out[sample] = True
    return np.flatnonzero(pointed_out)


def _no_rows() -> npt.NDArray[np.int64]:
    return np.empty(0, dtype=np.int64)


def _segments(
    found: SegmentMap, titles: dict[str, str], grouping: Grouping, rows: npt.NDArray[np.int64]
) -> Layer:
    segments = found.segments[rows]
    named = [html.escape(_shortened(titles.get(one, one)), quote=False) for one in found.lectures]
    texts = [
        f"{named[lecture]}<br>" + " · ".join(part for part in (_time(start), f"ID {corpus_id}") if part)
        for lecture, start, corpus_id in zip(
            segments["lecture"].tolist(),
            segments["start"].tolist(),
            segments["corpus_id"].tolist(),
            strict=True,
        )
    ]
    keys = [f"s{segment_id}" for segment_id in segments["id"].tolist()]
    return Layer(_places(segments), keys, texts, grouping.segments[rows])


def _questions(project: Project, found: SegmentMap, grouping: Grouping, *, is_empty: bool) -> Layer:
    asked = {} if is_empty else questions_of(project)
    # A question that is gone is left out, until the map is made again.
    rows = [row for row, one in enumerate(found.questions["id"].tolist()) if one in asked]
    ids = found.questions["id"][rows].tolist()
    texts = [
        f"<b>{asked[one].number}</b> {html.escape(_shortened(asked[one].text), quote=False)}" for one in ids
    ]
    return Layer(_places(found.questions[rows]), [f"q{one}" for one in ids], texts, grouping.questions[rows])


def _places(rows: npt.NDArray[np.void]) -> npt.NDArray[np.float32]:
    return np.column_stack([rows["x"], rows["y"]]).astype(np.float32)


def _time(start: float) -> str:
    return "" if math.isnan(start) else short_clock(start)


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS].rstrip() + "…"


def _find(found: SegmentMap, words: str, version: str) -> dict[int, int]:
    """Return the rank of each segment found: of those with this Corpus ID, or by the usual search."""
    if words.isascii() and words.isdigit() and len(words) < 18:
        same = found.segments["id"][found.segments["corpus_id"] == int(words)].tolist()
        if same:
            return {segment_id: rank for rank, segment_id in enumerate(same[:FOUND], start=1)}
    return {segment_id: rank for rank, segment_id in enumerate(_search(words, version), start=1)}


@st.cache_data(max_entries=64, show_spinner=False)
def _search(words: str, version: str) -> Sequence[int]:
    """Return the segments that the usual search finds, best first, as of a version of the corpus."""
    return [hit.segment.segment_id for hit in search(get_project(), words, FOUND).hits]


def _take_click() -> None:
    points = st.session_state[CHART].selection.points
    if points:
        st.session_state[_CLICKED] = str(points[0].get("customdata") or "")
    # A second click on a point takes it out of Plotly's selection, but the reader wants to see it again.
    if clicked := st.session_state.get(_CLICKED, ""):
        open_key(clicked)


def _shown_text(code: str) -> str:
    return {"both": _("Segments and questions"), "segments": _("Segments"), "questions": _("Questions")}[code]
