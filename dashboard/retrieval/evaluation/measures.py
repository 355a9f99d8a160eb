"""Measures of a ranking against relevance grades, one value per question, computed by ir-measures."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]

Grades = Mapping[int, Mapping[int, int]]
"""Question to segment to relevance grade, 0 (unrelated) and up; a segment without one is unjudged."""

Rankings = Mapping[int, Sequence[int]]
"""Question to segments, best first."""

NDCG, MRR, PRECISION, RECALL, SUCCESS, JUDGED = "nDCG", "MRR", "P", "recall", "success", "judged"

MEASURES = (NDCG, MRR, PRECISION, RECALL, SUCCESS, JUDGED)
"""The names without their cut-off, in the order in which they are shown."""


def named(measure: str, k: int) -> str:
    """Return a measure with its cut-off, such as nDCG@10."""
    return f"{measure}@{k}"


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured.

    Attributes:
        questions: The questions, in ascending order.
        values: Under each name, such as nDCG@10, one value per question; NaN where it is undefined.
    """

    questions: tuple[int, ...]
    values: Mapping[str, Array]


def measure(grades: Grades, rankings: Rankings, *, k: int = 10, relevant_from: int = 1) -> Measured:
    """Measure rankings question by question.

    A question counts when it has a grade and a ranking; an empty ranking is one that found nothing.

    - nDCG@k (Järvelin and Kekäläinen 2002): the sum of grade / log2(rank + 1) over the first k, as a share
      of the best possible sum. Undefined where every grade is 0.
    - MRR@k (Voorhees 1999): 1 / rank of the first relevant segment, 0 when none is among the first k.
    - P@k: relevant segments among the first k, divided by k even when fewer were found.
    - recall@k: the share of all segments known to be relevant that is among the first k. Undefined where
      none is known.
    - success@k, also hit@k (Craswell and Hawking 2004): 1 when a relevant segment is among the first k,
      else 0.
    - judged@k (after the residual of Moffat and Zobel 2008): the share of the first k that has a grade.
      Undefined where nothing was found.

    The other measures take an unjudged segment for one that is not relevant, as ir-measures (MacAvaney et
    al. 2022) and trec_eval do, so they are lower bounds wherever judged@k is below 1.

    Args:
        grades: What is known of the segments.
        rankings: What was found; of a segment that comes twice, the first place counts. The order given is
            what is measured, whatever ties there were in the scores.
        k: How many of the first places are looked at, 1 or more.
        relevant_from: The lowest grade that counts as relevant in the measures that know only yes and no.
    """
    questions = tuple(sorted(question for question in rankings if grades.get(question)))
    found = {question: list(dict.fromkeys(rankings[question]))[:k] for question in questions}
    places = {question: place for place, question in enumerate(questions)}
    values = {named(name, k): np.zeros(len(questions)) for name in MEASURES}
    for question, segments in found.items():
        given = grades[question].values()
        if not any(grade > 0 for grade in given):
            values[named(NDCG, k)][places[question]] = math.nan
        if not any(grade >= relevant_from for grade in given):
            values[named(RECALL, k)][places[question]] = math.nan
        if not segments:
            values[named(JUDGED, k)][places[question]] = math.nan
    for question, name, value in _computed(grades, found, k, relevant_from):
        if not math.isnan(values[name][places[question]]):
            values[name][places[question]] = value
    return Measured(questions, values)


def _computed(
    grades: Grades, found: Mapping[int, Sequence[int]], k: int, relevant_from: int
) -> Iterable[tuple[int, str, float]]:
    import ir_measures
    from ir_measures import RR, Judged, P, R, Success, nDCG

    names = {
        nDCG @ k: NDCG,
        RR(rel=relevant_from) @ k: MRR,
        P(rel=relevant_from) @ k: PRECISION,
        R(rel=relevant_from) @ k: RECALL,
        Success(rel=relevant_from) @ k: SUCCESS,
        Judged @ k: JUDGED,
    }
    # What found nothing is left out: its values are known, and the providers each treat it otherwise.
    searched = {question: segments for question, segments in found.items() if segments}
    if not searched:
        return
    qrels = {
        str(question): {str(segment): grade for segment, grade in grades[question].items()}
        for question in searched
    }
    # Strictly falling scores, because the providers each break ties in another way.
    run = {
        str(question): {str(segment): float(len(segments) - place) for place, segment in enumerate(segments)}
        for question, segments in searched.items()
    }
    for metric in ir_measures.iter_calc(list(names), qrels, run):
        yield int(metric.query_id), named(names[metric.measure], k), float(metric.value)
