"""A cue that is too long for any window to cues that fit."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from dashboard.cues import Cue
from dashboard.errors import N_, CorpusError

_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|(?<=[。！？])")
_SPACE = re.compile(r"\s+")


def split_cue(cue: Cue, count_tokens: Callable[[list[str]], list[int]], bound: int) -> list[tuple[Cue, int]]:
    """Split a cue at sentence ends, sentences that are too long between words, and words anywhere.

    Args:
        cue: The cue; its text is on one line.
        count_tokens: As for `make_windows`.
        bound: Most tokens of a piece.

    Returns:
        The pieces in order, each with its tokens; the cue's time is shared out by characters. Together they
        hold every character but the spaces where the cue was cut.

    Raises:
        CorpusError: Not even one character fits.
    """
    spans = list(_fitting(cue.text, 0, _SENTENCE_END, count_tokens, bound))
    return [(_part(cue, start, end), tokens) for start, end, tokens in spans]


def _fitting(
    text: str,
    offset: int,
    between: re.Pattern[str],
    count_tokens: Callable[[list[str]], list[int]],
    bound: int,
) -> Iterator[tuple[int, int, int]]:
    """Yield start, end and tokens of the parts of `text`, which itself is too long; `offset` is its place."""
    units = _units(text, between)
    if len(units) == 1:
        if between is _SENTENCE_END:
            yield from _fitting(text, offset, _SPACE, count_tokens, bound)
        else:
            yield from _halves(text, offset, count_tokens, bound)
        return
    for (start, end), tokens in zip(units, count_tokens([text[a:b] for a, b in units]), strict=True):
        if tokens <= bound:
            yield offset + start, offset + end, tokens
        elif between is _SENTENCE_END:
            yield from _fitting(text[start:end], offset + start, _SPACE, count_tokens, bound)
        else:
            yield from _halves(text[start:end], offset + start, count_tokens, bound)


def _units(text: str, between: re.Pattern[str]) -> list[tuple[int, int]]:
    gaps = [gap.span() for gap in between.finditer(text) if gap.end() < len(text)]
    return [(left[1], right[0]) for left, right in pairwise([(0, 0), *gaps, (len(text), len(text))])]


def _halves(
    text: str, offset: int, count_tokens: Callable[[list[str]], list[int]], bound: int
) -> Iterator[tuple[int, int, int]]:
    tokens = count_tokens([text])[0]
    if tokens <= bound:
        yield offset, offset + len(text), tokens
        return
    if len(text) < 2:
        raise CorpusError(
            N_("Windows of {found} tokens cannot hold the character {text}. Give larger windows."),
            found=bound,
            text=text,
        )
    middle = len(text) // 2
    yield from _halves(text[:middle], offset, count_tokens, bound)
    yield from _halves(text[middle:], offset + middle, count_tokens, bound)


def _part(cue: Cue, start: int, end: int) -> Cue:
    if cue.start_s is None or cue.end_s is None:
        return Cue(None, None, cue.text[start:end])
    per_character = (cue.end_s - cue.start_s) / len(cue.text)
    finish = cue.end_s if end == len(cue.text) else cue.start_s + end * per_character
    return Cue(cue.start_s + start * per_character, finish, cue.text[start:end])
