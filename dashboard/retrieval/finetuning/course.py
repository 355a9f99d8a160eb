"""How a training goes: its epochs, the one that is kept, and where it stands."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Epoch:
    """The mean loss of an epoch, and nDCG@10 on the validation questions after it."""

    loss: float
    validation: float


@dataclass(slots=True)
class Course:
    """How a training went.

    Attributes:
        before: nDCG@10 on the validation questions before the first step.
        epochs: Each epoch so far.
        best: The epoch, counted from 1, whose weights are kept: the best of all, were it worse than before;
            0 before the first has ended.
    """

    before: float
    epochs: list[Epoch] = field(default_factory=list)
    best: int = 0

    @property
    def best_validation(self) -> float:
        """The validation figure of the weights that are kept."""
        return self.epochs[self.best - 1].validation if self.best else self.before

    @property
    def is_worse(self) -> bool:
        """Whether the validation figure was below that of before in every epoch."""
        return self.best_validation < self.before

    def to_json(self) -> dict[str, Any]:
        """Return the course as a card holds it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a training is: steps done and to do at most, the loss of late, and the validation figures."""

    done: int
    total: int
    loss: float
    course: Course


Follow = Callable[[Standing], None]
