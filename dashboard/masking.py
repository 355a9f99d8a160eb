"""Taking keys, tokens, passwords and addresses out of what is written down."""

import os
import re
from collections.abc import Iterable

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

MASK = "***"

_SECRET_NAMES = ("KEY", "SECRET", "TOKEN", "PASSWORD")
_SHORTEST_SECRET = 6
"""A shorter value would be found in half of all words."""

_RULES = [
    # Names and passwords in an address, then whatever follows its question mark.
    (re.compile(r"(\b[a-z][a-z0-9+.-]{0,20}://)[^\s/@\"'<>]{1,500}@", re.IGNORECASE), rf"\1{MASK}@"),
    (re.compile(r"(/invite/)[^\s\"'<>?]+"), rf"\1{MASK}"),
    (re.compile(r"(?<=[\w/])\?[\w.%-]+=[^\s\"'<>]*"), f"?{MASK}"),
    (
        re.compile(
            r"\b((?:proxy-)?authorization|cookie|invite"
            r"|(?:\w{1,40}[-_ ])?(?:api[-_ ]?key|token|secret|passw(?:or)?d))"
            r"\b[\"']?\s*[:=]\s*[\"']?(?:(?:bearer|basic)\s+)?[^\s\"',;&)}\]]+",
            re.IGNORECASE,
        ),
        rf"\1={MASK}",
    ),
    (re.compile(r"\b(bearer|basic)\s+[\w.~+/=-]{8,}", re.IGNORECASE), rf"\1 {MASK}"),
    (re.compile(r"\b(?:sk|pk|rk|hf|gh[opsur]|xox[abp])[-_][\w*.-]{6,}"), MASK),
    # Long and random: signed cookies, invites, the hashes of either.
    (re.compile(r"\b(?=[\w-]{0,100}\d)(?=[\w-]{0,100}[A-Za-z])[\w-]{32,}(?:\.[\w-]+)*"), MASK),
    (re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+"), MASK),
]


def masked(text: str, secrets: Iterable[str] = ()) -> str:
    """Return a text without anything that looks like a key, a token, a password or somebody's e-mail address.

    Args:
        text: Any text.
        secrets: Words that are to go, whatever they look like.
    """
    for secret in secrets:
        text = text.replace(secret, MASK)
    for pattern, replacement in _RULES:
        text = pattern.sub(replacement, text)
    return text


def secrets_here() -> tuple[str, ...]:
    """Return the values that the environment calls keys, secrets, tokens or passwords."""
    found = {
        value
        for name, value in os.environ.items()
        if name.upper().endswith(_SECRET_NAMES) and len(value) >= _SHORTEST_SECRET
    }
    try:
        password = make_url(os.environ.get("VEREDITO_DATABASE_URL", "")).password
    except (ArgumentError, ValueError):
        password = None
    if password and len(password) >= _SHORTEST_SECRET:
        found.add(password)
    return tuple(sorted(found, key=len, reverse=True))
