"""SubRip (.srt) captions, read with the library srt.

The library takes any line that begins like a time or a number ("10.000.000 pessoas") for the next cue and
drops it, and it cannot read negative or short times. Timing lines are therefore made canonical first, and
such text lines are shielded by an invisible character that cleaning removes.
"""

import re

from dashboard.corpus.captions import Notice, Transcript
from dashboard.corpus.timing_lines import INDEX, TimedLines, tidy
from dashboard.cues import Cue
from dashboard.errors import N_, CorpusError

_SHIELD = "\u2060"
_LIKE_A_NUMBER = re.compile(r"[-\d]")


def read_srt(text: str, file: str) -> Transcript:
    """Read SubRip text into raw cues.

    Missing indexes, missing or extra blank lines, full stops for commas and times without hours are accepted.

    Raises:
        CorpusError: Not a single timing line is there.
    """
    import srt

    tidied = tidy(text, ",")
    if not tidied.timings:
        raise CorpusError(
            N_(
                "{file} holds no captions: found {lines} lines, none like 00:00:01,000 --> 00:00:02,000. "
                "Export it again as SRT, or name it .txt if it has no times."
            ),
            file=file,
            lines=len(tidied.lines),
        )
    first = min(tidied.timings)
    subtitles = srt.parse(_shielded(tidied, first), ignore_errors=True)
    cues = tuple(
        Cue(subtitle.start.total_seconds(), subtitle.end.total_seconds(), subtitle.content)
        for subtitle in subtitles
    )
    return Transcript(cues, tuple(_preamble(tidied.lines[:first]) + tidied.warnings()))


def _shielded(tidied: TimedLines, first: int) -> str:
    """Return the file from its first timing line on, so shielded that all of it belongs to some cue."""
    lines = [
        line
        if position in tidied.timings or INDEX.fullmatch(line) or not _LIKE_A_NUMBER.match(line)
        else _SHIELD + line
        for position, line in enumerate(tidied.lines[first:], start=first)
    ]
    return "\n".join(lines)


def _preamble(lines: list[str]) -> list[Notice]:
    words = " ".join(line.strip() for line in lines if not INDEX.fullmatch(line)).strip()
    if not words:
        return []
    return [Notice(N_("Text before the first caption was left out: {text}"), {"text": words[:80]})]
