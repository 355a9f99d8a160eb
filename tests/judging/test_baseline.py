import json
import math
import subprocess
import sys
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from dashboard.errors import CalibrationError
from dashboard.judging.baseline import (
    FOLDS,
    Baseline,
    Example,
    Features,
    Regression,
    features,
    fit,
    fold_of,
)
from dashboard.labels import ORDERED, Label, code

LABEL_OF = {"I": Label.INCORRECT, "P": Label.PARTIAL, "C": Label.CORRECT}


def _example(number: int, label: Label, values: np.ndarray) -> Example:
    return Example(f"pergunta {number}", Features(*(float(value) for value in values)), label)


def _examples(
    n: int, label: Callable[[np.random.Generator, np.ndarray], int], seed: int = 1
) -> list[Example]:
    """Make answers with random cosines, whose labels follow from a function of them."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(0.6, 0.95, (n, 3))
    return [_example(number, ORDERED[label(rng, row)], row) for number, row in enumerate(values)]


def _by_nearness(rng: np.random.Generator, values: np.ndarray) -> int:
    """Label by the cosine between answer and segment, with some error."""
    return int(np.digitize(values[1] + rng.normal(0, 0.03), [0.72, 0.85]))


def _by_chance(rng: np.random.Generator, values: np.ndarray) -> int:
    return int(rng.integers(3))


def _in_fold(fold: int, count: int) -> list[int]:
    """Return the first numbers whose questions are dealt into a fold."""
    numbers = (number for number in range(10_000) if fold_of(f"pergunta {number}", FOLDS) == fold)
    return [next(numbers) for _ in range(count)]


def test_the_probabilities_are_those_of_the_stored_numbers() -> None:
    regression = Regression(
        ORDERED, (math.log(1), math.log(2), math.log(3)), ((0, 0, 0), (0, 0, 0), (2, 0, 0))
    )
    found = regression.guess(Features(math.log(2) / 2, 0.5, 0.5))
    # Odds 1 : 2 : 6.
    assert found.label == Label.CORRECT
    assert found.probabilities == pytest.approx({"I": 1 / 9, "P": 2 / 9, "C": 6 / 9})
    assert found.score == pytest.approx(0.5 * 2 / 9 + 6 / 9)


def test_of_equally_probable_labels_the_worst_is_given() -> None:
    found = Regression(ORDERED, (0.0, 1.0, 1.0), ((0, 0, 0),) * 3).guess(Features(0.1, 0.2, 0.3))
    assert found.label == Label.PARTIAL


def test_scores_stay_within_their_bounds_for_extreme_numbers() -> None:
    for slope in (1e6, -1e6):
        found = Regression(ORDERED, (0.0, 0.0, 0.0), ((0, 0, 0), (0, 0, 0), (slope, 0, 0))).guess(
            Features(1.0, 0.0, 0.0)
        )
        assert 0.0 <= found.score <= 1.0
        assert sum(found.probabilities.values()) == pytest.approx(1.0)


@pytest.mark.parametrize("labels", ["IPC", "IC", "PC"])
def test_each_fold_is_judged_as_scikit_learn_does_without_it(labels: str) -> None:
    examples = [
        one for one in _examples(200, _by_nearness) if one.label in {LABEL_OF[label] for label in labels}
    ]
    found = fit(examples)
    for fold in range(FOLDS):
        seen = [one for one in examples if fold_of(one.question, FOLDS) != fold]
        held = [one for one in examples if fold_of(one.question, FOLDS) == fold]
        values = np.array([one.features for one in seen])
        mean, scale = values.mean(axis=0), values.std(axis=0)
        peer = LogisticRegression(tol=1e-10, max_iter=10_000).fit(
            (values - mean) / scale, [code(one.label) for one in seen]
        )
        wanted = peer.predict_proba((np.array([one.features for one in held]) - mean) / scale)
        guesses = [found.judge(one.question, one.features) for one in held]
        assert [list(guess.probabilities) for guess in guesses] == [[*labels]] * len(held)
        assert np.array([list(guess.probabilities.values()) for guess in guesses]) == pytest.approx(
            wanted, abs=1e-5
        )


def test_stored_numbers_judge_the_same_to_the_last_digit() -> None:
    examples = _examples(60, _by_nearness)
    found = fit(examples)
    stored = found.to_json()
    again = Baseline.from_json(json.loads(json.dumps(stored)))
    assert again == found
    assert again.to_json() == stored == json.loads(json.dumps(stored))
    assert [again.judge(one.question, one.features) for one in examples] == [
        found.judge(one.question, one.features) for one in examples
    ]


def test_the_order_of_the_labels_does_not_matter() -> None:
    examples = _examples(60, _by_nearness)
    assert fit(examples[::-1]) == fit(examples)


def test_a_questions_labels_have_no_part_in_its_own_judgement() -> None:
    examples = _examples(100, _by_nearness)
    changed = [
        one._replace(label=Label.INCORRECT) if fold_of(one.question, FOLDS) == 2 else one for one in examples
    ]
    before, after = fit(examples), fit(changed)
    assert before.folds[2] == after.folds[2]
    assert all(before.folds[fold] != after.folds[fold] for fold in (0, 1, 3, 4))


def test_labels_by_chance_are_not_found_again() -> None:
    """Cross-fitted, the baseline is right by chance; judging what it was fitted to it would look better."""

    def share_right(judge: Callable[[Example], Label], examples: list[Example]) -> float:
        return float(np.mean([judge(one) == one.label for one in examples]))

    cross, within = [], []
    for seed in range(20):
        examples = _examples(30, _by_chance, seed)
        found = fit(examples)
        cross.append(
            share_right(lambda one, found=found: found.judge(one.question, one.features).label, examples)
        )
        other = found.folds[0]
        seen = [one for one in examples if fold_of(one.question, FOLDS) != 0]
        within.append(share_right(lambda one, other=other: other.guess(one.features).label, seen))
    assert np.mean(cross) == pytest.approx(1 / 3, abs=0.05)
    assert np.mean(within) > np.mean(cross) + 0.1


def test_a_label_of_one_fold_alone_is_unknown_to_that_folds_regression() -> None:
    rare = _in_fold(3, 2)
    examples = [
        one._replace(label=Label.PARTIAL if number in rare else ORDERED[number % 2 * 2])
        for number, one in enumerate(_examples(40, _by_nearness))
    ]
    found = fit(examples)
    assert found.folds[3].labels == (Label.INCORRECT, Label.CORRECT)
    assert found.folds[0].labels == ORDERED


def test_a_cosine_that_never_varies_does_no_harm() -> None:
    examples = [
        one._replace(features=one.features._replace(question_segment=0.8))
        for one in _examples(40, _by_nearness)
    ]
    assert all(row[2] == 0.0 for fold in fit(examples).folds for row in fold.weights)


@pytest.mark.parametrize(
    ("labels", "found"),
    [
        ({}, "I 0, P 0, C 0 on 0 questions"),
        (dict.fromkeys(range(50), "C"), "I 0, P 0, C 50 on 50 questions"),
        ({number: "IC"[number % 2] for number in range(9)}, "I 5, P 0, C 4 on 9 questions"),
        (
            dict.fromkeys(range(50), "C") | dict.fromkeys(_in_fold(1, 3), "I"),
            "I 3, P 0, C 47 on 50 questions",
        ),
    ],
)
def test_too_few_labels_are_refused_with_what_was_found(labels: dict[int, str], found: str) -> None:
    rng = np.random.default_rng(1)
    examples = [_example(number, LABEL_OF[one], rng.uniform(size=3)) for number, one in labels.items()]
    with pytest.raises(CalibrationError, match=f"too few: {found}. Label answers to at least 10 questions"):
        fit(examples)


def test_the_features_are_cosines_and_the_nearest_segment_counts() -> None:
    question, answer = np.array([1.0, 0.0]), np.array([0.6, 0.8])
    segments = np.array([[0.0, 1.0], [0.8, 0.6], [-1.0, 0.0]], dtype=np.float32)
    assert features(question, answer, segments) == pytest.approx((0.6, 0.96, 0.8))
    with pytest.raises(ValueError):
        features(question, answer, segments[:0])


def test_judging_does_not_load_scikit_learn() -> None:
    code = (
        "import sys; from dashboard.judging.baseline import *; "
        "Regression((Label.CORRECT,), (0.0,), ((0.0, 0.0, 0.0),)).guess(Features(1, 1, 1)); "
        "print('sklearn' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "False\n"
