"""Transcript text cut into sentences, each with its place in the text."""

import re
from typing import NamedTuple

from dashboard.answering.words import folded

LONGEST = 50
"""Words after which a stretch without a full stop is cut into chunks."""

CHUNK = 25
"""Words that a chunk of such a stretch aims at; the cut is looked for up to ten words around it."""

_REACH = 10
_STOP = re.compile(r"(?P<mark>[.!?…]+)[\"'”’»)\]]*(?=\s|$)")
_NEXT = re.compile(r"\s*[\"'“‘«(\[—–-]*\s*(\S)?")
_LAST_WORD = re.compile(r"([^\W\d_][^\W_]*(?:\.[^\W\d_]+)*)$")
_TOKEN = re.compile(r"\S+")
_ABBREVIATIONS = frozenset(
    """
    adj al apr aprox art av cap caps cf cia co dr dra drs ed eds eng ex fig figs fl freq gen hab jr ltda max
    mín min mr mrs ms máx no núm num nº obs op p pág pag págs pp pe ph prof profa profs ref refs sec séc sr
    sra srs sras srta st sto sta tel trad univ v vol vols vs
    """.split()
)
_CONNECTIVES = frozenset(
    """
    e mas ou entao porque pois que quando se agora ai dai logo portanto como onde enquanto depois assim
    and but or so because when if now then which
    """.split()
)


class Span(NamedTuple):
    """A stretch of a text in characters, end exclusive."""

    start: int
    end: int


def sentences(text: str) -> list[Span]:
    """Return the sentences of a transcript in order, without the blanks around them.

    A full stop ends a sentence unless it closes an abbreviation ("Dr.", "p. ex."), stands for an initial,
    or a small letter follows (in a text that has capitals at all). Automatic captions often lack stops: a
    stretch longer than `LONGEST` words is cut into chunks of about `CHUNK`, after a comma, else before a
    connective, else at that word.

    Returns:
        Spans that do not overlap and together hold every character that is not blank.
    """
    spans = []
    start = 0
    has_capitals = any(character.isupper() for character in text)
    for match in _STOP.finditer(text):
        if _ends_sentence(text, match, has_capitals):
            spans += _chunks(text, start, match.end())
            start = match.end()
    return spans + _chunks(text, start, len(text))


def is_whole(text: str, span: Span) -> bool:
    """Return whether a span reads as a full sentence: a capital or digit first, a stop last."""
    sentence = text[span.start : span.end].lstrip("\"'“‘«([—–-¿¡ ")
    return bool(sentence) and not sentence[0].islower() and bool(_STOP.search(sentence[-4:]))


def _ends_sentence(text: str, match: re.Match[str], has_capitals: bool) -> bool:
    follow = _NEXT.match(text, match.end())
    following = follow.group(1) if follow else None
    if following is None or "!" in match["mark"] or "?" in match["mark"]:
        return True
    if has_capitals and following.islower():
        return False
    return match["mark"] != "." or not _is_abbreviation(text[: match.start()][-24:])


def _is_abbreviation(before: str) -> bool:
    last = _LAST_WORD.search(before)
    if last is None:
        return False
    word = last.group(1)
    is_initial = len(word) == 1 and word.isupper()
    return is_initial or "." in word or word.lower() in _ABBREVIATIONS


def _chunks(text: str, start: int, end: int) -> list[Span]:
    tokens = [Span(*match.span()) for match in _TOKEN.finditer(text, start, end)]
    if not tokens:
        return []
    cuts = [0]
    while len(tokens) - cuts[-1] > LONGEST:
        cuts.append(_cut(text, tokens, cuts[-1]))
    if len(cuts) > 1 and len(tokens) - cuts[-1] > CHUNK + _REACH:
        cuts.append(_cut(text, tokens, cuts[-1]))
    return [
        Span(tokens[first].start, tokens[last - 1].end)
        for first, last in zip(cuts, [*cuts[1:], len(tokens)], strict=True)
    ]


def _cut(text: str, tokens: list[Span], first: int) -> int:
    """Return the token before which to cut, `CHUNK` words after `first` or near it."""
    aim = first + CHUNK
    near = sorted(
        range(aim - _REACH, min(aim + _REACH, len(tokens) - 1) + 1), key=lambda at: (abs(at - aim), at)
    )
    for at in near:
        if text[tokens[at - 1].end - 1] in ",;:":
            return at
    for at in near:
        if folded(text[tokens[at].start : tokens[at].end].strip(",;:")) in _CONNECTIVES:
            return at
    return aim
