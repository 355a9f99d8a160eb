"""What differs between two texts, word by word."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

Span = tuple[int, int]

LONGEST = 1_500
"""Words up to which texts are compared word by word; longer ones sentence by sentence, which stays fast."""

_WORDS = re.compile(r"\w+|[^\w\s]")
_SENTENCES = re.compile(r"[^\s.!?][^\n.!?]*[.!?]*|[.!?]+")


@dataclass(frozen=True, slots=True)
class WordDiff:
    """Where two texts differ.

    Attributes:
        left: Spans, in characters, of what only the first text says, ascending and apart.
        right: The same of the second text.
        same: Share of the words, of both together, that both say; 1 for two texts without words.
    """

    left: tuple[Span, ...]
    right: tuple[Span, ...]
    same: float


def word_diff(left: str, right: str) -> WordDiff:
    """Compare two texts by the longest runs of words that both have (Ratcliff and Obershelp 1988).

    Words count as written, capitals and punctuation too; blanks and line breaks do not.
    """
    ours, theirs = _units(left, _WORDS), _units(right, _WORDS)
    if max(len(ours), len(theirs)) > LONGEST:
        ours, theirs = _units(left, _SENTENCES), _units(right, _SENTENCES)
    matcher = SequenceMatcher(
        None,
        [left[start:end] for start, end in ours],
        [right[start:end] for start, end in theirs],
        autojunk=False,
    )
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    return WordDiff(
        tuple(_joined(ours, ((first, last) for _kind, first, last, _a, _b in changes))),
        tuple(_joined(theirs, ((first, last) for _kind, _a, _b, first, last in changes))),
        matcher.ratio(),
    )


def _units(text: str, kind: re.Pattern[str]) -> list[Span]:
    return [found.span() for found in kind.finditer(text)]


def _joined(units: list[Span], runs: Iterator[tuple[int, int]]) -> Iterator[Span]:
    return ((units[first][0], units[last - 1][1]) for first, last in runs if first < last)
