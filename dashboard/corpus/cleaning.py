"""Raw cues to the cues that are indexed: text on one line, times in order."""

from collections.abc import Iterable
from dataclasses import replace

from dashboard.corpus.captions import Notice, Transcript
from dashboard.corpus.markup import one_line, strip_markup
from dashboard.corpus.rolling import collapse_rolling
from dashboard.cues import Cue
from dashboard.errors import N_

HUGE_CUE = 100_000
"""Characters past which a single cue is reported; a minute of speech has about 1,000."""


def clean(cues: Iterable[Cue], markup: bool = True) -> Transcript:
    """Clean texts and repair times, reporting each kind of repair once, with its count.

    Args:
        cues: Cues as a file gives them, either all with times or all without.
        markup: Whether tags and entities are to be removed; not so in plain text, where `<b>` is content.
    """
    given = list(cues)
    texts = [one_line(strip_markup(cue.text) if markup else cue.text) for cue in given]
    kept = [replace(cue, text=text) for cue, text in zip(given, texts, strict=True) if text]
    notices = [
        (N_("Captions without text were left out: {count}."), len(given) - len(kept)),
        (
            N_("Captions of more than {limit} characters, which are probably not captions: {count}."),
            sum(len(text) > HUGE_CUE for text in texts),
        ),
    ]
    if kept and kept[0].start_s is not None:
        kept, repairs = _repaired(kept)
        kept, repeated = collapse_rolling(kept)
        notices += repairs
        notices += [
            (N_("Rolling captions that repeated the line before were shortened: {count}."), repeated),
            (N_("Captions that overlap the one before were kept: {count}."), _overlapping(kept)),
        ]
    return Transcript(
        tuple(kept),
        tuple(Notice(text, {"count": count, "limit": HUGE_CUE}) for text, count in notices if count),
    )


def _repaired(cues: list[Cue]) -> tuple[list[Cue], list[tuple[str, int]]]:
    negative = backward = unordered = 0
    repaired = []
    latest = 0.0
    for cue in cues:
        start, end = cue.start_s or 0.0, cue.end_s or 0.0
        negative += start < 0 or end < 0
        backward += end < start
        unordered += start < latest
        latest = max(latest, start)
        start = max(start, 0.0)
        repaired.append(replace(cue, start_s=start, end_s=max(end, start)))
    repaired.sort(key=lambda cue: cue.start_s or 0.0)
    return repaired, [
        (N_("Times before the start of the video were set to 0: {count}."), negative),
        (N_("Captions that end before they start were given no duration: {count}."), backward),
        (N_("Captions out of order were sorted by their start: {count}."), unordered),
    ]


def _overlapping(cues: list[Cue]) -> int:
    count = 0
    latest = 0.0
    for cue in cues:
        count += (cue.start_s or 0.0) < latest
        latest = max(latest, cue.end_s or 0.0)
    return count
