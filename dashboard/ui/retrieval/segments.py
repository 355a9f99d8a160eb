"""The segments of two rankings as a list: where each stood, its grade, its moment and how it begins."""

from collections.abc import Collection, Mapping, Sequence

import streamlit as st

from dashboard.clock import short_clock
from dashboard.models import Hit, Segment
from dashboard.services.rank_changes import RankChange
from dashboard.ui.i18n import _, number
from dashboard.ui.player import link_to_moment
from dashboard.ui.retrieval.slope import grade_text
from dashboard.ui.text import link_target, plain

SHOWN = 200


def draw_segments(
    changes: Sequence[RankChange],
    segments: Mapping[int, Segment],
    k: int,
    *,
    is_known_items: bool = False,
    withheld: Collection[int] = (),
) -> None:
    """List the segments: those of both rankings, then those that only one found among its first k.

    `withheld` are those whose address an imported record withholds; it is not shown.
    """
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
                _draw_segment(
                    one,
                    segments.get(one.segment_id),
                    is_known_items=is_known_items,
                    is_withheld=one.segment_id in withheld,
                )


def segment_title(segment: Segment) -> str:
    """Return a segment's lecture and second."""
    title = segment.title or _("Lecture not named in this record")
    return title if segment.start_s is None else f"{title} · {short_clock(segment.start_s)}"


def _draw_segment(
    one: RankChange, segment: Segment | None, *, is_known_items: bool, is_withheld: bool
) -> None:
    ranks = " → ".join("–" if rank is None else str(rank) for rank in (one.left, one.right))
    sign = grade_text(one.grade, is_known_items=is_known_items)
    if segment is None:
        st.markdown(f"{ranks} · **{sign}** · " + _("This segment is no longer in the corpus."))
        return
    text = segment.text if len(segment.text) <= SHOWN else segment.text[:SHOWN].rstrip() + "…"
    link, title = link_to_moment(Hit(0, segment, 0.0, url_hidden=is_withheld)), plain(segment_title(segment))
    linked = f"[{title}]({link_target(link)})" if link else title
    st.markdown(f"{ranks} · **{sign}** · {linked}  \n:small[{plain(text)}]")
