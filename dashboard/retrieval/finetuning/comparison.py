"""The encoder as it was and the tuned one on the held-out questions, with intervals over the questions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboard.retrieval.evaluation.intervals import Estimate, mean_interval, paired_difference
from dashboard.retrieval.evaluation.measures import (
    JUDGED,
    MRR,
    NDCG,
    RECALL,
    SUCCESS,
    Grades,
    Rankings,
    measure,
    named,
)

K = 10
HEADLINE = named(NDCG, K)
"""By this figure a tuned encoder is promoted or not."""

SHOWN = tuple(named(one, K) for one in (NDCG, MRR, RECALL, SUCCESS, JUDGED))


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figures on the same questions before and after.

    Attributes:
        before: Each measure's mean with the encoder as it was.
        after: Each measure's mean with the tuned one.
        difference: The paired difference of nDCG@10, after less before.
    """

    before: Mapping[str, Estimate]
    after: Mapping[str, Estimate]
    difference: Estimate

    @property
    def helped(self) -> bool:
        """Whether nDCG@10 rose with an interval that lies above 0."""
        return self.difference.low > 0

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            "before": {name: one.to_json() for name, one in self.before.items()},
            "after": {name: one.to_json() for name, one in self.after.items()},
            "difference": self.difference.to_json(),
            "helped": self.helped,
        }


def compare(grades: Grades, before: Rankings, after: Rankings, relevant_from: int) -> Comparison:
    """Compare two rankings of the same questions."""
    was = measure(grades, before, k=K, relevant_from=relevant_from)
    now = measure(grades, after, k=K, relevant_from=relevant_from)
    return Comparison(
        {name: mean_interval(was.values[name]) for name in SHOWN},
        {name: mean_interval(now.values[name]) for name in SHOWN},
        paired_difference(was.values[HEADLINE], now.values[HEADLINE]),
    )


def mean_ndcg(grades: Grades, rankings: Rankings) -> float:
    """Return the mean nDCG@10 of some rankings, NaN without a question that has a relevant segment."""
    import numpy as np

    values = measure(grades, rankings, k=K).values[HEADLINE]
    defined = values[~np.isnan(values)]
    return float(defined.mean()) if len(defined) else float("nan")
