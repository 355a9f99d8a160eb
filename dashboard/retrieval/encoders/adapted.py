"""An encoder that stays as it is, with a linear layer on top of its vectors; learnt from labels."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np

from dashboard.errors import N_, EncoderError
from dashboard.retrieval.encoders.base import Encoder, Vectors, normalised
from dashboard.retrieval.files import write_durably
from dashboard.retrieval.vector_store import VectorStore

FILE = "adapter.safetensors"
_QUERIES, _SEGMENTS = "queries", "segments"


class AdaptedEncoder:
    """The encoder below and two layers: one for the vectors of questions, one for those of segments.

    Args:
        base: The encoder below.
        queries: The layer of questions, square.
        segments: The layer of segments, square.
        encoder_id: The id of the whole.

    Attributes:
        base: The encoder below; its vectors are the ones that are stored.
        base_id: Its id.
    """

    def __init__(self, base: Encoder, queries: Vectors, segments: Vectors, encoder_id: str) -> None:
        self.base = base
        self.base_id = base.id
        self.id = encoder_id
        self.dimension = base.dimension
        self.max_tokens = base.max_tokens
        self._queries, self._segments = queries, segments

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return what the encoder below counts."""
        return self.base.count_tokens(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts that are searched."""
        return self.adapted(self.base.encode_passages(texts))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions."""
        return _through(self._queries, self.base.encode_queries(texts), self.id)

    def adapted(self, rows: Vectors) -> Vectors:
        """Return the vectors of texts that are searched, from those of the encoder below."""
        return _through(self._segments, rows, self.id)


class AdaptedVectors:
    """The stored vectors of the encoder below, put through the layer when they are read.

    Nothing is embedded or stored again. What is added are vectors of the encoder below.

    Args:
        below: The stored vectors of the encoder below.
        encoder: Whose vectors are read.
    """

    def __init__(self, below: VectorStore, encoder: AdaptedEncoder) -> None:
        self._below = below
        self._encoder = encoder

    def __len__(self) -> int:
        return len(self._below)

    def missing(self, hashes: Sequence[str]) -> list[str]:
        """Return the content hashes that have no vector, each once, in the order given."""
        return self._below.missing(hashes)

    def add(self, hashes: Sequence[str], vectors: Vectors) -> None:
        """Store vectors of the encoder below."""
        self._below.add(hashes, vectors)

    def matrix(self, hashes: Sequence[str]) -> Vectors:
        """Return the vectors of content hashes, in their order.

        Raises:
            KeyError: If one of them has no vector.
        """
        return self._encoder.adapted(self._below.matrix(hashes))

    def embedding(self) -> AbstractContextManager[None]:
        """Hold this from asking what is missing to adding it."""
        return self._below.embedding()


def embedder_of(encoder: Encoder) -> Encoder:
    """Return the encoder whose vectors are stored: the one below, or the encoder itself."""
    return encoder.base if isinstance(encoder, AdaptedEncoder) else encoder


def write_layers(folder: Path, queries: Vectors, segments: Vectors) -> None:
    """Write both layers as safetensors."""
    from safetensors.numpy import save

    write_durably(folder / FILE, save({_QUERIES: queries, _SEGMENTS: segments}))


def read_layers(folder: Path, dimension: int, encoder_id: str) -> tuple[Vectors, Vectors]:
    """Return the layers of questions and of segments.

    Raises:
        EncoderError: They do not fit an encoder with so many numbers in a vector.
    """
    from safetensors import SafetensorError
    from safetensors.numpy import load

    try:
        found = load((folder / FILE).read_bytes())
        queries, segments = found[_QUERIES], found[_SEGMENTS]
    except (OSError, KeyError, SafetensorError):
        queries = segments = np.zeros(0, dtype=np.float32)
    for layer in (queries, segments):
        if layer.shape != (dimension, dimension) or layer.dtype != np.float32 or not np.isfinite(layer).all():
            raise EncoderError(
                N_(
                    "The layers of the tuned encoder {encoder} do not fit its base, whose vectors have "
                    "{dimension} numbers. Train it again: python -m dashboard finetune."
                ),
                encoder=encoder_id,
                dimension=dimension,
            )
    return queries, segments


def _through(layer: Vectors, rows: Vectors, encoder_id: str) -> Vectors:
    return normalised(rows @ layer.T, len(rows), encoder_id) if len(rows) else rows
