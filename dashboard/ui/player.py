"""One player on a page, which jumps to the second of the segment that was clicked."""

from dataclasses import dataclass
from urllib.parse import urlsplit

import streamlit as st

from dashboard.answering.moments import moment_url
from dashboard.clock import short_clock
from dashboard.models import Hit, Segment
from dashboard.services.project import Project
from dashboard.ui.i18n import _
from dashboard.ui.media import find_media, is_audio, media_type
from dashboard.ui.server import media_address
from dashboard.ui.text import plain
from dashboard.web_address import is_web_address

WIDTH = 460
"""Pixels; on a narrower screen the player is as wide as the screen."""

_YOUTUBE = ("youtube.com", "youtu.be", "youtube-nocookie.com")


@dataclass(frozen=True, slots=True)
class Playing:
    """Which hit the player stands at, and how often a card was clicked (0: none was)."""

    rank: int
    clicks: int


def playing(scope: object) -> Playing:
    """Return what the player of an answer stands at; the first hit until a card is clicked."""
    found = st.session_state.get("player.at")
    if found and found[0] == scope:
        return Playing(found[1], found[2])
    return Playing(1, 0)


def play(scope: object, rank: int) -> None:
    """Make the player of an answer jump to a hit; clicking the same card again starts it over."""
    st.session_state["player.at"] = (scope, rank, playing(scope).clicks + 1)


def stop_playing() -> None:
    """Forget what was clicked, so that the next answer's player stands at its first hit."""
    st.session_state.pop("player.at", None)


def draw_player(project: Project, scope: object, hits: tuple[Hit, ...], *, is_numbered: bool = True) -> None:
    """Draw the player at the hit that was clicked last; `is_numbered` tells its rank below."""
    at = playing(scope)
    hit = next((one for one in hits if one.rank == at.rank), None)
    if hit is None:
        st.info(_("No segment was retrieved, so there is nothing to play."), icon=":material/videocam_off:")
        return
    # A new key makes a new element, which is what takes the player back to the start of the segment.
    with st.container(key=f"player-{scope}-{at.rank}-{at.clicks}"):
        _draw(project, hit, autoplay=at.clicks > 0)
        start, end = hit.segment.start_s, hit.segment.end_s
        times = f"{short_clock(start)}–{short_clock(end)}" if start is not None else ""
        number = f"**{hit.rank}** · " if is_numbered else ""
        st.caption(f"{number}{plain(hit.segment.title)} · {times}")


def draw_moment(project: Project, segment: Segment, clicks: int) -> None:
    """Draw a player of its own at a segment; it plays by itself when the segment was clicked."""
    with st.container(key=f"player-segment-{segment.segment_id}-{clicks}"):
        _draw(project, Hit(0, segment, 0.0), autoplay=clicks > 0)


def _draw(project: Project, hit: Hit, *, autoplay: bool) -> None:
    segment = hit.segment
    start = int(segment.start_s or 0)
    media = None if hit.url_hidden else find_media(project.settings.media_dir, segment.video_id)
    if hit.url_hidden:
        st.info(_("The address of this video is withheld in this record."), icon=":material/visibility_off:")
    elif media is not None and is_audio(media):
        st.audio(media_address(segment.video_id), media_type(media), start, autoplay=autoplay)
    elif media is not None:
        address = media_address(segment.video_id)
        st.video(address, media_type(media), start, autoplay=autoplay, width=WIDTH)
    elif is_web_address(segment.url) and _is_youtube(segment.url):
        st.video(segment.url, start_time=start, autoplay=autoplay, width=WIDTH)
    else:
        st.info(_("There is no video for this segment."), icon=":material/videocam_off:")


def link_to_moment(hit: Hit) -> str:
    """Return the address of the hit's second, empty when there is none to give."""
    return "" if hit.url_hidden else moment_url(hit.segment.url, hit.segment.start_s)


def _is_youtube(url: str) -> bool:
    host = (urlsplit(url).hostname or "").lower()
    return any(host == known or host.endswith("." + known) for known in _YOUTUBE)
