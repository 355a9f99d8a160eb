"""Training examples: a question, a segment that answers it, and segments that look as if they did."""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard.retrieval.finetuning.material import Material

POSITIVES = 8
"""Relevant segments that a question takes part with at most, or a long lecture would outweigh the others."""

NEGATIVES = 4
MINED_DEPTH = 50
"""Ranks among which hard negatives are looked for."""

_OPEN_BATCHES = 8


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
        left_out: Unjudged segments that ranked high but share a lecture, or a text, with a relevant one:
            they may well be relevant, so they are no negatives.
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
    negatives: int = NEGATIVES,
) -> Examples:
    """Return the examples of some questions.

    Args:
        material: Questions and grades.
        questions: The questions to learn from.
        rankings: What the encoder as it is finds for each of them, best first.
        negatives: Hard negatives of an example at most.
    """
    examples: list[Example] = []
    judged = others = left_out = 0
    for question in questions:
        relevant = material.relevant(question)
        if not relevant:
            continue
        irrelevant, unjudged, doubtful = _mined(material, question, relevant, rankings.get(question, ()))
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
    known = {one.question: _known(material, one.question) for one in order}
    names = {one.positive: _names(material, one.positive) for one in order}
    full: list[list[Example]] = []
    open_: list[list[Example]] = []
    for example in order:
        batch = next((batch for batch in open_ if _fits(example, batch, known, names)), None)
        if batch is None:
            batch = []
            open_.append(batch)
        batch.append(example)
        if len(batch) == size:
            open_.remove(batch)
            full.append(batch)
        elif len(open_) > _OPEN_BATCHES:
            full.append(open_.pop(0))
    return full + open_


def _fits(
    example: Example,
    batch: Sequence[Example],
    known: Mapping[int, frozenset[str]],
    names: Mapping[int, frozenset[str]],
) -> bool:
    return all(
        other.question != example.question
        and not names[other.positive] & known[example.question]
        and not names[example.positive] & known[other.question]
        for other in batch
    )


def _known(material: Material, question: int) -> frozenset[str]:
    return frozenset().union(*(_names(material, segment) for segment in material.relevant(question)))


def _names(material: Material, segment: int) -> frozenset[str]:
    """Return a segment's text and lecture under names that never mix."""
    lecture = material.segments.lecture_of(segment)
    return frozenset(
        {f"text {material.segments.hash_of(segment)}"} | ({f"of {lecture}"} if lecture else set())
    )
