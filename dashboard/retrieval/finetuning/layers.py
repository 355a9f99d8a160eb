"""Which weights of a transformer learn, when, and how fast."""

import math
from typing import TYPE_CHECKING, Any

from dashboard.errors import N_, TuningError
from dashboard.retrieval.finetuning.settings import Strategy, TrainingSettings
from dashboard.retrieval.finetuning.training import Group

if TYPE_CHECKING:
    from torch import nn

NEW_LAYER_RATE = 1e-3
"""A layer that begins as the identity has further to go than weights that were learnt before."""

LOWER_BY = 2.6
"""Each layer learns this much slower than the one above it (Howard and Ruder, 2018, ULMFiT)."""


def add_layer(model: Any) -> None:
    """Put a linear layer that does nothing yet after the pooling of a sentence-transformers model."""
    import torch
    from sentence_transformers.sentence_transformer.modules import Dense, Pooling

    pooling = max((place for place, part in enumerate(model) if isinstance(part, Pooling)), default=0)
    dimension = int(model.get_embedding_dimension())
    layer = Dense(
        dimension,
        dimension,
        bias=False,
        activation_function=torch.nn.Identity(),
        init_weight=torch.eye(dimension),
    )
    model.insert(pooling + 1, layer)


def stack_of(model: "nn.Module") -> list["nn.Module"]:
    """Return the transformer layers of a model, the lowest first: its longest list of modules."""
    from torch import nn

    lists = [list(part) for part in model.modules() if isinstance(part, nn.ModuleList)]
    return max(lists, key=len, default=[])


def phases_of(model: "nn.Module", settings: TrainingSettings) -> list[list[Group]]:
    """Return for each phase which parameters learn at which rate.

    - `last-layers`: the last transformer layers and whatever comes after them; one phase.
    - `full`: everything; one phase.
    - `gradual`: the layer that was added, alone; then everything, each layer slower than the one above
      (Howard and Ruder, 2018, ULMFiT).

    Args:
        model: A sentence-transformers model; for `gradual` after `add_layer`.
        settings: Strategy, number of layers and learning rate.

    Raises:
        TuningError: The model does not have so many layers.
    """
    stack = stack_of(model)
    if settings.strategy is Strategy.FULL:
        return [[{"params": list(model.parameters()), "lr": settings.rate}]]
    if settings.strategy is Strategy.LAST_LAYERS:
        if not 1 <= settings.layers <= len(stack):
            raise TuningError(
                N_("{found} layers cannot be trained: the encoder has {count}. Choose from 1 to {count}."),
                found=settings.layers,
                count=len(stack),
            )
        chosen = [one for layer in stack[-settings.layers :] for one in layer.parameters()]
        return [[{"params": [*chosen, *_after(model)], "lr": settings.rate}]]
    new = _after(model)
    return [
        [{"params": new, "lr": NEW_LAYER_RATE}],
        [{"params": new, "lr": settings.rate}, *_slower(model, stack, new, settings.rate)],
    ]


def _after(model: "nn.Module") -> list["nn.Parameter"]:
    """Return the parameters of the modules that come after the transformer itself."""
    first = next(iter(model.children()))
    own = {id(one) for one in first.parameters()}
    return [one for one in model.parameters() if id(one) not in own]


def _slower(
    model: "nn.Module", stack: list["nn.Module"], new: list["nn.Parameter"], rate: float
) -> list[Group]:
    """Return every layer from the top with its own rate, and what is in none of them with the lowest."""
    groups: list[Group] = [
        {"params": list(layer.parameters()), "lr": rate / math.pow(LOWER_BY, depth)}
        for depth, layer in enumerate(reversed(stack), start=1)
    ]
    taken = {id(one) for group in groups for one in group["params"]} | {id(one) for one in new}
    rest = [one for one in model.parameters() if id(one) not in taken]
    return [*groups, {"params": rest, "lr": rate / math.pow(LOWER_BY, len(stack) + 1)}]
