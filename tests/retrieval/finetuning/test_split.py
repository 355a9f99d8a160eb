import pytest

from dashboard.errors import TuningError
from dashboard.retrieval.finetuning.split import split_questions

QUESTIONS = {number: f"pergunta {number}" for number in range(1, 41)}


def parts(split):
    return [set(split.train), set(split.validation), set(split.test)]


def test_every_question_is_in_one_part_and_half_are_held_out():
    train, validation, test = parts(split_questions(QUESTIONS, seed=3))
    assert train | validation | test == set(QUESTIONS)
    assert (len(train), len(validation), len(test)) == (14, 6, 20)


def test_questions_that_read_the_same_are_never_in_two_parts():
    doubled = QUESTIONS | {number + 100: f"  Pergunta   {number}? " for number in range(1, 41)}
    for seed in range(5):
        for part in parts(split_questions(doubled, seed)):
            assert {number % 100 for number in part if number > 100} == {n for n in part if n < 100}


def test_the_seed_alone_decides_and_another_splits_otherwise():
    reordered = dict(reversed(QUESTIONS.items()))
    assert split_questions(QUESTIONS, 1) == split_questions(reordered, 1) != split_questions(QUESTIONS, 2)


def test_too_few_different_questions_are_refused_with_their_number():
    with pytest.raises(TuningError, match="Only 2 different questions"):
        split_questions({number: f"a{number % 2}" for number in range(30)}, 0)
