"""Caption text to plain text on one line: tags, entities, control characters, spaces, Unicode form."""

import html
import re
import unicodedata

_TAGS = "b|i|u|s|c|v|em|strong|font|span|ruby|rt|lang|sub|sup|small|big|tt|mark|a"
_BREAKS = "br|p|div|li|ul|ol|hr"
_TAG = re.compile(
    rf"</?(?:{_TAGS})(?:[.\s/][^<>]*)?>"  # only names that captions use, so that "x <y e z> w" survives
    r"|<\d+(?::\d+){1,2}(?:[.,]\d+)?>"
    r"|\{\\[^{}]*\}",
    re.IGNORECASE,
)
_BREAK = re.compile(rf"</?(?:{_BREAKS})(?:[\s/][^<>]*)?>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"
    "\xad\u200b\u200e\u200f\u2060\ufeff"  # soft hyphen, zero width, direction marks
    "\u202a-\u202e\u2066-\u2069\ud800-\udfff]"  # direction overrides, halves of surrogate pairs
)


def strip_markup(text: str) -> str:
    """Remove the tags of SRT, WebVTT and SubStation, then turn entities (`&amp;`) into their characters."""
    text = _TAG.sub("", _BREAK.sub(" ", text))
    return _ENTITY.sub(lambda entity: html.unescape(entity[0]), text) if "&" in text else text


def one_line(text: str) -> str:
    """Return the text in NFC on one line, single-spaced, without control or invisible characters."""
    return " ".join(unicodedata.normalize("NFC", _UNSEEN.sub("", text)).split())
