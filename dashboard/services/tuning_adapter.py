"""An adapter in training: it learns from vectors that are there, and is measured among all segments."""

from collections.abc import Sequence
from pathlib import Path

from dashboard.retrieval.encoders.adapted import write_layers
from dashboard.retrieval.encoders.base import Vectors, normalised
from dashboard.retrieval.finetuning.adapter import QUERIES, SEGMENTS, AdapterLearner
from dashboard.retrieval.finetuning.comparison import K, mean_ndcg
from dashboard.retrieval.finetuning.folder import Kind, Tuned
from dashboard.retrieval.finetuning.material import Material
from dashboard.retrieval.finetuning.pairs import Examples
from dashboard.retrieval.finetuning.ranking import rank_vectors
from dashboard.retrieval.finetuning.settings import TrainingSettings
from dashboard.retrieval.finetuning.split import Split
from dashboard.services.ingest import Progress
from dashboard.services.tuning_data import Start


class AdapterRun:
    """An adapter in training, and how it is written and measured.

    Args:
        material: Questions and grades.
        split: The parts.
        start: What the encoder finds as it is.
        examples: What it learns from.
        settings: How.
    """

    kind = Kind.ADAPTER

    def __init__(
        self, material: Material, split: Split, start: Start, examples: Examples, settings: TrainingSettings
    ) -> None:
        self._material, self._start = material, start
        self._places = {question: place for place, question in enumerate(material.questions)}
        named = {one.positive for one in examples.examples}
        named |= {segment for one in examples.examples for segment in one.negatives}
        rows = material.segments.places

        grades = {question: material.grades[question] for question in split.validation}

        def validate(queries: Vectors, segments: Vectors) -> float:
            found = self._ranked(split.validation, queries, segments)
            return mean_ndcg(grades, found)

        self.learner = AdapterLearner(
            {question: start.queries[self._places[question]] for question in split.train},
            {segment: start.matrix[rows[segment]] for segment in named},
            settings,
            validate,
        )

    def write(self, folder: Path) -> None:
        """Write the layers."""
        layers = self.learner.layers()
        write_layers(folder, layers[QUERIES], layers[SEGMENTS])

    def rankings(
        self, made: Tuned, encoder_id: str, questions: Sequence[int], progress: Progress
    ) -> dict[int, list[int]]:
        """Return what the encoder finds for some questions among all segments."""
        layers = self.learner.layers()
        return self._ranked(questions, layers[QUERIES], layers[SEGMENTS])

    def _ranked(self, questions: Sequence[int], queries: Vectors, segments: Vectors) -> dict[int, list[int]]:
        asked = self._start.queries[[self._places[question] for question in questions]] @ queries.T
        matrix = self._start.matrix @ segments.T
        return rank_vectors(
            questions,
            normalised(asked, len(asked), "adapter"),
            self._material.segments.ids,
            normalised(matrix, len(matrix), "adapter"),
            K,
        )
