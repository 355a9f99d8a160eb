"""Evidence cards: a retrieved segment with its rank, score, moment and marked text."""

from collections.abc import Callable

import streamlit as st

from dashboard.answering.support import mark
from dashboard.clock import short_clock
from dashboard.models import Hit
from dashboard.ui.i18n import _, number
from dashboard.ui.player import link_to_moment, play, playing
from dashboard.ui.text import link_target, marked, plain


def draw_evidence(
    question: str,
    scope: object,
    hits: tuple[Hit, ...],
    page: str,
    beside: Callable[[Hit], None] | None = None,
) -> None:
    """Draw a card for each hit, in a list whose height `layout.py` knows by the page's name.

    `beside` draws what belongs beside the score of a card.
    """
    with st.container(key=f"evidence-{page}"):
        at = playing(scope).rank
        scores = [hit.score for hit in hits]
        for hit in hits:
            name = "playing-card" if hit.rank == at else f"moment-{hit.rank}"
            with st.container(border=True, gap="xsmall", key=name):
                _draw_head(scope, hit, is_playing=hit.rank == at)
                with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                    score = _("Score {score}").format(score=number(hit.score, 3))
                    st.progress(_share(hit.score, scores), text=score)
                    if beside is not None:
                        beside(hit)
                marks = mark(hit.segment.text, question)
                st.markdown(marked(hit.segment.text, marks.words, marks.sentence))


def _draw_head(scope: object, hit: Hit, *, is_playing: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            f"**{hit.rank}** · {_times(hit)}",
            key=f"card-{scope}-{hit.rank}",
            icon=":material/play_arrow:",
            type="primary" if is_playing else "secondary",
            help=_("Play this moment"),
            on_click=play,
            args=(scope, hit.rank),
        )
        st.caption(_title(hit), width="stretch")


def _title(hit: Hit) -> str:
    title = plain(hit.segment.title) or _("Lecture not named in this record")
    link = link_to_moment(hit)
    corpus_id = _("Corpus ID {number}").format(number=hit.segment.corpus_id)
    return f"[{title}]({link_target(link)}) · {corpus_id}" if link else f"{title} · {corpus_id}"


def _times(hit: Hit) -> str:
    start, end = hit.segment.start_s, hit.segment.end_s
    return f"{short_clock(start)}–{short_clock(end)}" if start is not None else _("no times")


def _share(score: float, scores: list[float]) -> float:
    """Return how much of the bar to fill: scores of one list lie close together, so the lowest is a tenth."""
    lowest, highest = min(scores), max(scores)
    return 1.0 if highest <= lowest else 0.1 + 0.9 * (score - lowest) / (highest - lowest)
