"""YouTube's rolling captions, where each cue shows the line before again, to cues that say a thing once."""

from collections.abc import Sequence
from dataclasses import replace

from dashboard.cues import Cue

_LONGEST = 60
_SHARE = 0.5
_FEWEST = 3


def collapse_rolling(cues: Sequence[Cue]) -> tuple[list[Cue], int]:
    """Take out of each cue the words that only repeat the end of the cue before.

    Done only where at least half of the cues (and three) repeat, which is how rolling captions look;
    elsewhere a speaker who says "não, não" is left alone.

    Args:
        cues: Cues with clean text, sorted by start.

    Returns:
        The cues, and how many of them repeated words. A cue that says nothing new is dropped and its time
        is given to the one before.
    """
    words = [cue.text.split() for cue in cues]
    repeated = [0] + [_repeated(before, after) for before, after in zip(words, words[1:], strict=False)]
    count = sum(number > 0 for number in repeated)
    if count < _FEWEST or count < _SHARE * (len(cues) - 1):
        return list(cues), 0
    kept: list[Cue] = []
    for cue, own, number in zip(cues, words, repeated, strict=True):
        if number < len(own):
            kept.append(replace(cue, text=" ".join(own[number:])) if number else cue)
        elif kept[-1].end_s is not None and cue.end_s is not None:
            kept[-1] = replace(kept[-1], end_s=max(kept[-1].end_s, cue.end_s))
    return kept, count


def _repeated(before: list[str], after: list[str]) -> int:
    """Return how many words `after` takes over from the end of `before`, 0 where that looks like chance."""
    for number in range(min(len(before), len(after), _LONGEST), 0, -1):
        if before[-number:] == after[:number]:
            return number if number > 1 or number in (len(before), len(after)) else 0
    return 0
