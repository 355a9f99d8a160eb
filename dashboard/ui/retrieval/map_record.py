"""What a point of the map stands for: a segment with its player, or a question with its answers."""

import streamlit as st

from dashboard.answering.support import mark
from dashboard.clock import short_clock
from dashboard.models import Hit, Segment
from dashboard.services.browsing import choices, summaries
from dashboard.services.project import Project
from dashboard.services.segment_map import answers_to, questions_of
from dashboard.ui.actions import guarded
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.player import draw_moment, link_to_moment
from dashboard.ui.runs import run_texts
from dashboard.ui.text import link_target, marked, plain

SHOWN_ANSWERS = 20
SHOWN_LETTERS = 110
LIST_HEIGHT = 220
"""Pixels; a longer list scrolls by itself."""

_AT, _CLICKS = "at", "map.clicks"


def chosen_key() -> str:
    """Return what is open: `s` or `q` with an id; empty when nothing is."""
    key = st.query_params.get(_AT, "")
    number_part = key[1:]
    is_key = key[:1] in ("s", "q") and number_part.isascii() and number_part.isdigit() and len(key) < 18
    return key if is_key else ""


def open_key(key: str) -> None:
    """Open a point; a segment then plays."""
    st.query_params[_AT] = key
    st.session_state[_CLICKS] = st.session_state.get(_CLICKS, 0) + 1


def draw_opened(visit: Visit, words: str) -> None:
    """Draw what is open; the words of a search are marked in it."""
    key = chosen_key()
    if not key:
        st.caption(_("Click a point to see what it stands for, or open what a search finds."))
    elif key.startswith("s"):
        segment = visit.project.segments.segments([int(key[1:])]).get(int(key[1:]))
        if segment is None:
            st.warning(_("There is no such segment."), icon=":material/search_off:")
        else:
            draw_segment(visit.project, segment, st.session_state.get(_CLICKS, 0), words)
    else:
        _draw_question(visit, int(key[1:]))


def draw_found(project: Project, hits: dict[int, int]) -> None:
    """List what a search found, in its order; each line opens its segment."""
    if not hits:
        st.caption(_("Nothing was found."))
        return
    segments = project.segments.segments(list(hits))
    with st.container(height=LIST_HEIGHT, border=True, key="map-found", gap=None):
        for segment_id, rank in hits.items():
            if segment_id in segments:
                segment = segments[segment_id]
                moment = f"{plain(_shortened(segment.title))} · {short_clock(segment.start_s)}"
                st.button(
                    f"**{number(rank)}** · {moment}",
                    key=f"open-s{segment_id}",
                    type="tertiary",
                    on_click=guarded(open_key),
                    args=(f"s{segment_id}",),
                )


def draw_head(segment: Segment) -> None:
    """Name a segment: its lecture, with a link to the moment where there is one, its time and Corpus ID."""
    title = plain(segment.title) or _("Lecture not named in this record")
    link = link_to_moment(Hit(0, segment, 0.0))
    named = f"[{title}]({link_target(link)})" if link else title
    times = (
        f"{short_clock(segment.start_s)}–{short_clock(segment.end_s)}" if segment.start_s is not None else ""
    )
    corpus_id = _("Corpus ID {number}").format(number=segment.corpus_id)
    st.markdown(" · ".join(part for part in (f"**{named}**", times, corpus_id) if part))


def draw_segment(project: Project, segment: Segment, clicks: int, words: str = "") -> None:
    """Draw a segment's text below a player at its second; it plays by itself once it was clicked."""
    draw_head(segment)
    draw_moment(project, segment, clicks)
    marks = mark(segment.text, words) if words else None
    st.markdown(marked(segment.text, marks.words, marks.sentence) if marks else plain(segment.text))


def _draw_question(visit: Visit, question_id: int) -> None:
    question = questions_of(visit.project).get(question_id)
    if question is None:
        st.warning(_("There is no such question."), icon=":material/search_off:")
        return
    st.markdown(f"#### {question.number}. {plain(question.text)}")
    lines = summaries(visit.project, answers_to(visit.project, question_id, SHOWN_ANSWERS))
    if not lines:
        st.caption(_("It has no answer yet."))
        return
    st.caption(ngettext("{count} answer", "{count} answers", len(lines)))
    runs = run_texts(choices(visit.project).runs)
    for line in lines:
        st.page_link(
            "pages/explore.py",
            label=f"**{plain(runs.get(line.run_id, ''))}** · {plain(_shortened(line.answer))}",
            icon=":material/open_in_new:",
            query_params={"answer": str(line.answer_id)},
        )


def _shortened(text: str) -> str:
    return text if len(text) <= SHOWN_LETTERS else text[:SHOWN_LETTERS].rstrip() + "…"
