"""The timing lines of SRT and WebVTT as people's tools write them, rewritten as the libraries expect them."""

import re
from dataclasses import dataclass, field

from dashboard.corpus.captions import Notice
from dashboard.errors import N_

_LINES_NAMED = 5
_TIME = r"(-?)(?:(\d{1,5}) ?: ?)?(\d{1,3}) ?: ?(\d{1,2})(?: ?[.,:] ?(\d{1,9}))?"
_TIMING = re.compile(rf"{_TIME}\s{{0,4}}[-–—]{{1,3}} ?>\s{{0,4}}{_TIME}(?=\s|$)")
_BROKEN = re.compile(r"[-+]?\d{1,9} ?:[^>]{0,40}?-->")
LINE_END = re.compile(r"\r*\n|\r")
"""Also the `\\r\\r\\n` that careless conversions leave."""

INDEX = re.compile(r"\s*\d{1,11}\s*")
"""A line that holds nothing but the number of a cue."""


@dataclass(frozen=True, slots=True)
class Timing:
    """Start and end of a cue in milliseconds; negative where the file says so."""

    start_ms: int
    end_ms: int

    def written(self, mark: str) -> str:
        """Return the canonical timing line, `mark` before the milliseconds and times below zero set to 0."""
        return f"{_clock(self.start_ms, mark)} --> {_clock(self.end_ms, mark)}"


@dataclass(slots=True)
class TimedLines:
    """The lines of a caption file with every timing line rewritten.

    Attributes:
        lines: What is left of the file, without line ends.
        timings: Positions in `lines` of the timing lines.
        broken: Line numbers (from 1, in the file) of timing lines that cannot be read; their captions are
            left out.
        negative: How many captions had a time before 0, which is now 0.
    """

    lines: list[str] = field(default_factory=list)
    timings: set[int] = field(default_factory=set)
    broken: list[int] = field(default_factory=list)
    negative: int = 0

    def warnings(self) -> list[Notice]:
        """Return what was left out or changed."""
        found = []
        if self.broken:
            lines = ", ".join(map(str, self.broken[:_LINES_NAMED])) + (
                "…" * (len(self.broken) > _LINES_NAMED)
            )
            found.append(
                Notice(
                    N_("Captions whose times cannot be read were left out: {count} (lines {lines})."),
                    {"count": len(self.broken), "lines": lines},
                )
            )
        if self.negative:
            found.append(
                Notice(
                    N_("Times before the start of the video were set to 0: {count}."),
                    {"count": self.negative},
                )
            )
        return found


def tidy(text: str, mark: str) -> TimedLines:
    """Rewrite the timing lines of a file: `0:1.5 -> 0:2` becomes `00:00:01,500 --> 00:00:02,000`.

    Args:
        text: The whole file.
        mark: What stands before the milliseconds: a comma in SRT, a full stop in WebVTT.
    """
    tidied = TimedLines()
    skipping = False
    for number, line in enumerate(LINE_END.split(text), start=1):
        timing = parse_timing(line)
        if timing:
            skipping = False
            tidied.negative += min(timing.start_ms, timing.end_ms) < 0
            tidied.timings.add(len(tidied.lines))
            tidied.lines.append(timing.written(mark))
        elif _BROKEN.match(line.lstrip()) and _may_start(tidied.lines):
            skipping = True
            tidied.broken.append(number)
            if tidied.lines and INDEX.fullmatch(tidied.lines[-1]):
                tidied.lines.pop()
        elif not line.strip():
            skipping = False
            tidied.lines.append(line)
        elif not skipping:
            tidied.lines.append(line)
    return tidied


def parse_timing(line: str) -> Timing | None:
    """Return the times of a timing line, None where the line is something else.

    A fraction is decimal, as in WebVTT (`1,5` is 1.5 s); minutes and seconds past 59 carry over. A pair such
    as `10:30 --> 11:00` without hours or fraction may be text and is not taken.
    """
    if ">" not in line:
        return None
    match = _TIMING.match(line.lstrip())
    if not match:
        return None
    parts = match.groups()
    if any(
        hours is None and fraction is None for hours, fraction in ((parts[1], parts[4]), (parts[6], parts[9]))
    ):
        return None
    return Timing(_milliseconds(*parts[:5]), _milliseconds(*parts[5:]))


def _milliseconds(sign: str, hours: str | None, minutes: str, seconds: str, fraction: str | None) -> int:
    whole = (int(hours or 0) * 60 + int(minutes)) * 60 + int(seconds)
    value = whole * 1000 + int((fraction or "0").ljust(3, "0")[:3])
    return -value if sign else value


def _clock(milliseconds: int, mark: str) -> str:
    seconds, thousandths = divmod(max(milliseconds, 0), 1000)
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}{mark}{thousandths:03d}"


def _may_start(before: list[str]) -> bool:
    return not before or not before[-1].strip() or bool(INDEX.fullmatch(before[-1]))
