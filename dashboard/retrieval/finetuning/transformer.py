"""Training a sentence-transformers model: some of its weights, or all of them."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.retrieval.encoders.base import Vectors, clean, normalised
from dashboard.retrieval.encoders.prefixes import Prefixes
from dashboard.retrieval.finetuning.layers import add_layer, phases_of
from dashboard.retrieval.finetuning.pairs import Example
from dashboard.retrieval.finetuning.settings import Strategy, TrainingSettings
from dashboard.retrieval.finetuning.training import Group

if TYPE_CHECKING:
    import torch

Encode = Callable[[Sequence[str]], Vectors]


class TransformerLearner:
    """Learns with the ranking loss of sentence-transformers: in-batch negatives and hard ones.

    Args:
        model: A model of its own, since its weights change; not the one that serves searches.
        prefixes: What the model wants before questions and before segments.
        questions: The text of each question.
        texts: The text of each segment that an example names.
        settings: What learns, and how.
        validate: Returns nDCG@10 on the validation questions; it is given what embeds questions and what
            embeds segments.
    """

    def __init__(
        self,
        model: Any,
        prefixes: Prefixes,
        questions: Mapping[int, str],
        texts: Mapping[int, str],
        settings: TrainingSettings,
        validate: Callable[[Encode, Encode], float],
    ) -> None:
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss

        if settings.strategy is Strategy.GRADUAL:
            add_layer(model)
        self.model = model
        self.threads = 0
        self._prefixes = prefixes
        self._questions, self._texts = questions, texts
        self._validate = validate
        self._phases = phases_of(model, settings)
        self.phases = len(self._phases)
        learning = {id(one) for groups in self._phases for group in groups for one in group["params"]}
        self._learning = {name: one for name, one in model.named_parameters() if id(one) in learning}
        self._loss = MultipleNegativesRankingLoss(model, scale=settings.scale)

    def groups(self, phase: int) -> list[Group]:
        """Return what learns in a phase, and freeze all else."""
        groups = self._phases[phase]
        learning = {id(one) for group in groups for one in group["params"]}
        for parameter in self.model.parameters():
            parameter.requires_grad = id(parameter) in learning
        return groups

    def loss(self, batch: Sequence[Example]) -> "torch.Tensor":
        """Return the multiple negatives ranking loss of a batch (Henderson et al., 2017)."""
        import torch

        self.model.train()
        for part in self.model.modules():
            # What is frozen has no dropout either: it gives what it will give when it serves.
            own = list(part.parameters())
            if own and not any(one.requires_grad for one in own):
                part.eval()
        fewest = min(len(one.negatives) for one in batch)
        columns = [[self._asked(one) for one in batch], [self._passage(one.positive) for one in batch]]
        columns += [[self._passage(one.negatives[place]) for one in batch] for place in range(fewest)]
        features = [self.model.preprocess(column) for column in columns]
        loss: torch.Tensor = self._loss(features, torch.zeros(len(batch)))
        return loss

    def weights(self) -> dict[str, "torch.Tensor"]:
        """Return the weights that learn in any phase."""
        return dict(self._learning)

    def set_weights(self, weights: Mapping[str, "torch.Tensor"]) -> None:
        """Take over weights that learn."""
        import torch

        with torch.no_grad():
            for name, parameter in self._learning.items():
                parameter.copy_(weights[name])

    def validate(self) -> float:
        """Return nDCG@10 on the validation questions."""
        return self._validate(self.encode_queries, self.encode_passages)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions with the weights as they are."""
        return self._encode(self._prefixes.query, texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of segments with the weights as they are."""
        return self._encode(self._prefixes.passage, texts)

    def save(self, folder: Path) -> None:
        """Write the model, with the prefixes that it wants, as safetensors."""
        self.model.eval()
        self.model.prompts = {"query": self._prefixes.query, "document": self._prefixes.passage}
        self.model.save_pretrained(str(folder), create_model_card=False, safe_serialization=True)

    def _encode(self, prefix: str, texts: Sequence[str]) -> Vectors:
        self.model.eval()
        self.model.default_prompt_name = None
        rows = self.model.encode([prefix + clean(text) for text in texts], show_progress_bar=False)
        return normalised(rows, len(texts), "in training")

    def _asked(self, example: Example) -> str:
        return self._prefixes.query + clean(self._questions[example.question])

    def _passage(self, segment: int) -> str:
        return self._prefixes.passage + clean(self._texts[segment])
