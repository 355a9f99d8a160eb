"""The embedding baseline: a label from three cosines, which any judge worth its price should beat.

Multinomial logistic regression maps the cosines to people's labels. It is cross-fitted by question: questions
are dealt into folds by their text, and an answer is judged by the model fitted without its question's fold.
A model judging the very answers that it was fitted to has seen their labels, and would flatter itself against
judges that have not; cross-fitted, the agreement of the baseline with the labels it was calibrated on is that
on unseen questions. Whole questions are dealt because answers to one question are alike.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np
import numpy.typing as npt

from dashboard.errors import N_, CalibrationError
from dashboard.labels import ORDERED, STYLES, Label, code

FOLDS = 5
"""Parts into which the questions are dealt; each model is fitted to all but one."""

QUESTIONS = 10
"""Fewer labelled questions than this say too little to fit anything to."""

DECIMALS = 9
"""Of the fitted numbers: the solver's last digits depend on the machine and mean nothing."""

Vector = npt.NDArray[np.floating[Any]]


class Features(NamedTuple):
    """What the baseline sees of an answer: three cosines."""

    question_answer: float
    answer_segment: float
    """Between the answer and the nearest of its segments."""
    question_segment: float
    """Between the question and the nearest segment."""


class Example(NamedTuple):
    """An answer with a label of people. `question` is the hash of the question's text."""

    question: str
    features: Features
    label: Label


class Guess(NamedTuple):
    """What the baseline says of an answer."""

    label: Label
    """The most probable one; of equally probable ones the worst."""
    score: float
    """The expected number of the label, in [0, 1]."""
    probabilities: dict[Label, float]


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted multinomial regression.

    Attributes:
        labels: Labels that it can give, in their order; those it was fitted to.
        intercepts: One for each label.
        weights: For each label one for each feature.
    """

    labels: tuple[Label, ...]
    intercepts: tuple[float, ...]
    weights: tuple[tuple[float, ...], ...]

    def guess(self, features: Features) -> Guess:
        """Return label, score and probabilities, by plain sums, so the same numbers on every machine."""
        logits = [
            intercept + math.fsum(weight * value for weight, value in zip(row, features, strict=True))
            for intercept, row in zip(self.intercepts, self.weights, strict=True)
        ]
        highest = max(logits)
        odds = [math.exp(logit - highest) for logit in logits]
        total = sum(odds)
        score = sum(STYLES[label].number * odd for label, odd in zip(self.labels, odds, strict=True)) / total
        probabilities = {label: odd / total for label, odd in zip(self.labels, odds, strict=True)}
        return Guess(self.labels[odds.index(max(odds))], score, probabilities)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The fitted baseline: plain numbers that judge without scikit-learn.

    Attributes:
        folds: The regression for each fold's questions, fitted without them.
    """

    folds: tuple[Regression, ...]

    def judge(self, question: str, features: Features) -> Guess:
        """Judge an answer by the regression that saw no label of its question.

        Args:
            question: Hash of the question's text.
            features: The answer's cosines.
        """
        return self.folds[fold_of(question, len(self.folds))].guess(features)

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values, from which `from_json` makes a baseline that judges the same."""
        return {
            "folds": [
                {
                    "labels": [label.value for label in fold.labels],
                    "intercepts": list(fold.intercepts),
                    "weights": [list(row) for row in fold.weights],
                }
                for fold in self.folds
            ]
        }

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> "Baseline":
        """Return the baseline that `to_json` wrote."""
        return cls(
            tuple(
                Regression(
                    tuple(Label(label) for label in fold["labels"]),
                    tuple(fold["intercepts"]),
                    tuple(tuple(row) for row in fold["weights"]),
                )
                for fold in found["folds"]
            )
        )


def features(question: Vector, answer: Vector, segments: Vector) -> Features:
    """Return the cosines of an answer.

    Args:
        question: Vector of length 1, encoded as a query.
        answer: Vector of length 1, encoded as a passage.
        segments: The answer's segments, one such vector a row, at least one.

    Raises:
        ValueError: There is no segment; the baseline cannot judge such an answer.
    """
    asked, said, shown = (np.asarray(one, dtype=np.float64) for one in (question, answer, segments))
    return Features(float(asked @ said), float((shown @ said).max()), float((shown @ asked).max()))


def fold_of(question: str, folds: int) -> int:
    """Return the fold of a question, which follows from the hash of its text alone."""
    return crc32(question.encode()) % folds


def fit(examples: Sequence[Example], folds: int = FOLDS) -> Baseline:
    """Fit the baseline to people's labels; the same examples in any order give the same numbers.

    Args:
        examples: Answers with their labels.
        folds: Parts into which the questions are dealt.

    Raises:
        CalibrationError: There are too few labels, or too few different ones.
    """
    _check(examples, folds)
    ordered = sorted(examples)
    dealt = [fold_of(example.question, folds) for example in ordered]
    return Baseline(
        tuple(
            _regression([one for one, own in zip(ordered, dealt, strict=True) if own != fold])
            for fold in range(folds)
        )
    )


def _check(examples: Sequence[Example], folds: int) -> None:
    """Refuse labels of which some fold's regression would see fewer than two different ones."""
    questions = {example.question for example in examples}
    spread: defaultdict[Label, set[int]] = defaultdict(set)
    for example in examples:
        spread[example.label].add(fold_of(example.question, folds))
    if len(questions) >= QUESTIONS and sum(len(found) > 1 for found in spread.values()) > 1:
        return
    counts = Counter(example.label for example in examples)
    raise CalibrationError(
        N_(
            "The embedding baseline learns from people's labels, and these are too few: {found} on "
            "{questions} questions. Label answers to at least {needed} questions, with at least two "
            "different labels, each on several questions."
        ),
        found=", ".join(f"{label} {counts[label]}" for label in ORDERED),
        questions=len(questions),
        needed=QUESTIONS,
    )


def _regression(examples: Sequence[Example]) -> Regression:
    """Fit one regression; the features are standardised for that, the weights are those of plain cosines."""
    from sklearn.linear_model import LogisticRegression

    values = np.array([example.features for example in examples], dtype=np.float64)
    codes = np.array([code(example.label) for example in examples])
    mean, scale = values.mean(axis=0), values.std(axis=0)
    scale[scale < 1e-9] = 1.0
    # Newton's method is exact enough for the same numbers whatever the order of the answers.
    solver = LogisticRegression(solver="newton-cholesky", tol=1e-8)
    fitted = solver.fit((values - mean) / scale, codes)
    weights, intercepts = fitted.coef_ / scale, fitted.intercept_
    if len(weights) == 1:
        # Of two labels scikit-learn gives the second one's numbers; the first one's are zero.
        weights, intercepts = np.vstack([np.zeros(3), weights]), np.append(0.0, intercepts)
    intercepts = intercepts - weights @ mean
    return Regression(
        tuple(ORDERED[found] for found in fitted.classes_),
        tuple(intercepts.round(DECIMALS).tolist()),
        tuple(tuple(row) for row in weights.round(DECIMALS).tolist()),
    )
