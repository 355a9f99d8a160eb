"""Which segments an encoder learns to find, and which it learns to leave."""

import numpy as np
import pytest

from dashboard.retrieval.finetuning.material import Material, Segments
from dashboard.retrieval.finetuning.pairs import Example, batches, make_examples

SEGMENTS = Segments(
    np.arange(1, 9), ["h1", "h2", "h3", "h4", "h5", "h6", "h7", "h1"], ["a", "a", "b", "b", "c", "c", "", "d"]
)
"""Eight segments of the lectures a to d; 7 has no lecture, and 8 repeats the text of 1."""


def material(grades, relevant_from=2):
    return Material({one: f"q{one}" for one in grades}, grades, relevant_from, SEGMENTS, "people")


@pytest.fixture
def graded():
    return material({1: {1: 3, 2: 2, 3: 1, 5: 0}})


RANKING = {1: [2, 6, 8, 7, 5, 1, 4]}


def test_relevant_segments_are_positives_best_grade_first_and_judged_ones_negatives(graded):
    found = make_examples(graded, [1], RANKING, negatives=4, uses_unjudged=False)
    # 5 ranks among what was found; 3 was judged irrelevant without having been found.
    assert found.examples == (Example(1, 1, (5, 3)), Example(1, 2, (5, 3)))
    # 6, 8, 7 and 4 ranked high, and nobody judged them.
    assert (found.judged, found.other_lectures, found.left_out) == (2, 0, 4)


def test_unjudged_segments_are_negatives_only_when_asked_for_and_only_of_other_lectures(graded):
    found = make_examples(graded, [1], RANKING, negatives=4, uses_unjudged=True)
    # 8 repeats a relevant text and 7 has no lecture: both stay out. 4 and 6 are of other lectures.
    assert found.examples[0].negatives == (5, 3, 6, 4)
    assert (found.judged, found.other_lectures, found.left_out) == (2, 2, 2)


def test_unjudged_segments_of_a_relevant_lecture_are_never_negatives():
    found = make_examples(material({1: {1: 3}}), [1], {1: [2, 1]}, negatives=4, uses_unjudged=True)
    assert found.examples == (Example(1, 1, ()),) and found.left_out == 1


def test_only_the_questions_asked_for_give_examples():
    both = material({1: {1: 3}, 2: {3: 3}})
    found = make_examples(both, [2], {}, negatives=4, uses_unjudged=True)
    assert [one.question for one in found.examples] == [2]


def test_no_batch_makes_a_relevant_segment_somebody_elses_negative():
    shared = material({1: {1: 3}, 2: {2: 3}, 3: {3: 3}, 4: {8: 3}, 5: {5: 3}})
    examples = make_examples(shared, [1, 2, 3, 4, 5], {}, negatives=0, uses_unjudged=False).examples
    found = batches(shared, examples, size=4, seed=5)
    assert sorted(one.question for batch in found for one in batch) == [1, 2, 3, 4, 5]
    for batch in found:
        together = {one.question for one in batch}
        # 1 and 2 are answered in one lecture, and 1 and 4 by one text.
        assert not {1, 2} <= together and not {1, 4} <= together
        assert len(together) == len(batch) <= 4


def test_the_order_of_batches_follows_from_the_seed():
    many = material({one: {one: 3} for one in (1, 3, 5)})
    examples = make_examples(many, [1, 3, 5], {}, negatives=0, uses_unjudged=False).examples
    assert batches(many, examples, 2, 1) == batches(many, examples, 2, 1)
    assert len({str(batches(many, examples, 2, seed)) for seed in range(8)}) > 1
