"""Embedding what has no vector yet, so that it can be stopped and continued at any point."""

from collections.abc import Callable, Sequence

from dashboard.retrieval.encoders.adapted import embedder_of
from dashboard.retrieval.encoders.base import Encoder, Vectors
from dashboard.retrieval.vector_store import VectorStore


def embed_questions(
    encoder: Encoder,
    vectors: VectorStore,
    hashes: Sequence[str],
    texts: Sequence[str],
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Embed each distinct question that has no vector, as `embed` does; `vectors` are those of questions."""
    return _embed(encoder.encode_queries, vectors, hashes, texts, 16, progress)


def embed(
    encoder: Encoder,
    vectors: VectorStore,
    hashes: Sequence[str],
    texts: Sequence[str],
    batch: int = 16,
    progress: Callable[[int, int], None] | None = None,
) -> int:
    """Embed each distinct text that has no vector, once, and store every batch before the next.

    Others may embed at the same time, here or in another process: what they did meanwhile is passed over.
    Texts of like length go together, longest first: short ones are then not padded to the length of long
    ones, and an estimate of the time left errs on the safe side.

    Args:
        encoder: Makes the vectors.
        vectors: Keeps them; must be the store of this encoder.
        hashes: Hexadecimal SHA-256 of each text.
        texts: The texts, in the order of the hashes.
        batch: Texts between two savings; what is interrupted loses at most so many.
        progress: Told how many texts are done and how many there are to do, at the start and after each
            batch.

    Returns:
        How many texts were embedded here.
    """
    return _embed(embedder_of(encoder).encode_passages, vectors, hashes, texts, batch, progress)


def _embed(
    encode: Callable[[Sequence[str]], Vectors],
    vectors: VectorStore,
    hashes: Sequence[str],
    texts: Sequence[str],
    batch: int,
    progress: Callable[[int, int], None] | None,
) -> int:
    by_hash = dict(zip(hashes, texts, strict=True))
    todo = sorted(vectors.missing(hashes), key=lambda key: (-len(by_hash[key]), key))
    if progress is not None:
        progress(0, len(todo))
    embedded = 0
    for start in range(0, len(todo), batch):
        part = todo[start : start + batch]
        with vectors.embedding():
            missing = vectors.missing(part)
            if missing:
                vectors.add(missing, encode([by_hash[key] for key in missing]))
        embedded += len(missing)
        if progress is not None:
            progress(start + len(part), len(todo))
    return embedded
