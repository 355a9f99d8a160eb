"""A linear layer on top of an encoder that stays as it is: one for questions and one for segments.

Both begin as the identity and are drawn back to it, so that with no evidence nothing changes. The pull is
loosened in steps, and the validation questions say with which the encoder does best. The layer of the
segments works on stored vectors: nothing is embedded again, whatever the encoder.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from dashboard.retrieval.encoders.base import Vectors
from dashboard.retrieval.finetuning.pairs import Example
from dashboard.retrieval.finetuning.settings import TrainingSettings
from dashboard.retrieval.finetuning.training import Group

if TYPE_CHECKING:
    import torch

QUERIES, SEGMENTS = "queries", "segments"

LOOSER, FASTER = 10.0, 3.0
"""Each phase pulls so much less than the one before, and learns so much faster."""


class AdapterLearner:
    """Learns both layers from vectors that are there.

    Args:
        queries: The encoder's vector of each question.
        segments: The encoder's vector of each segment that an example names.
        settings: How it learns.
        validate: Returns nDCG@10 on the validation questions for two layers.
    """

    phases = 4
    threads = 1

    def __init__(
        self,
        queries: Mapping[int, Vectors],
        segments: Mapping[int, Vectors],
        settings: TrainingSettings,
        validate: Callable[[Vectors, Vectors], float],
    ) -> None:
        import torch

        self._queries = {question: torch.from_numpy(row) for question, row in queries.items()}
        self._segments = {segment: torch.from_numpy(row) for segment, row in segments.items()}
        self._settings = settings
        self._pull = settings.pull
        self._validate = validate
        dimension = len(next(iter(queries.values())))
        self._identity = torch.eye(dimension)
        self._layers = {name: torch.eye(dimension).requires_grad_() for name in (QUERIES, SEGMENTS)}

    def groups(self, phase: int) -> list[Group]:
        """Return both layers, which are pulled as the phase says."""
        self._pull = self._settings.pull / LOOSER**phase
        return [{"params": list(self._layers.values()), "lr": self._settings.rate * FASTER**phase}]

    def loss(self, batch: Sequence[Example]) -> "torch.Tensor":
        """Return InfoNCE with in-batch and hard negatives (van den Oord, Li and Vinyals, 2018), and the pull.

        The pull is the mean squared distance of the layers' outputs from their inputs that random input of
        length 1 would show, the squared Frobenius norm of `W - I` over the dimension.
        """
        import torch

        hard = [segment for one in batch for segment in one.negatives]
        candidates = list(dict.fromkeys([*(one.positive for one in batch), *hard]))
        place = {segment: column for column, segment in enumerate(candidates)}
        left = torch.stack([self._queries[one.question] for one in batch]) @ self._layers[QUERIES].T
        right = torch.stack([self._segments[one] for one in candidates]) @ self._layers[SEGMENTS].T
        normalise = torch.nn.functional.normalize
        scores = self._settings.scale * normalise(left) @ normalise(right).T
        # Another example's hard negative is no negative of this one: it may be relevant here.
        allowed = torch.zeros_like(scores, dtype=torch.bool)
        positives = [place[one.positive] for one in batch]
        allowed[:, positives] = True
        for row, one in enumerate(batch):
            allowed[row, [place[segment] for segment in one.negatives]] = True
        scores = scores.masked_fill(~allowed, float("-inf"))
        loss = torch.nn.functional.cross_entropy(scores, torch.tensor(positives))
        pull = sum((layer - self._identity).square().sum() for layer in self._layers.values())
        return loss + self._pull * pull / len(self._identity)

    def weights(self) -> dict[str, "torch.Tensor"]:
        """Return both layers by name."""
        return dict(self._layers)

    def set_weights(self, weights: Mapping[str, "torch.Tensor"]) -> None:
        """Take over both layers."""
        import torch

        with torch.no_grad():
            for name, layer in self._layers.items():
                layer.copy_(weights[name])

    def validate(self) -> float:
        """Return nDCG@10 on the validation questions."""
        layers = self.layers()
        return self._validate(layers[QUERIES], layers[SEGMENTS])

    def layers(self) -> dict[str, Vectors]:
        """Return the layers as they are."""
        return {
            name: np.ascontiguousarray(layer.detach().numpy(), dtype=np.float32).copy()
            for name, layer in self._layers.items()
        }
