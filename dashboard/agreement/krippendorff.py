"""Krippendorff's alpha for nominal, ordinal and equally spaced labels."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from .table import MISSING, Array, Codes, as_codes, ratio

Level = Literal["nominal", "ordinal", "interval"]


def alpha(coincidences: Array, level: Level) -> Array:
    """Return alpha from coincidence matrices (Krippendorff 2011).

    One minus observed over expected disagreement, where expectation pairs the given labels at
    random regardless of who gave them. Nominal labels all differ alike. The ordinal distance
    between two labels is the squared difference of their mean ranks among all labels given, the
    interval distance that of their places on the scale, whose steps count as equal.

    Args:
        coincidences: Symmetric matrices of shape (..., k, k), see `coincidences`.
        level: What the labels measure: "nominal", "ordinal" or "interval".

    Returns:
        Coefficients of at most 1, 0 at chance level, shape (...). NaN where no item has two
        labels or where only one label was ever given.
    """
    given = coincidences.sum(axis=-1)
    n = given.sum(axis=-1)
    k = given.shape[-1]
    if level == "nominal":
        distance = np.broadcast_to(1.0 - np.eye(k), coincidences.shape)
    else:
        places = given.cumsum(axis=-1) - given / 2.0 if level == "ordinal" else np.arange(float(k))
        distance = (places[..., :, None] - places[..., None, :]) ** 2
    observed = (coincidences * distance).sum(axis=(-2, -1))
    expected = (given[..., :, None] * given[..., None, :] * distance).sum(axis=(-2, -1))
    return np.asarray(1.0 - (n - 1.0) * ratio(observed, expected))


def alpha_nominal(table: Array | Codes) -> Array:
    """Return nominal alpha of two raters from counts of shape (..., k, k); see `alpha`."""
    return alpha(_both_ways(table), "nominal")


def alpha_ordinal(table: Array | Codes) -> Array:
    """Return ordinal alpha of two raters from counts of shape (..., k, k); see `alpha`."""
    return alpha(_both_ways(table), "ordinal")


def alpha_interval(table: Array | Codes) -> Array:
    """Return interval alpha of two raters from counts of shape (..., k, k); see `alpha`."""
    return alpha(_both_ways(table), "interval")


def item_coincidences(codes: Codes, k: int) -> Array:
    """Return what each item adds to the coincidence matrix.

    Args:
        codes: Labels of shape (items, raters), `MISSING` where a rater gave none.
        k: Number of categories.

    Returns:
        Matrices of shape (items, k, k): all ordered pairs of labels on the item, divided by the
        number of its labels less one. Zero for items with fewer than two labels.
    """
    given = label_counts(codes, k)
    raters = given.sum(axis=1)
    pairs = given[:, :, None] * given[:, None, :] - given[:, :, None] * np.eye(k)
    return np.asarray(pairs / np.maximum(raters - 1.0, 1.0)[:, None, None])


def label_counts(codes: Codes, k: int) -> Array:
    """Return how many raters gave each label to each item, shape (items, k)."""
    rows, _ = np.nonzero(codes != MISSING)
    cells = rows * k + codes[codes != MISSING]
    counts = np.bincount(cells, minlength=len(codes) * k).reshape(len(codes), k)
    return counts.astype(np.float64)


def coincidences(ratings: ArrayLike, k: int) -> Array:
    """Return the coincidence matrix of any number of raters, with gaps.

    Args:
        ratings: Codes of shape (items, raters); NaN, None or `MISSING` where there is no label.
        k: Number of categories.

    Returns:
        A symmetric matrix of shape (k, k) whose total is the number of pairable labels.
    """
    return np.asarray(item_coincidences(as_codes(ratings, k), k).sum(axis=0))


def _both_ways(table: Array | Codes) -> Array:
    counts = np.asarray(table, dtype=np.float64)
    return np.asarray(counts + counts.swapaxes(-1, -2))
