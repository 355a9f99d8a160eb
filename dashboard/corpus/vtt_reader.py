"""WebVTT (.vtt) captions, read with the library webvtt-py."""

from dashboard.corpus.captions import Notice, Transcript
from dashboard.corpus.srt_reader import read_srt
from dashboard.corpus.timing_lines import INDEX, TimedLines, tidy
from dashboard.cues import Cue
from dashboard.errors import N_, CorpusError


def read_vtt(text: str, file: str) -> Transcript:
    """Read WebVTT text into raw cues; comments, styles and regions are left aside.

    A file without the `WEBVTT` line is read as SubRip, which it nearly always is.

    Raises:
        CorpusError: Not a single cue is there.
    """
    from webvtt import WebVTT

    text = text.lstrip()
    if not text.startswith("WEBVTT"):
        read = read_srt(text, file)
        notice = Notice(N_("The file does not begin with WEBVTT and was read as SubRip."))
        return Transcript(read.cues, (notice, *read.warnings))
    tidied = tidy(text, ".")
    if not tidied.timings:
        raise CorpusError(
            N_(
                "{file} holds no captions: found {lines} lines, none like 00:00:01.000 --> 00:00:02.000. "
                "Export it again as WebVTT, or name it .txt if it has no times."
            ),
            file=file,
            lines=len(tidied.lines),
        )
    cues = tuple(
        Cue(_seconds(caption.start_time.to_tuple()), _seconds(caption.end_time.to_tuple()), caption.raw_text)
        for caption in WebVTT.from_string("\n".join(_guarded(tidied))).captions
    )
    return Transcript(cues, tuple(tidied.warnings()))


def _guarded(tidied: TimedLines) -> list[str]:
    """Return the lines so that no words of a cue are lost to an arrow or a blank line among them."""
    lines = [
        line if position in tidied.timings else line.replace("-->", "--&gt;")  # the format's own escape
        for position, line in enumerate(tidied.lines)
    ]
    following = len(lines)
    for position in range(len(lines) - 1, min(tidied.timings), -1):
        if lines[position]:
            following = position
        elif following < len(lines) and _goes_on(tidied, following):
            lines[position] = " "
    return lines


def _goes_on(tidied: TimedLines, position: int) -> bool:
    """Whether the line after a blank one is more text of the cue before, not a new block."""
    line = tidied.lines[position]
    begins = position in tidied.timings or position + 1 in tidied.timings
    return not (begins or INDEX.fullmatch(line) or line.startswith(("NOTE", "STYLE", "REGION")))


def _seconds(time: tuple[int, int, int, int]) -> float:
    hours, minutes, seconds, milliseconds = time
    return ((hours * 60 + minutes) * 60 + seconds) + milliseconds / 1000
