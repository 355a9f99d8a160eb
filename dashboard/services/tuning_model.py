"""A whole model in training: the texts that it learns from, and how it is written and measured."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from dashboard.retrieval.encoders.prefixes import prefixes_of
from dashboard.retrieval.encoders.transformer import TransformerEncoder, load_model
from dashboard.retrieval.encoders.tuned import MODEL
from dashboard.retrieval.finetuning.comparison import K, mean_ndcg
from dashboard.retrieval.finetuning.folder import Kind, Tuned
from dashboard.retrieval.finetuning.material import Material
from dashboard.retrieval.finetuning.pairs import Examples
from dashboard.retrieval.finetuning.ranking import rank_vectors
from dashboard.retrieval.finetuning.settings import TrainingSettings
from dashboard.retrieval.finetuning.split import Split
from dashboard.retrieval.finetuning.transformer import Encode, TransformerLearner
from dashboard.services.ingest import Progress, embed_corpus
from dashboard.services.project import Project
from dashboard.services.tuning_data import TRAINABLE, Start, embed_queries


class TransformerRun:
    """A model in training.

    While it trains it is measured on the validation questions among their graded segments and the first ones
    that the encoder found as it was: to embed all segments after every epoch would take longer than the
    training. The reported figure is measured once, among all segments.

    Args:
        project: Where the texts are.
        material: Questions and grades.
        split: The parts.
        start: What the encoder finds as it is.
        examples: What it learns from.
        settings: How.

    Raises:
        EncoderError: The model cannot be loaded.
        TuningError: It does not have so many layers.
    """

    kind = Kind.TRANSFORMER

    def __init__(
        self,
        project: Project,
        material: Material,
        split: Split,
        start: Start,
        examples: Examples,
        settings: TrainingSettings,
    ) -> None:
        self._project, self._material = project, material
        self._base_id = start.space.encoder.id
        pool = sorted(
            {segment for question in split.validation for segment in start.rankings[question]}
            | {segment for question in split.validation for segment in material.grades[question]}
        )
        named = {one.positive for one in examples.examples}
        named |= {segment for one in examples.examples for segment in one.negatives}
        found = project.segments.segments(sorted(named | set(pool)))
        texts = {segment: one.text for segment, one in found.items()}
        pool = [segment for segment in pool if segment in texts]
        grades = {question: material.grades[question] for question in split.validation}

        def validate(encode_queries: Encode, encode_passages: Encode) -> float:
            queries = encode_queries([material.questions[question] for question in split.validation])
            matrix = encode_passages([texts[segment] for segment in pool])
            ids = np.asarray(pool, dtype=np.int64)
            return mean_ndcg(grades, rank_vectors(split.validation, queries, ids, matrix, K))

        name = start.space.setting.removeprefix(TRAINABLE)
        model = load_model(name)
        self.learner = TransformerLearner(
            model, prefixes_of(name, model.prompts or {}), material.questions, texts, settings, validate
        )

    def write(self, folder: Path) -> None:
        """Write the model."""
        self.learner.save(folder / MODEL)

    def rankings(
        self, made: Tuned, encoder_id: str, questions: Sequence[int], progress: Progress
    ) -> dict[int, list[int]]:
        """Return what the written model finds for some questions among all segments.

        The vectors are kept, so that a promotion has nothing left to embed.
        """
        encoder = TransformerEncoder(str(made.folder / MODEL), encoder_id, self._base_id)
        vectors = self._project.home.open(encoder_id, encoder.dimension)
        embed_corpus(self._project, progress, (encoder, vectors))
        queries = embed_queries(encoder, [self._material.questions[one] for one in questions], progress)
        segments = self._material.segments
        return rank_vectors(questions, queries, segments.ids, vectors.matrix(segments.hashes), K)
