"""A caption file to its cues: decoded, read by the reader of its format, cleaned."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from dashboard.corpus.captions import Notice, Transcript
from dashboard.corpus.cleaning import clean
from dashboard.corpus.decoding import decode_file
from dashboard.corpus.json_reader import read_json
from dashboard.corpus.srt_reader import read_srt
from dashboard.corpus.text_reader import read_markdown, read_plain
from dashboard.corpus.vtt_reader import read_vtt
from dashboard.errors import N_, CorpusError

__all__ = ["SUFFIXES", "Notice", "Transcript", "check_suffix", "read_transcript"]


class _Format(NamedTuple):
    read: Callable[[str, str], Transcript]
    markup: bool


_FORMATS = {
    ".srt": _Format(read_srt, markup=True),
    ".vtt": _Format(read_vtt, markup=True),
    ".json": _Format(read_json, markup=True),
    ".md": _Format(read_markdown, markup=False),
    ".txt": _Format(read_plain, markup=False),
}

SUFFIXES: tuple[str, ...] = tuple(_FORMATS)
"""The file name endings that are read, best first where a lecture has several."""


def check_suffix(path: Path) -> None:
    """Raise CorpusError where the file's name does not end like a caption file's."""
    if path.suffix.lower() not in _FORMATS:
        raise CorpusError(
            N_("{file} is not a caption file: found the ending {suffix}, expected {expected}. Convert it."),
            file=str(path),
            suffix=path.suffix or "''",
            expected=", ".join(SUFFIXES),
        )


def read_transcript(path: Path) -> Transcript:
    """Read one caption file.

    Args:
        path: A file ending in .srt, .vtt, .json, .md or .txt, in any encoding.

    Raises:
        CorpusError: The file cannot be read, is of another kind, or holds no words. Smaller faults are
            repaired or skipped and named in the transcript's warnings.
    """
    check_suffix(path)
    file = str(path)
    format_ = _FORMATS[path.suffix.lower()]
    decoded = decode_file(path)
    read = format_.read(decoded.text, file)
    cleaned = clean(read.cues, format_.markup)
    if not cleaned.cues:
        raise CorpusError(
            N_("{file} holds no words: found {cues} captions, all blank. Export the captions again."),
            file=file,
            cues=len(read.cues),
        )
    return Transcript(cleaned.cues, decoded.warnings + read.warnings + cleaned.warnings)
