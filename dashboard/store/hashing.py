"""Identity by content."""

import hashlib
import json
from collections.abc import Mapping, Sequence


def text_hash(text: str) -> str:
    """Return the SHA-256 of a text in UTF-8, hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def key_of(value: Mapping[str, object] | Sequence[object]) -> str:
    """Return the SHA-256 of a JSON value, the same for equal values whatever the order of their keys."""
    return text_hash(json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")))
