"""Pairs of segments that say nearly the same, with both texts."""

import streamlit as st

from dashboard.services.background import Background
from dashboard.services.near_duplicates import (
    BETWEEN,
    WITHIN,
    NearDuplicate,
    NearDuplicates,
    chosen_pairs,
    open_near_duplicates,
    show_pairs,
)
from dashboard.services.project import Project
from dashboard.ui.actions import guarded
from dashboard.ui.addressed import choose, draw_pages, page_number, turn_to
from dashboard.ui.frame import Visit
from dashboard.ui.i18n import _, ngettext, number
from dashboard.ui.resources import get_project
from dashboard.ui.retrieval.map_record import draw_head, draw_segment
from dashboard.ui.retrieval.map_work import draw_background
from dashboard.ui.text import plain

PAGE_SIZE = 10
TEXT_HEIGHT = 190
"""Pixels; a longer text scrolls by itself, so that several pairs can be seen at once."""

THRESHOLDS = ("0.95", "0.99", "0.98", "0.97", "0.93", "0.90", "0.85", "0.80")
"""Lowest cosines, the usual one first."""


@st.cache_resource(show_spinner=False)
def get_near_duplicates() -> Background[NearDuplicates]:
    """Return the project's near duplicates, the same for all sessions."""
    return open_near_duplicates(get_project())


def draw_duplicates(visit: Visit) -> None:
    """Draw the pairs that are at least so much alike, a page at a time."""
    st.caption(
        _(
            "Segments whose vectors nearly coincide take each other's places among the hits. Overlapping "
            "windows of one lecture are left out."
        )
    )
    background = get_near_duplicates()
    outlook = background.look(begin=False)
    draw_background(background, outlook, "duplicates")
    found = outlook.value
    if outlook.task is None and not outlook.is_current and outlook.error is None:
        if found is not None:
            st.caption(_("The corpus has changed since these were looked for."))
        st.button(
            _("Look for them") if found is None else _("Look again"),
            type="primary",
            icon=":material/content_copy:",
            key="duplicates.look",
            help=_("Every segment is compared with every other: seconds for thousands, minutes for 100,000."),
            on_click=guarded(background.begin_again),
        )
    if found is not None:
        _draw_pairs(visit, found)


def _draw_pairs(visit: Visit, found: NearDuplicates) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        least = choose(
            _("Cosine at least"), "cosine", THRESHOLDS, lambda code: number(float(code), 2), width=150
        )
        where = turn_to(_("Where"), "where", [BETWEEN, WITHIN], _where_text)
    at_least = float(least or THRESHOLDS[0])
    pairs = chosen_pairs(found, at_least, where)
    _draw_limits(found, at_least)
    if not len(pairs):
        st.info(_("There is no such pair."), icon=":material/check:")
        return
    st.caption(ngettext("{count} pair", "{count} pairs", len(pairs)))
    pages = -(-len(pairs) // PAGE_SIZE)
    start = (page_number(pages) - 1) * PAGE_SIZE
    for pair in show_pairs(visit.project, pairs[start : start + PAGE_SIZE]):
        _draw_pair(visit.project, pair)
    draw_pages(pages)


def _draw_limits(found: NearDuplicates, at_least: float) -> None:
    if at_least <= found.floor and len(found.pairs):
        kept = _("Only the {count} pairs most alike are kept, down to a cosine of {floor}.")
        st.caption(kept.format(count=number(len(found.pairs)), floor=number(found.floor, 3)))
    if found.facts.unembedded:
        left_out = _("{count} segments were not compared: they have no vector, or there are too many.")
        st.caption(left_out.format(count=number(found.facts.unembedded)))


def _draw_pair(project: Project, pair: NearDuplicate) -> None:
    with st.container(border=True, gap="xsmall"):
        same = " :gray-badge[" + _("the same text") + "]" if pair.same_text else ""
        st.markdown(_("Cosine {score}").format(score=f"**{number(pair.cosine, 3)}**") + same)
        for column, segment in zip(st.columns(2, gap="medium"), (pair.left, pair.right), strict=True):
            with column:
                draw_head(segment)
                with st.container(height=TEXT_HEIGHT, border=False):
                    st.markdown(plain(segment.text))
                key = f"duplicates.play-{pair.left.segment_id}-{pair.right.segment_id}-{segment.segment_id}"
                if st.button(_("Play"), icon=":material/play_arrow:", key=key):
                    st.dialog(_("Segment"), width="medium")(draw_segment)(project, segment, 1)


def _where_text(code: str) -> str:
    return _("Between lectures") if code == BETWEEN else _("Within a lecture")
