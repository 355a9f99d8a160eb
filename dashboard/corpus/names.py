"""Ids of lectures: display data that other people wrote, so checked before it is kept."""

import hashlib
import re
import unicodedata

MAX_ID = 200
"""Most characters of a video id."""

_NOT_A_WORD = re.compile(r"[^\w]+")


def slug(name: str) -> str:
    """Return a name as a video id: letters and digits of any script, joined by hyphens.

    A name too long for an id keeps its beginning and gets a hash of the whole.
    """
    words = _NOT_A_WORD.sub("-", unicodedata.normalize("NFC", name)).strip("-_")
    if len(words) <= MAX_ID:
        return words
    return f"{words[: MAX_ID - 9]}-{hashlib.sha256(words.encode('utf-8', 'replace')).hexdigest()[:8]}"


def is_video_id(text: str) -> bool:
    """Whether a text may be a video id: 1 to 200 characters, none a control character or half a pair."""
    return 0 < len(text) <= MAX_ID and not _has_controls(text)


def _has_controls(text: str) -> bool:
    return any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in text)
