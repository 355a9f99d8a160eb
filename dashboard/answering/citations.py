"""Citations in an answer's text: which segments it names, and the references they become."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from dashboard.answering.moments import moment_url
from dashboard.answering.prompt import says_not_found
from dashboard.answering.sentences import sentences
from dashboard.models import Hit, Reference

_NUMBERS = r"[0-9]{1,4}(?:\s?(?:[,;–—-]|e|and)\s?[0-9]{1,4})*"
_CITATION = re.compile(
    r"[\[【［]\s?(?:\^|(?:segmentos?|trechos?|segments?|fontes?)\s)?"
    rf"(?P<numbers>{_NUMBERS})(?:†[^\]】］\[【［\n]{{0,40}})?\s?[\]】］]",
    re.IGNORECASE,
)
_RANGE = re.compile(r"([0-9]+)(?:\s?[–—-]\s?([0-9]+))?")


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of an answer that is not a citation."""

    text: str


@dataclass(frozen=True, slots=True)
class Citation:
    """A citation as the answer wrote it, and the numbers of the segments it names, in its own order."""

    text: str
    ranks: tuple[int, ...]


def pieces(text: str, k: int) -> list[Text | Citation]:
    """Split an answer into plain text and citations; joined, the pieces give back the text.

    Args:
        text: The answer.
        k: Number of segments that it could cite, numbered 1 to k.
    """
    found: list[Text | Citation] = []
    end = 0
    for match, ranks in _citations(text, k):
        if match.start() > end:
            found.append(Text(text[end : match.start()]))
        found.append(Citation(match.group(), ranks))
        end = match.end()
    if end < len(text):
        found.append(Text(text[end:]))
    return found


@dataclass(frozen=True, slots=True)
class CitedMoment:
    """A sentence of an answer and a segment that it cites.

    Attributes:
        number: Which of the answer's citations this is, counted from 0 in the order of the text; a bracket
            that names two segments counts as two.
        sentence: The sentence, its citations left out.
        rank: The cited segment.
    """

    number: int
    sentence: str
    rank: int


def cited_moments(text: str, k: int) -> list[CitedMoment]:
    """Return every citation of an answer with the sentence that it is to support.

    A citation after the full stop belongs to the sentence before it.
    """
    spans = sentences(text)
    found: list[CitedMoment] = []
    for match, ranks in _citations(text, k):
        before = [span for span in spans if text[span.start : match.start()].strip(" .!?…")]
        before = [span for span in before if span.start < match.start()] or spans
        span = before[-1]
        sentence = _without_citations(text[span.start : span.end], k)
        found += [CitedMoment(len(found) + place, sentence, rank) for place, rank in enumerate(ranks)]
    return found


def plain_sentences(text: str, k: int) -> tuple[str, ...]:
    """Return the sentences of an answer without their citations of the segments 1 to k."""
    spans = (text[span.start : span.end] for span in sentences(text))
    plain = (_without_citations(sentence, k) for sentence in spans)
    return tuple(sentence for sentence in plain if sentence.strip(" .!?…"))


def _without_citations(sentence: str, k: int) -> str:
    plain = "".join(piece.text for piece in pieces(sentence, k) if isinstance(piece, Text))
    return " ".join(plain.split()).replace(" .", ".").replace(" ,", ",")


def cited_ranks(text: str, k: int) -> tuple[int, ...]:
    """Return the numbers of the cited segments, each once, in the order of their first use.

    Read are `[1]`, `[2, 3]`, `[1][4]`, `[1-3]`, `[1 e 2]`, `[Segmento 1]`, `【1】`, `【1†source】`. Numbers
    above `k` are ignored, and so is a whole bracket that holds a 0, because `[0, 1]` is an interval.
    """
    return tuple(dict.fromkeys(rank for _, ranks in _citations(text, k) for rank in ranks))


def references(text: str, hits: Sequence[Hit]) -> tuple[Reference, ...]:
    """Return a reference for each cited segment, or for every segment when the answer cites none.

    An answer that only says that the segments do not hold it has no sources, hence no references.

    Args:
        text: The answer, which numbers the segments from 1 in the order of `hits`.
        hits: The segments that the answerer was given.

    Returns:
        Title and address of the moment; the address is empty where it is hidden, unknown or unsafe.
    """
    if says_not_found(text):
        return ()
    numbers = cited_ranks(text, len(hits)) or range(1, len(hits) + 1)
    return tuple(_reference(hits[number - 1]) for number in numbers)


def _reference(hit: Hit) -> Reference:
    segment = hit.segment
    url = "" if hit.url_hidden else moment_url(segment.url, segment.start_s)
    return Reference(segment.title, url, hit.rank)


def _citations(text: str, k: int) -> Iterator[tuple[re.Match[str], tuple[int, ...]]]:
    for match in _CITATION.finditer(text):
        ranks = _ranks(match["numbers"], k)
        if ranks:
            yield match, ranks


def _ranks(numbers: str, k: int) -> tuple[int, ...]:
    spans = [(int(first), int(last or first)) for first, last in _RANGE.findall(numbers)]
    if any(first == 0 for first, _ in spans):
        return ()
    return tuple(dict.fromkeys(rank for first, last in spans for rank in range(first, min(last, k) + 1)))
