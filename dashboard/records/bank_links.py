"""Links of a question bank as text and as JSON: an http(s) address, or a lecture's id and maybe a moment."""

import math
import re
from collections.abc import Mapping
from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.question_bank import Link
from dashboard.records.reading import shown
from dashboard.web_address import is_web_address

_MOMENT = re.compile(r"(?P<video_id>.+)\?t=(?P<start_s>\d{1,9}(?:\.\d+)?)s?", re.DOTALL)
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def read_links(values: object) -> tuple[Link, ...]:
    """Return links, each once, of a list of texts or of objects with title, url, video_id, start_s.

    Raises:
        RecordError: It is no list, or one of them is no link.
    """
    if not isinstance(values, list):
        raise RecordError(N_("the links are {found}; give a list."), found=shown(values))
    return tuple(
        dict.fromkeys(_object(one) if isinstance(one, Mapping) else read_link(one) for one in values)
    )


def read_link(value: object) -> Link:
    """Return the link that a text gives: an address, `video_id`, or `video_id?t=90`.

    Raises:
        RecordError: It is neither.
    """
    if not isinstance(value, str) or not value.strip():
        raise _unusable(value)
    text = value.strip()
    if text.lower().startswith(("http://", "https://")):
        return Link(url=_address(text))
    if _SCHEME.match(text) and "//" in text or text.lower().startswith(("javascript:", "data:", "vbscript:")):
        raise _unusable(value)
    found = _MOMENT.fullmatch(text)
    if found:
        return Link(video_id=found["video_id"], start_s=float(found["start_s"]))
    return Link(video_id=text)


def write_link(link: Link) -> str:
    """Return a link as a cell holds it; `read_link` reads it, but for the title."""
    if link.video_id:
        return link.video_id if link.start_s is None else f"{link.video_id}?t={link.start_s:g}"
    return link.url


def link_to_json(link: Link) -> dict[str, Any]:
    """Return a link with everything in it."""
    return {"title": link.title, "url": link.url, "video_id": link.video_id, "start_s": link.start_s}


def _object(fields: Mapping[str, Any]) -> Link:
    title, url, video_id = (fields.get(name) or "" for name in ("title", "url", "video_id"))
    start = fields.get("start_s")
    if not all(isinstance(text, str) for text in (title, url, video_id)) or not (url or video_id):
        raise _unusable(dict(fields))
    if start is not None and (
        isinstance(start, bool) or not isinstance(start, (int, float)) or not 0 <= start < math.inf
    ):
        raise _unusable(dict(fields))
    return Link(title, _address(url) if url else "", video_id, None if start is None else float(start))


def _address(text: str) -> str:
    """Return an address that may become a link."""
    if not is_web_address(text):
        raise _unusable(text)
    return text


def _unusable(value: object) -> RecordError:
    return RecordError(
        N_("{found} is no link; give an http or https address, or the id of a lecture such as aula-01?t=90."),
        found=repr(shown(value)),
    )
