"""The segments of two rankings as a list: where each stood, its grade, its moment and how it begins."""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from dashboard.clock import short_clock
from dashboard.models import Hit, Segment
from dashboard.services.project import Project
from dashboard.services.rank_changes import RankChange
from dashboard.ui.i18n import _, number
from dashboard.ui.player import draw_player, link_to_moment, play, playing
from dashboard.ui.retrieval.slope import grade_text
from dashboard.ui.text import link_target, plain

SHOWN = 200


def draw_segments(
    project: Project,
    scope: str,
    changes: Sequence[RankChange],
    segments: Mapping[int, Segment],
    k: int,
    *,
    is_known_items: bool = False,
    withheld: Collection[int] = (),
) -> None:
    """List the segments: those of both rankings, then those that only one found among its first k.

    A click on a segment's moment plays it above the list.

    Args:
        project: Where the lectures are.
        scope: Tells this list's player from others.
        changes: The segments with their ranks.
        segments: The same by id, without those that are gone.
        k: How many of the first places count.
        is_known_items: Whether grades only say that the lecture is the right one.
        withheld: Those whose address an imported record withholds; it is neither shown nor played.
    """
    hits = {
        one.segment_id: Hit(place, segments[one.segment_id], 0.0, url_hidden=one.segment_id in withheld)
        for place, one in enumerate(changes, start=1)
        if one.segment_id in segments
    }
    if playing(scope).clicks:
        draw_player(project, scope, tuple(hits.values()), is_numbered=False)
    groups = {
        _("Found by both"): [one for one in changes if one.is_left(k) and one.is_right(k)],
        _("Only the first found"): [one for one in changes if one.is_left(k) and not one.is_right(k)],
        _("Only the second found"): [one for one in changes if one.is_right(k) and not one.is_left(k)],
    }
    with st.container(height=460, border=False, key="compared-segments"):
        for title, group in groups.items():
            if group:
                st.markdown(f"**{title}** ({number(len(group))})")
            for one in group:
                _draw_segment(scope, one, hits.get(one.segment_id), is_known_items=is_known_items)


def segment_title(segment: Segment) -> str:
    """Return a segment's lecture and second."""
    title = segment.title or _("Lecture not named in this record")
    return title if segment.start_s is None else f"{title} · {short_clock(segment.start_s)}"


def _draw_segment(scope: str, one: RankChange, hit: Hit | None, *, is_known_items: bool) -> None:
    ranks = " → ".join("–" if rank is None else str(rank) for rank in (one.left, one.right))
    sign = grade_text(one.grade, is_known_items=is_known_items)
    if hit is None:
        st.markdown(f"{ranks} · **{sign}** · " + _("This segment is no longer in the corpus."))
        return
    segment = hit.segment
    text = segment.text if len(segment.text) <= SHOWN else segment.text[:SHOWN].rstrip() + "…"
    link, title = link_to_moment(hit), plain(segment.title) or _("Lecture not named in this record")
    linked = f"[{title}]({link_target(link)})" if link else title
    at = playing(scope)
    with st.container(gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.button(
                short_clock(segment.start_s) or _("no times"),
                key=f"card-{scope}-{hit.rank}",
                icon=":material/play_arrow:",
                type="primary" if at.clicks and at.rank == hit.rank else "secondary",
                help=_("Play this moment"),
                on_click=play,
                args=(scope, hit.rank),
            )
            st.markdown(f"{ranks} · **{sign}** · {linked}", width="stretch")
        st.caption(plain(text))
