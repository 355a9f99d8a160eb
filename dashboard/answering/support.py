"""Where a segment speaks to a question: the spans that a page highlights."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from dashboard.answering.sentences import Span, sentences
from dashboard.answering.words import Word, content_words, stems


@dataclass(frozen=True, slots=True)
class Marks:
    """Spans in a segment's text, in characters, end exclusive.

    Attributes:
        words: The question's words, in order, never overlapping; two words with only blanks between them
            stay apart.
        sentence: The sentence that shares most with the question, None when none shares anything.
    """

    words: tuple[Span, ...]
    sentence: Span | None


@lru_cache(maxsize=4096)
def mark(text: str, question: str) -> Marks:
    """Return the places of a segment that speak to a question, which are kept for the next drawing.

    Words are compared by their Portuguese stem without accents, stopwords aside. The best sentence has the
    highest `lexical_scores`; the earlier one wins a tie.
    """
    asked = stems(question)
    words = content_words(text)
    spans = sentences(text)
    scores = lexical_scores([_stems_within(words, span) for span in spans], asked)
    best = max(range(len(spans)), key=lambda index: scores[index], default=None)
    return Marks(
        words=tuple(Span(word.start, word.end) for word in words if word.stem in asked),
        sentence=None if best is None or scores[best] == 0 else spans[best],
    )


def lexical_scores(candidates: Sequence[frozenset[str]], asked: frozenset[str]) -> list[float]:
    """Return how much each sentence shares with a question, from 0 to 1.

    The share of the question's words that the sentence holds, each weighted by how rare it is among the given
    sentences, `log(1 + n / (1 + sentences with the word))`, the smoothed inverse document frequency of Spärck
    Jones (1972). A small part is taken off for length, so that of two equal sentences the shorter wins.

    Args:
        candidates: The distinct stems of each sentence.
        asked: The distinct stems of the question.
    """
    seen = Counter(stem for candidate in candidates for stem in candidate if stem in asked)
    weights = {stem: math.log(1 + len(candidates) / (1 + seen[stem])) for stem in sorted(asked)}
    total = sum(weights.values())
    if not total:
        return [0.0] * len(candidates)
    return [
        sum(weight for stem, weight in weights.items() if stem in candidate)
        / total
        * 40
        / (40 + len(candidate))
        for candidate in candidates
    ]


def _stems_within(words: Sequence[Word], span: Span) -> frozenset[str]:
    return frozenset(word.stem for word in words if span.start <= word.start < span.end)
