"""Which addresses may become links: they come with data that anybody may have written."""

import unicodedata
from urllib.parse import SplitResult, urlsplit

LONGEST = 2000
"""Characters of the longest address."""

_UNSHOWABLE = frozenset({"Cc", "Cf", "Cs", "Zs", "Zl", "Zp"})


def is_web_address(text: str) -> bool:
    """Return whether a text may become a link.

    It must be `http` or `https` with a host, and hold no user name or password, no blank, control or
    invisible character, and no backslash, which browsers read as a slash.
    """
    return split_address(text) is not None


def split_address(text: str) -> SplitResult | None:
    """Return the parts of an address that may become a link, None where it may not."""
    if len(text) > LONGEST or "\\" in text:
        return None
    if any(unicodedata.category(character) in _UNSHOWABLE for character in text):
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or not parts.hostname or "@" in parts.netloc:
        return None
    return parts
