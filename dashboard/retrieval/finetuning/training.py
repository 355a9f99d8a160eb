"""The training loop: batches, early stopping on held-out nDCG, and a state that can be stopped anywhere."""

import math
import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Protocol

from dashboard.errors import N_, TuningError
from dashboard.retrieval.finetuning.checkpoints import Checkpoints, Tensors
from dashboard.retrieval.finetuning.course import Course, Epoch, Follow, Standing
from dashboard.retrieval.finetuning.material import Material
from dashboard.retrieval.finetuning.pairs import Example, batches
from dashboard.retrieval.finetuning.settings import TrainingSettings

if TYPE_CHECKING:
    import torch

SAVE_EVERY_SECONDS = 20.0
"""So much work is lost at most when the program is killed; a wished stop loses nothing."""

LARGEST_GRADIENT = 1.0
WARM_UP = 0.1
LAST_RATE = 0.1

Group = dict[str, Any]
"""Parameters with their learning rate, as torch's optimisers take them."""


class Stopped(TuningError):
    """The training was stopped on purpose; the same training goes on from there."""


class Learner(Protocol):
    """Weights that learn, and what they are measured by.

    Attributes:
        phases: How many phases there are; each has its own parameters.
        threads: Threads that a step is shared out to, 0 for as many as usual. Steps that are small are
            faster on one: several wait for each other most of the time.
    """

    phases: int
    threads: int

    def groups(self, phase: int) -> list[Group]:
        """Return what learns in a phase, and stop all else from learning."""
        ...

    def loss(self, batch: Sequence[Example]) -> "torch.Tensor":
        """Return the loss of a batch."""
        ...

    def weights(self) -> dict[str, "torch.Tensor"]:
        """Return the weights that learn in any phase, by name."""
        ...

    def set_weights(self, weights: Mapping[str, "torch.Tensor"]) -> None:
        """Take over weights that `weights` gave."""
        ...

    def validate(self) -> float:
        """Return nDCG@10 on the validation questions with the weights as they are."""
        ...


@dataclass(slots=True)
class _State:
    """What a checkpoint holds besides tensors."""

    course: Course
    epoch: int = 0
    step: int = 0
    losses: float = 0.0
    is_over: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> "_State":
        course = found["course"]
        epochs = [Epoch(**one) for one in course["epochs"]]
        return cls(
            Course(course["before"], epochs, course["best"]),
            found["epoch"],
            found["step"],
            found["losses"],
            found["is_over"],
        )


