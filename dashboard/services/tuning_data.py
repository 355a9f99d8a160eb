"""What a training starts from: the encoder below, the grades, and what the encoder finds as it is."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.errors import N_, TuningError
from dashboard.retrieval.encoders.adapted import AdaptedEncoder
from dashboard.retrieval.encoders.base import Encoder, Vectors
from dashboard.retrieval.encoders.factory import open_encoder
from dashboard.retrieval.finetuning.folder import PREFIX
from dashboard.retrieval.finetuning.material import Material, Segments
from dashboard.retrieval.finetuning.pairs import MINED_DEPTH
from dashboard.retrieval.finetuning.ranking import rank_vectors
from dashboard.retrieval.finetuning.split import Split
from dashboard.retrieval.vectors import VectorStore
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.ingest import Progress, embed_corpus
from dashboard.services.project import Project
from dashboard.services.truth import find_truth
from dashboard.store import grades

TRAINABLE = "sentence-transformers:"
"""Begins the settings of encoders whose weights are at hand."""

QUERY_BATCH = 32


@dataclass(frozen=True, slots=True)
class Space:
    """An encoder with its stored vectors."""

    setting: str
    encoder: Encoder
    vectors: VectorStore


@dataclass(frozen=True, slots=True)
class Start:
    """What the encoder makes of the material as it is.

    Attributes:
        space: The encoder and its vectors.
        queries: The vector of every question, in the order of the material.
        matrix: The vector of every segment, in the order of the material.
        rankings: For every question the segments nearest to it.
    """

    space: Space
    queries: Vectors
    matrix: Vectors
    rankings: dict[int, list[int]]


@needs(Role.RESEARCHER)
def is_trainable(project: Project) -> bool:
    """Return whether the weights of the project's encoder can be trained here."""
    return project.settings.encoder.startswith(TRAINABLE)


@needs(Role.RESEARCHER)
def gather(project: Project, source: str) -> Material:
    """Return the questions with a relevant segment, and their grades.

    Args:
        project: The project.
        source: `people`, `judge:NAME`, `titles` or `questions`, as `find_truth` reads it.

    Raises:
        NotFound: There is no such source, or it knows nothing yet.
    """
    truth = find_truth(project, source)
    ids, hashes = project.segments.keys()
    with project.store.read() as session:
        lecture_of = {
            segment: video_id
            for video_id, segments in grades.segments_by_video(session).items()
            for segment in segments
        }
    there = {int(segment) for segment in ids}
    given = {
        question: {segment: grade for segment, grade in truth.grades[question].items() if segment in there}
        for question in truth.questions
    }
    questions = {
        question: text
        for question, text in sorted(truth.questions.items())
        if any(grade >= truth.relevant_from for grade in given[question].values())
    }
    return Material(
        questions,
        {question: given[question] for question in questions},
        truth.relevant_from,
        Segments(ids, hashes, [lecture_of.get(int(segment), "") for segment in ids]),
        truth.code,
    )


@needs(Role.RESEARCHER)
def open_base(project: Project) -> Space:
    """Return the encoder of the settings, whatever is promoted over it.

    Raises:
        TuningError: It is a tuned one itself.
        EncoderError: It cannot be opened.
    """
    setting = project.settings.encoder
    if setting.startswith(PREFIX):
        raise TuningError(
            N_(
                "VEREDITO_ENCODER names {found}, which is tuned already. Set it to the encoder that it was "
                "made from; what is promoted is kept in the project."
            ),
            found=setting,
        )
    encoder = project.encoder if project.encoder_choice.setting == setting else None
    if encoder is not None:
        return Space(setting, encoder, project.vectors)
    used = project.encoder
    encoder = used.base if isinstance(used, AdaptedEncoder) else open_encoder(setting)
    folder = project.settings.data_dir / "vectors"
    return Space(setting, encoder, VectorStore(folder, encoder.id, encoder.dimension))


@needs(Role.RESEARCHER)
def start_from(project: Project, material: Material, progress: Progress) -> Start:
    """Return what the encoder finds as it is; what has no vector yet is embedded first.

    Raises:
        EncoderError: The encoder cannot be opened or fails.
        TuningError: The corpus has changed meanwhile.
    """
    space = open_base(project)
    embed_corpus(project, progress, (space.encoder, space.vectors))
    try:
        matrix = space.vectors.matrix(material.segments.hashes)
    except KeyError:
        raise TuningError(N_("The lectures changed while this began. Begin it again.")) from None
    queries = embed_queries(space.encoder, list(material.questions.values()), progress)
    questions = list(material.questions)
    rankings = rank_vectors(questions, queries, material.segments.ids, matrix, MINED_DEPTH)
    return Start(space, queries, matrix, rankings)


def embed_queries(encoder: Encoder, texts: Sequence[str], progress: Progress) -> Vectors:
    """Return the vectors of questions."""
    import numpy as np

    parts = []
    for first in range(0, len(texts), QUERY_BATCH):
        progress("encode", first, len(texts))
        parts.append(encoder.encode_queries(texts[first : first + QUERY_BATCH]))
    progress("encode", len(texts), len(texts))
    return np.concatenate(parts)


def fingerprint(material: Material, split: Split) -> str:
    """Return a text that changes with anything that a training learns from."""
    body = [
        material.source,
        sorted(material.questions.items()),
        [(question, sorted(found.items())) for question, found in sorted(material.grades.items())],
        material.relevant_from,
        [int(segment) for segment in material.segments.ids],
        list(material.segments.hashes),
        [split.train, split.validation, split.test],
    ]
    return hashlib.sha256(json.dumps(body, ensure_ascii=True).encode()).hexdigest()
