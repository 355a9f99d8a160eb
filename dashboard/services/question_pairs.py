"""Questions that mean nearly the same: cosine similarity of their vectors, over all pairs."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dashboard.retrieval.vectors import VectorStore
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import questions
from dashboard.store.hashing import key_of, text_hash
from dashboard.store.questions import StoredQuestion

BATCH = 32
"""Questions between two savings of their vectors."""

BLOCK = 1_024
"""Rows of the similarity matrix that are there at one time, so that memory does not grow with the square."""

ROUNDING = 1e-6
"""By so much the cosine of a vector with itself may miss 1 in single precision."""

FOLDER = "question-vectors"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions and how alike they are; the one with the smaller number first."""

    first: StoredQuestion
    second: StoredQuestion
    similarity: float


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs that are most alike, and how many there are at the threshold or above."""

    pairs: tuple[Pair, ...]
    total: int


@needs(Role.RESEARCHER)
def bank_version(project: Project) -> str:
    """Return a text that changes whenever there are other questions, or whenever their numbers change."""
    with project.store.read() as session:
        return key_of(questions.all_texts(session))


@needs(Role.RESEARCHER)
def count_unembedded(project: Project) -> int:
    """Return how many questions have no vector yet.

    Raises:
        EncoderError: The encoder cannot be used.
    """
    with project.store.read() as session:
        asked = questions.all_texts(session)
    return len(_vectors(project).missing([text_hash(text) for _, text in asked]))


@needs(Role.RESEARCHER)
def embed_questions(project: Project, progress: Callable[[int, int], None]) -> int:
    """Give each question that has none a vector, and return how many there were.

    What is stopped continues: every batch is kept.

    Raises:
        EncoderError: The encoder cannot be used.
    """
    with project.store.read() as session:
        asked = questions.all_texts(session)
    texts = {text_hash(text): text for _, text in asked}
    vectors = _vectors(project)
    todo = vectors.missing(list(texts))
    for first in range(0, len(todo), BATCH):
        progress(first, len(todo))
        part = todo[first : first + BATCH]
        vectors.add(part, project.encoder.encode_queries([texts[key] for key in part]))
    progress(len(todo), len(todo))
    return len(todo)


@needs(Role.RESEARCHER)
def similar_questions(project: Project, threshold: float, limit: int) -> Pairs:
    """Return the pairs of questions whose similarity reaches a threshold, the most alike first.

    Questions without a vector are left out.

    Args:
        project: Where the questions are.
        threshold: Cosine similarity, up to 1.
        limit: Most pairs that are returned; all are counted.

    Raises:
        EncoderError: The encoder cannot be used.
    """
    with project.store.read() as session:
        asked = questions.all_texts(session)
    vectors = _vectors(project)
    missing = set(vectors.missing([text_hash(text) for _, text in asked]))
    known = [(question_id, key) for question_id, text in asked if (key := text_hash(text)) not in missing]
    if len(known) < 2:
        return Pairs((), 0)
    matrix = vectors.matrix([key for _, key in known])
    best: list[tuple[float, int, int]] = []
    total = 0
    for start in range(0, len(known), BLOCK):
        block = matrix[start : start + BLOCK] @ matrix[start:].T
        # Each pair once: the column's question comes after the row's.
        rows, columns = np.nonzero(np.triu(block >= threshold - ROUNDING, k=1))
        total += len(rows)
        values = block[rows, columns]
        kept = np.argsort(-values, kind="stable")[:limit]
        best += [(float(values[at]), start + int(rows[at]), start + int(columns[at])) for at in kept.tolist()]
        best = sorted(best, key=lambda one: (-one[0], one[1], one[2]))[:limit]
    ids = list(dict.fromkeys(known[place][0] for _, *places in best for place in places))
    with project.store.read() as session:
        found = {one.question_id: one for one in questions.get_questions(session, ids)}
    pairs = [
        Pair(found[known[first][0]], found[known[second][0]], similarity)
        for similarity, first, second in best
        if known[first][0] in found and known[second][0] in found
    ]
    return Pairs(tuple(pairs), total)


def _vectors(project: Project) -> VectorStore:
    """Return the vectors of questions as questions, which differ from those of the same text as a passage."""
    encoder = project.encoder
    return VectorStore(project.settings.data_dir / FOLDER, encoder.id, encoder.dimension)