class Training:
    """One training from the first step to the weights that are kept.

    Everything that chance decides follows from the seed and the number of the step, so that a training that
    was stopped and continued ends with the weights of one that was not.

    Args:
        learner: What learns.
        material: Questions and grades.
        examples: What it learns from.
        settings: How.
        checkpoints: Where its state is kept.
    """

    def __init__(
        self,
        learner: Learner,
        material: Material,
        examples: Sequence[Example],
        settings: TrainingSettings,
        checkpoints: Checkpoints,
    ) -> None:
        self._learner = learner
        self._settings = settings
        self._checkpoints = checkpoints
        self._batches = [_epoch(material, examples, settings, epoch) for epoch in range(settings.epochs)]
        self._total = sum(len(epoch) for epoch in self._batches)
        self._saved_at = time.monotonic()

    def run(
        self, follow: Follow = lambda standing: None, should_stop: Callable[[], bool] = lambda: False
    ) -> Course:
        """Train, and leave the learner with the best weights.

        Args:
            follow: Told after each step where the training is.
            should_stop: Asked before each step.

        Raises:
            Stopped: It was stopped on purpose; its state is kept.
            TuningError: The loss is not a number any more, or the state cannot be saved.
        """
        with _threads(self._learner.threads):
            return self._run(follow, should_stop)

    def _run(self, follow: Follow, should_stop: Callable[[], bool]) -> Course:
        found = self._checkpoints.load()
        if found is not None and found[1]["is_over"]:
            self._learner.set_weights(_part(found[0], "best."))
            return _State.of(found[1]).course
        state, best, optimizer = self._begin(found)
        while state.epoch < self._settings.epochs and not self._is_enough(state.course):
            self._run_epoch(state, best, optimizer, follow, should_stop)
            validation = self._learner.validate()
            state.course.epochs.append(Epoch(state.losses / max(1, state.step), validation))
            if not state.course.best or validation > state.course.best_validation:
                state.course.best = len(state.course.epochs)
                best = _copied(self._learner.weights())
            state.epoch, state.step, state.losses = state.epoch + 1, 0, 0.0
            if self._phase(state.epoch) != self._phase(state.epoch - 1):
                optimizer = self._optimizer(state.epoch)
            if time.monotonic() - self._saved_at > SAVE_EVERY_SECONDS:
                self._save(state, best, optimizer)
            self._tell(state, follow)
        state.is_over = True
        self._checkpoints.save({f"best.{name}": one for name, one in best.items()}, state.to_json())
        self._learner.set_weights(best)
        return state.course

    def _begin(
        self, found: tuple[Tensors, dict[str, Any]] | None
    ) -> tuple[_State, Tensors, "torch.optim.AdamW"]:
        if found is None:
            optimizer = self._optimizer(0)
            state = _State(Course(self._learner.validate()))
            return state, _copied(self._learner.weights()), optimizer
        tensors, body = found
        state = _State.of(body)
        self._learner.set_weights(_part(tensors, "weights."))
        optimizer = self._optimizer(state.epoch)
        _restore(optimizer, _part(tensors, "optimizer."))
        return state, _part(tensors, "best."), optimizer

    def _run_epoch(
        self,
        state: _State,
        best: Tensors,
        optimizer: "torch.optim.AdamW",
        follow: Follow,
        should_stop: Callable[[], bool],
    ) -> None:
        import torch

        parameters = [one for group in optimizer.param_groups for one in group["params"]]
        for batch in self._batches[state.epoch][state.step :]:
            if should_stop():
                self._save(state, best, optimizer)
                raise Stopped(N_("The training was stopped. Start it again and it goes on from there."))
            done = self._done(state)
            for group in optimizer.param_groups:
                group["lr"] = group["rate"] * _share_of_rate(done, self._total)
            # Dropout follows from the step alone; nobody else's chance is touched.
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(_seed(self._settings.seed, done))
                loss = self._learner.loss(batch)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
            figure = float(loss.detach())
            if not math.isfinite(figure):
                raise TuningError(
                    N_("The training went astray: its loss is {loss}. Choose another seed or strategy."),
                    loss=figure,
                )
            torch.nn.utils.clip_grad_norm_(parameters, LARGEST_GRADIENT)
            optimizer.step()
            state.step += 1
            state.losses += figure
            if time.monotonic() - self._saved_at > SAVE_EVERY_SECONDS:
                self._save(state, best, optimizer)
            self._tell(state, follow)

    def _is_enough(self, course: Course) -> bool:
        # A later phase has not had its turn as long as an earlier one runs.
        first_of_last = self._first_epoch(self._learner.phases - 1)
        return len(course.epochs) - max(course.best, first_of_last) >= self._settings.patience

    def _phase(self, epoch: int) -> int:
        """Return the phase of an epoch: every phase but the last takes one of `phases + 1` equal parts."""
        phases = self._learner.phases
        return max((one for one in range(phases) if epoch >= self._first_epoch(one)), default=0)

    def _first_epoch(self, phase: int) -> int:
        return math.ceil(phase * self._settings.epochs / (self._learner.phases + 1))

    def _optimizer(self, epoch: int) -> "torch.optim.AdamW":
        import torch

        groups = self._learner.groups(self._phase(epoch))
        return torch.optim.AdamW([{**one, "rate": one["lr"]} for one in groups], weight_decay=0.0)

    def _done(self, state: _State) -> int:
        return sum(len(epoch) for epoch in self._batches[: state.epoch]) + state.step

    def _tell(self, state: _State, follow: Follow) -> None:
        epochs = state.course.epochs
        loss = state.losses / state.step if state.step else (epochs[-1].loss if epochs else math.nan)
        follow(Standing(self._done(state), self._total, loss, state.course))

    def _save(self, state: _State, best: Tensors, optimizer: "torch.optim.AdamW") -> None:
        tensors = {f"weights.{name}": one for name, one in self._learner.weights().items()}
        tensors |= {f"best.{name}": one for name, one in best.items()}
        tensors |= {f"optimizer.{name}": one for name, one in _kept(optimizer).items()}
        self._checkpoints.save(tensors, state.to_json())
        self._saved_at = time.monotonic()


@contextmanager
def _threads(count: int) -> Iterator[None]:
    import torch

    usual = torch.get_num_threads()
    torch.set_num_threads(count or usual)
    try:
        yield
    finally:
        torch.set_num_threads(usual)


def _epoch(
    material: Material, examples: Sequence[Example], settings: TrainingSettings, epoch: int
) -> list[list[Example]]:
    found: list[list[Example]] = []
    while examples and len(found) < settings.steps:
        found += batches(material, examples, settings.batch, _seed(settings.seed, 1000 * epoch + len(found)))
    return found


def _share_of_rate(done: int, total: int) -> float:
    """Return the part of the learning rate at a step: it rises, then falls to `LAST_RATE` in a line."""
    warm = max(1, round(WARM_UP * total))
    if done < warm:
        return (done + 1) / warm
    return 1 - (1 - LAST_RATE) * (done - warm) / max(1, total - warm)


def _seed(seed: int, number: int) -> int:
    return random.Random(f"{seed}:{number}").getrandbits(32)


def _copied(weights: Mapping[str, "torch.Tensor"]) -> Tensors:
    return {name: one.detach().clone() for name, one in weights.items()}


def _part(tensors: Mapping[str, "torch.Tensor"], beginning: str) -> Tensors:
    return {name.removeprefix(beginning): one for name, one in tensors.items() if name.startswith(beginning)}


def _kept(optimizer: "torch.optim.AdamW") -> Tensors:
    state = optimizer.state_dict()["state"]
    return {f"{place}.{name}": one for place, values in state.items() for name, one in values.items()}


def _restore(optimizer: "torch.optim.AdamW", tensors: Mapping[str, "torch.Tensor"]) -> None:
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, one in tensors.items():
        place, _, value = name.partition(".")
        state.setdefault(int(place), {})[value] = one
    optimizer.load_state_dict({"state": state, "param_groups": optimizer.state_dict()["param_groups"]})
