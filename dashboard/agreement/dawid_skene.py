"""The most likely label of each answer, by how reliable each annotator proves to be."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .table import MISSING, Array, Codes, as_codes, distinct, ratio

SMOOTHING = 0.1
"""Labels added to each wrong cell of each confusion matrix before its rows are divided."""

RIGHT = 10.0
"""How many times as many are added to its diagonal: people are right more often than wrong."""

TOLERANCE = 1e-6
"""The estimate stands when no posterior moves farther than this in one iteration."""

ITERATIONS = 500
"""Where the estimate stops if it does not settle before."""

TIE = 1e-9
"""Labels whose posteriors differ by no more than this are equally likely."""


@dataclass(frozen=True, slots=True)
class DawidSkene:
    """What the labels say of answers and annotators under the model of Dawid and Skene.

    Attributes:
        posterior: Probability of each label of each answer, shape (answers, k); rows sum to 1, and
            are the prevalence where nobody labelled.
        chosen: The most likely label's code, shape (answers,); `MISSING` where nobody labelled or
            the most likely labels are equally likely.
        confidence: The chosen label's posterior, above 1/k to 1; NaN where none is chosen.
        confusion: Each annotator's probability of giving a label (last axis) to an answer whose
            label it truly is (middle axis), shape (annotators, k, k); rows sum to 1, and are
            the prior, or uniform without one, where nothing is known.
        prevalence: Share of each label among the labelled answers, shape (k,); sums to 1.
        iterations: How many rounds of the EM algorithm were made.
        converged: Whether it settled within `TOLERANCE`.
    """

    posterior: Array
    chosen: Codes
    confidence: Array
    confusion: Array
    prevalence: Array
    iterations: int
    converged: bool


def dawid_skene(ratings: ArrayLike, k: int, *, smoothing: float = SMOOTHING) -> DawidSkene:
    """Return posterior labels and annotators' errors from labels with gaps; see `dawid_skene_votes`.

    Args:
        ratings: Codes of shape (answers, annotators); NaN, None or `MISSING` where there is no label.
        k: Number of categories.
        smoothing: Labels added to each wrong cell of a confusion matrix, at least 0.

    Raises:
        ValueError: If a code is out of range.
    """
    codes = as_codes(ratings, k)
    return dawid_skene_votes(codes[..., None] == np.arange(k), smoothing=smoothing)


def dawid_skene_votes(votes: ArrayLike, *, smoothing: float = SMOOTHING) -> DawidSkene:
    """Return posterior labels and annotators' errors from counts (Dawid and Skene 1979).

    Every answer has one true label; every annotator gives labels with probabilities that depend
    on it alone, independently of the others. The EM algorithm starts from each answer's shares of
    labels and finds a (local) maximum of the likelihood, so the same labels always give the same
    result. The categories are nominal. With fewer than three annotators on the same answers the
    errors are not identified (of a lone annotator's labels a rare one may even be overruled), and
    with few answers the confidence is too high.

    Smoothing adds `smoothing` labels to each wrong cell of every confusion matrix and `RIGHT` times
    as many to its diagonal (a Dirichlet prior), so that few labels do not make an error
    impossible. 0 is maximum likelihood as published; the prevalence is never smoothed.

    Source: Maximum likelihood estimation of observer error-rates using the EM algorithm,
    Applied Statistics 28(1), 20-28.

    Args:
        votes: How often each annotator gave each label to each answer, shape
            (answers, annotators, k).
        smoothing: Labels added to each wrong cell of a confusion matrix, at least 0.
    """
    counts = np.asarray(votes, dtype=np.int64)
    n, people, k = counts.shape
    labelled = counts.any(axis=(1, 2))
    # Answers labelled alike share a posterior: the cost follows the patterns, not the answers.
    patterns, pattern, times = distinct(counts[labelled])
    given = patterns.reshape(len(patterns), people * k).astype(np.float64)
    found = _shares(patterns.sum(axis=1))
    prior = smoothing * np.where(np.eye(k) > 0, RIGHT, 1.0)
    converged, iterations = False, 0
    while not converged and iterations < ITERATIONS:
        iterations += 1
        weighted = found * times[:, None]
        prevalence = _shares(weighted.sum(axis=0))
        confusion = _shares((weighted.T @ given).reshape(k, people, k).swapaxes(0, 1) + prior)
        before, found = found, _posterior(given, prevalence, confusion)
        converged = bool(np.abs(found - before).max(initial=0.0) < TOLERANCE)

    posterior = np.tile(prevalence, (n, 1))
    posterior[labelled] = found[pattern]
    best = posterior.max(axis=1)
    clear = labelled & ((posterior >= best[:, None] - TIE).sum(axis=1) == 1)
    chosen = np.where(clear, posterior.argmax(axis=1), MISSING)
    confidence = np.where(clear, best, np.nan)
    return DawidSkene(posterior, chosen, confidence, confusion, prevalence, iterations, converged)


def _posterior(given: Array, prevalence: Array, confusion: Array) -> Array:
    # The smallest number stands for zero, because a label nobody gave must not make 0 * -inf.
    tiny = np.finfo(np.float64).tiny
    errors = np.log(np.maximum(confusion, tiny)).swapaxes(1, 2).reshape(given.shape[1], len(prevalence))
    joint = np.log(np.maximum(prevalence, tiny)) + given @ errors
    return _shares(np.exp(joint - joint.max(axis=1, keepdims=True)))


def _shares(amounts: Array | Codes) -> Array:
    counts = np.asarray(amounts, dtype=np.float64)
    shares = ratio(counts, counts.sum(axis=-1, keepdims=True))
    return np.nan_to_num(shares, nan=1.0 / counts.shape[-1])
