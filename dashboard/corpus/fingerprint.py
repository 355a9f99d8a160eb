"""Identity of a caption file together with everything that shapes its windows."""

import hashlib
import json
from pathlib import Path

from dashboard.corpus.decoding import unreadable

READER_VERSION = 1
"""Raised whenever a reader, the cleaning or the windows change what they give for the same file."""


def source_hash(path: Path, window_tokens: int, overlap_tokens: int, encoder_id: str, limit: int) -> str:
    """Return a SHA-256 (hexadecimal) that changes when the file would give other windows or other vectors.

    Args:
        path: The caption file; its bytes and its suffix count, its name and place do not.
        window_tokens: As for `make_windows`.
        overlap_tokens: As for `make_windows`.
        encoder_id: The encoder whose tokens are counted.
        limit: As for `make_windows`.

    Raises:
        CorpusError: The file cannot be read.
    """
    settings = [READER_VERSION, path.suffix.lower(), window_tokens, overlap_tokens, encoder_id, limit]
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256")
    except OSError as error:
        raise unreadable(path, error) from error
    digest.update(json.dumps(settings).encode("utf-8"))
    return digest.hexdigest()
