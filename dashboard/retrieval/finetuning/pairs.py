"""Training examples: a question, a segment that answers it, and segments that look as if they did."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.retrieval.finetuning.material import Material

POSITIVES = 8
"""Relevant segments that a question takes part with at most, or a long lecture would outweigh the others."""

MINED_DEPTH = 50
"""Ranks among which hard negatives are looked for."""

_UNFILLED = 8


@dataclass(frozen=True, slots=True)
class Example:
    """A question with one relevant segment, and hard negatives that are not relevant to it."""

    question: int
    positive: int
    negatives: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """The examples and where their hard negatives come from; nothing is taken silently.

    Attributes:
        examples: In the order of the questions.
        judged: Hard negatives that somebody judged irrelevant.
        other_lectures: Hard negatives that nobody judged, from lectures without a relevant segment.
        left_out: Unjudged segments that ranked high and are no negatives, because they may well be relevant.
    """

    examples: tuple[Example, ...]
    judged: int
    other_lectures: int
    left_out: int


def make_examples(
    material: Material,
    questions: Sequence[int],
    rankings: Mapping[int, Sequence[int]],
    *,
    negatives: int,
    uses_unjudged: bool,
) -> Examples:
    """Return the examples of some questions.

    Args:
        material: Questions and grades.
        questions: The questions to learn from.
        rankings: What the encoder as it is finds for each of them, best first.
        negatives: Hard negatives of an example at most.
        uses_unjudged: Whether segments that nobody judged may be hard negatives where their lecture has no
            relevant segment.
    """
    examples: list[Example] = []
    judged = others = left_out = 0
    for question in questions:
        relevant = material.relevant(question)
        if not relevant:
            continue
        irrelevant, unjudged, doubtful = _mined(material, question, relevant, rankings.get(question, ()))
        if not uses_unjudged:
            doubtful, unjudged = doubtful + len(unjudged), []
        hard = (irrelevant + unjudged)[:negatives]
        judged += min(len(irrelevant), negatives)
        others += len(hard) - min(len(irrelevant), negatives)
        left_out += doubtful
        examples += [Example(question, segment, tuple(hard)) for segment in relevant[:POSITIVES]]
    return Examples(tuple(examples), judged, others, left_out)


def _mined(
    material: Material, question: int, relevant: Sequence[int], ranking: Sequence[int]
) -> tuple[list[int], list[int], int]:
    """Return segments judged irrelevant, unjudged ones of other lectures, and how many are doubtful."""
    segments, grades = material.segments, material.grades[question]
    texts = {segments.hash_of(segment) for segment in relevant}
    lectures = {segments.lecture_of(segment) for segment in relevant}
    top = [int(segment) for segment in ranking[:MINED_DEPTH]]
    # A judged segment is a negative wherever it ranks; the hardest come first.
    below = [segment for segment in grades if segment not in set(top)]
    irrelevant = [
        segment
        for segment in [*top, *below]
        if segment in grades
        and grades[segment] < material.relevant_from
        and segments.hash_of(segment) not in texts
    ]
    unjudged, doubtful = [], 0
    for segment in top:
        if segment in grades:
            continue
        lecture = segments.lecture_of(segment)
        if not lecture or lecture in lectures or segments.hash_of(segment) in texts:
            doubtful += 1
        else:
            unjudged.append(segment)
    return irrelevant, unjudged, doubtful


def batches(material: Material, examples: Sequence[Example], size: int, seed: int) -> list[list[Example]]:
    """Return the examples in batches for in-batch negatives, in an order of the seed.

    In a batch each example's positive is a negative of all others. So no two have the same question, and
    none has a positive that shares its text or its lecture with a relevant segment of another's question.

    Args:
        material: Questions and grades.
        examples: What to share out.
        size: Examples of a batch at most.
        seed: Of the order.
    """
    order = list(examples)
    random.Random(seed).shuffle(order)
    known = {question: _known(material, question) for question in {one.question for one in order}}
    full: list[_Batch] = []
    unfilled: list[_Batch] = []
    for example in order:
        names = _names(material, example.positive)
        batch = next((one for one in unfilled if one.takes(example.question, names, known)), None)
        if batch is None:
            batch = _Batch()
            unfilled.append(batch)
        batch.add(example, names, known[example.question])
        if len(batch.examples) == size:
            unfilled.remove(batch)
            full.append(batch)
        elif len(unfilled) > _UNFILLED:
            full.append(unfilled.pop(0))
    return [batch.examples for batch in full + unfilled]


class _Batch:
    """A batch that is being filled: its examples, the names of their positives, and what is known of them."""

    def __init__(self) -> None:
        self.examples: list[Example] = []
        self._questions: set[int] = set()
        self._positives: set[str] = set()
        self._known: set[str] = set()

    def takes(self, question: int, names: frozenset[str], known: Mapping[int, frozenset[str]]) -> bool:
        return (
            question not in self._questions
            and self._known.isdisjoint(names)
            and self._positives.isdisjoint(known[question])
        )

    def add(self, example: Example, names: frozenset[str], known: frozenset[str]) -> None:
        self.examples.append(example)
        self._questions.add(example.question)
        self._positives |= names
        self._known |= known


def _known(material: Material, question: int) -> frozenset[str]:
    return frozenset().union(*(_names(material, segment) for segment in material.relevant(question)))


def _names(material: Material, segment: int) -> frozenset[str]:
    """Return a segment's text and lecture under names that never mix."""
    lecture = material.segments.lecture_of(segment)
    return frozenset(
        {f"text {material.segments.hash_of(segment)}"} | ({f"of {lecture}"} if lecture else set())
    )
