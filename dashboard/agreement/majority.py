"""The label that most people gave."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from .krippendorff import label_counts
from .table import MISSING, Array, Codes, as_codes, ratio


class Majority(NamedTuple):
    """The most frequent label of each answer."""

    chosen: Codes
    """Codes of shape (answers,), `MISSING` where labels are tied or nobody labelled."""
    share: Array
    """That label's share of the answer's labels, above 0 to 1; NaN where none is chosen."""


def majority(ratings: ArrayLike, k: int) -> Majority:
    """Return the label that more people gave than any other, even if fewer than half did.

    Args:
        ratings: Codes of shape (answers, annotators); NaN, None or `MISSING` where there is no label.
        k: Number of categories.

    Raises:
        ValueError: If a code is out of range.
    """
    votes = label_counts(as_codes(ratings, k), k)
    most = votes.max(axis=1)
    clear = (votes == most[:, None]).sum(axis=1) == 1
    chosen = np.where(clear, votes.argmax(axis=1), MISSING)
    return Majority(chosen, np.where(clear, ratio(most, votes.sum(axis=1)), np.nan))
