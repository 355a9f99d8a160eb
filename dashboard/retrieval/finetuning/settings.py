"""What a training can be told, with defaults for each strategy."""

from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any


class Strategy(StrEnum):
    """Which weights learn."""

    ADAPTER = "adapter"
    LAST_LAYERS = "last-layers"
    FULL = "full"
    GRADUAL = "gradual"


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How an encoder learns; a change gives another training.

    Attributes:
        strategy: Which weights learn.
        layers: For `last-layers`, how many transformer layers at the end.
        epochs: Passes over the examples at most; after each, the validation questions are looked at.
        steps: Steps of an epoch at least: few examples are gone through several times.
        patience: Epochs without a better validation figure after which it stops.
        batch: Examples of a step.
        rate: Learning rate of the weights nearest to the output.
        pull: How strongly an adapter is drawn back to doing nothing, at first.
        scale: What cosines are multiplied by before the softmax, the inverse of its temperature.
        negatives: Hard negatives of an example at most. An adapter takes none: where only what the encoder
            found was judged, it would learn to leave all that it used to find (docs/retrieval.md).
        uses_unjudged: Whether segments that nobody judged may be hard negatives where their lecture has no
            relevant segment.
        seed: Of split, order and dropout.
    """

    strategy: Strategy
    layers: int
    epochs: int
    steps: int
    patience: int
    batch: int
    rate: float
    pull: float
    scale: float = 20.0
    negatives: int = 4
    uses_unjudged: bool = False
    seed: int = 0

    def to_json(self) -> dict[str, Any]:
        """Return the settings as a card holds them."""
        return asdict(self)


_TRANSFORMER = TrainingSettings(
    Strategy.FULL,
    layers=0,
    epochs=4,
    steps=1,
    patience=2,
    batch=16,
    rate=2e-5,
    pull=0.0,
    negatives=1,
    uses_unjudged=True,
)

DEFAULTS = {
    Strategy.ADAPTER: TrainingSettings(
        Strategy.ADAPTER,
        layers=0,
        negatives=0,
        epochs=30,
        steps=20,
        patience=6,
        batch=64,
        rate=3e-4,
        pull=200.0,
    ),
    Strategy.LAST_LAYERS: replace(_TRANSFORMER, strategy=Strategy.LAST_LAYERS, layers=2, rate=5e-5),
    Strategy.FULL: _TRANSFORMER,
    Strategy.GRADUAL: replace(_TRANSFORMER, strategy=Strategy.GRADUAL),
}
"""Settings that suit each strategy on a small computer."""
