"""Two judges against the same people on the same items."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .estimates import estimate
from .figure import Figure, Undefined
from .gwet import gwet_ac1, gwet_ac2_linear
from .kappa import kappa, kappa_linear, kappa_quadratic
from .krippendorff import alpha_nominal, alpha_ordinal
from .mcnemar import McNemar, mcnemar
from .percent import percent
from .resampling import RESAMPLES, SEED, cluster_units
from .result import check_labels
from .table import MISSING, Array, as_codes

COMPARED = {
    "percent": percent,
    "kappa": kappa,
    "kappa_linear": kappa_linear,
    "kappa_quadratic": kappa_quadratic,
    "gwet_ac1": gwet_ac1,
    "gwet_ac2_linear": gwet_ac2_linear,
    "alpha_nominal": alpha_nominal,
    "alpha_ordinal": alpha_ordinal,
}
"""The measures whose differences are given."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How two judges differ.

    Attributes:
        n: Items labelled by people and both judges.
        difference: The first judge's figure less the second's, by name.
        mcnemar: The test of who gives the people's label more often.
    """

    n: int
    difference: Mapping[str, Figure]
    mcnemar: McNemar

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "n": self.n,
            "difference": {name: figure.to_json() for name, figure in self.difference.items()},
            "mcnemar": self.mcnemar.to_json(),
        }


def compare_judges(
    human: ArrayLike | Sequence[Any],
    first: ArrayLike | Sequence[Any],
    second: ArrayLike | Sequence[Any],
    *,
    categories: Sequence[str],
    clusters: ArrayLike | None = None,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Comparison:
    """Return the differences between two judges, with paired bootstrap intervals (Efron 1979).

    Both judges' labels of a drawn item are drawn together, so that what makes an item hard for
    both cancels out. Whole clusters are drawn where ids repeat.

    Args:
        human: Codes into `categories`, shape (n,); -1, None or NaN where there is no label.
        first: Codes of the first judge, in the same form.
        second: Codes of the second judge, in the same form.
        categories: Category names, lowest first.
        clusters: Cluster id of each item, such as its question, shape (n,).
        resamples: How many bootstrap resamples to draw.
        seed: Seed of the bootstrap.

    Raises:
        ValueError: If lengths differ or a code is out of range.
    """
    k = len(check_labels(categories))
    sides = np.stack([as_codes(side, k) for side in (human, first, second)])
    whole = (sides != MISSING).all(axis=0)
    people, one, other = sides[:, whole]
    cells, kinds, times = np.unique((people * k + one) * k + other, return_inverse=True, return_counts=True)
    flat = np.zeros((len(cells), k**3))
    flat[np.arange(len(cells)), cells] = 1.0
    units = flat.reshape(-1, k, k, k)
    n = len(people)
    if clusters is not None and n:
        ids, inverse = np.unique(np.asarray(clusters)[whole], return_inverse=True)
        if len(ids) < n:
            units, times = cluster_units(kinds, inverse, units)
    estimates = estimate(_differences, units, times, n, resamples, seed)
    first_right, second_right = one == people, other == people
    return Comparison(
        n,
        {name: estimates.coefficient(name, Undefined.ONE_CATEGORY) for name in COMPARED},
        mcnemar(int((first_right & ~second_right).sum()), int((second_right & ~first_right).sum())),
    )


def _differences(totals: Array) -> Mapping[str, Array]:
    first, second = totals.sum(axis=-1), totals.sum(axis=-2)
    return {name: measure(first) - measure(second) for name, measure in COMPARED.items()}
