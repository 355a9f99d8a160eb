"""Links to a moment of a lecture."""

import math
import re
from urllib.parse import SplitResult, urlsplit

from dashboard.web_address import split_address

_YOUTUBE = re.compile(r"(?:.+\.)?youtube(?:-nocookie)?\.com")
_TIME_PARAMETERS = frozenset({"t", "start", "time_continue"})
_CLOCK = re.compile(r"(?:(?P<h>\d{1,6})h)?(?:(?P<m>\d{1,6})m)?(?:(?P<s>\d{1,9}(?:\.\d+)?)s?)?")


def moment_url(url: str, seconds: float | None) -> str:
    """Return the address of a second of a video, or an empty text when the address is not a safe link.

    YouTube takes the moment as `t=988s` (`start=988` in its embedded player) and every other site as a media
    fragment, `#t=988` (W3C Media Fragments URI 1.0). A moment that the address already names is replaced;
    a fragment that is not made of `name=value` pairs belongs to the site and is left alone.

    Args:
        url: The lecture's address.
        seconds: Seconds from its start, rounded down; None leaves the address as it is.
    """
    parts = split_address(url.strip(" "))
    if parts is None:
        return ""
    if seconds is None or not math.isfinite(seconds) or seconds < 0:
        return url.strip(" ")
    whole = int(seconds)
    host = (parts.hostname or "").rstrip(".")
    if host == "youtu.be" or _YOUTUBE.fullmatch(host):
        return _youtube(parts, whole).geturl()
    return _with_media_fragment(parts, whole).geturl()


def without_moment(url: str) -> tuple[str, float | None]:
    """Return an address without the moment that it names, and that moment in seconds, None without one.

    A moment is written as `90`, `90s`, `1m30s` or `1h2m3s`, under a name of the query or of the fragment.
    """
    parts = urlsplit(url)
    second: float | None = None
    kept = {}
    for name in ("query", "fragment"):
        pairs = []
        for pair in getattr(parts, name).split("&"):
            key, _, value = pair.partition("=")
            found = _CLOCK.fullmatch(value) if key in _TIME_PARAMETERS else None
            if found is None or not value:
                pairs.append(pair)
                continue
            hours, minutes, seconds = (float(found[unit] or 0) for unit in ("h", "m", "s"))
            second = hours * 3600 + minutes * 60 + seconds
        kept[name] = "&".join(pairs)
    return parts._replace(**kept).geturl(), second


def same_video(url: str) -> str:
    """Return what the addresses of a video have in common, whatever moment they name and how it is written.

    YouTube's addresses (`watch?v=`, `youtu.be`, `embed`, `shorts`, `live`) give the video's own id.
    """
    parts = urlsplit(without_moment(url)[0])
    host = (parts.hostname or "").rstrip(".").removeprefix("www.").removeprefix("m.")
    path = parts.path.rstrip("/")
    if host == "youtu.be":
        return f"youtube:{path.strip('/')}"
    if _YOUTUBE.fullmatch(host):
        first, _, rest = path.strip("/").partition("/")
        if first in ("embed", "shorts", "live", "v") and rest:
            return f"youtube:{rest}"
        for pair in parts.query.split("&"):
            if pair.startswith("v="):
                return f"youtube:{pair[2:]}"
    return f"{host}{path}?{parts.query}#{parts.fragment}"


def _youtube(parts: SplitResult, second: int) -> SplitResult:
    moment = f"start={second}" if parts.path.startswith("/embed/") else f"t={second}s"
    fragment = "" if parts.fragment.startswith("t=") else parts.fragment
    return parts._replace(query=_replaced(parts.query, moment), fragment=fragment)


def _with_media_fragment(parts: SplitResult, second: int) -> SplitResult:
    pairs = parts.fragment.split("&") if parts.fragment else []
    if not all("=" in pair for pair in pairs):
        return parts
    return parts._replace(fragment=_replaced(parts.fragment, f"t={second}"))


def _replaced(pairs: str, moment: str) -> str:
    # Split by hand: parsing and encoding again would change the bytes of the other parameters.
    kept = [pair for pair in pairs.split("&") if pair and pair.partition("=")[0] not in _TIME_PARAMETERS]
    return "&".join([*kept, moment])
