"""The frozen result that carries every agreement figure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .estimates import Estimates, Support
from .figure import Figure, Undefined
from .table import Codes, Counts

COEFFICIENTS = (
    "kappa",
    "kappa_linear",
    "kappa_quadratic",
    "gwet_ac1",
    "gwet_ac2_linear",
    "alpha_nominal",
    "alpha_ordinal",
    "alpha_interval",
    "fleiss_kappa",
    "spearman",
    "kendall",
)
"""Figures with a bootstrap interval, in the order in which they are reported."""


class LabelFigures(NamedTuple):
    """How well one label is found."""

    precision: Figure
    recall: Figure
    f1: Figure


@dataclass(frozen=True)
class AgreementReport:
    """All agreement figures between people and a judge, or among annotators.

    Attributes:
        n: Items labelled by both sides (among annotators: by at least two).
        counts: How the items divide between the sides.
        labels: Category names, in order.
        confusion: Label pairs; rows human, columns judge. Among annotators every pair of
            annotators counts in both directions, so the table is symmetric.
        percent: Share of equal labels, 0 to 1.
        per_label: Precision, recall and F1 by label, people being the reference.
        prevalence: Share of each label by side, "human" and "judge" (among annotators "human").
    """

    n: int
    counts: Counts
    labels: tuple[str, ...]
    confusion: tuple[tuple[int, ...], ...]
    percent: Figure
    kappa: Figure
    kappa_linear: Figure
    kappa_quadratic: Figure
    gwet_ac1: Figure
    gwet_ac2_linear: Figure
    alpha_nominal: Figure
    alpha_ordinal: Figure
    alpha_interval: Figure
    fleiss_kappa: Figure
    spearman: Figure
    kendall: Figure
    per_label: Mapping[str, LabelFigures]
    prevalence: Mapping[str, Mapping[str, Figure]]

    def to_json(self) -> dict[str, Any]:
        """Return plain JSON values under the names that `agreement --json` promises."""
        return {
            "n": self.n,
            "counts": self.counts._asdict(),
            "labels": list(self.labels),
            "confusion": [list(row) for row in self.confusion],
            "percent": self.percent.to_json(),
            **{name: getattr(self, name).to_json() for name in COEFFICIENTS},
            "per_label": {
                label: {name: figure.to_json() for name, figure in figures._asdict().items()}
                for label, figures in self.per_label.items()
            },
            "prevalence": {
                side: {label: figure.to_json() for label, figure in figures.items()}
                for side, figures in self.prevalence.items()
            },
        }


class Supports(NamedTuple):
    """What the shares of a report rest on; one entry a label where there are several."""

    percent: Support
    prevalence: Support
    found: Sequence[tuple[Support, Support]] | None
    """For precision and recall of each label; None where both are F1 itself."""
    f1: Sequence[int]


def assemble(
    estimates: Estimates,
    supports: Supports,
    counts: Counts,
    labels: Sequence[str],
    confusion: Codes,
    sides: Sequence[str],
) -> AgreementReport:
    """Turn estimates into a report; `sides` names the prevalences among the estimates."""

    def by_label(at: int) -> LabelFigures:
        absent = Undefined.LABEL_ABSENT
        f1 = estimates.coefficient("f1", absent, label=at, n=supports.f1[at])
        if supports.found is None:
            return LabelFigures(f1, f1, f1)
        judge, human = supports.found[at]
        return LabelFigures(
            estimates.share("precision", judge, absent, label=at),
            estimates.share("recall", human, absent, label=at),
            f1,
        )

    return AgreementReport(
        n=estimates.n,
        counts=counts,
        labels=tuple(labels),
        confusion=tuple(tuple(int(count) for count in row) for row in confusion),
        percent=estimates.share("percent", supports.percent, Undefined.NO_PAIRS),
        **{name: estimates.coefficient(name, Undefined.ONE_CATEGORY) for name in COEFFICIENTS},
        per_label={label: by_label(at) for at, label in enumerate(labels)},
        prevalence={
            side: {
                label: estimates.share(side, supports.prevalence, Undefined.NO_PAIRS, label=at)
                for at, label in enumerate(labels)
            }
            for side in sides
        },
    )


def check_labels(categories: Sequence[str]) -> tuple[str, ...]:
    """Return the category names, which must be at least two and all different."""
    labels = tuple(str(category) for category in categories)
    if len(labels) < 2 or len(set(labels)) < len(labels):
        raise ValueError(f"categories must be two or more different names; found {list(labels)}")
    return labels
