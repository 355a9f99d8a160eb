"""Scoring question and segment together with a cross-encoder: slower than vectors, and more exact."""

import threading
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from dashboard.errors import N_, SearchError


class Reranker:
    """A cross-encoder that sentence-transformers can load; may be used from several threads.

    Args:
        model: Model name or folder.

    Raises:
        SearchError: If it cannot be loaded, or gives more than one number for a pair.
    """

    def __init__(self, model: str) -> None:
        try:
            from sentence_transformers import CrossEncoder

            self._model = CrossEncoder(model)
        except Exception as error:  # Every library below raises its own kinds.
            reason = str(error).strip() or type(error).__name__
            raise SearchError(
                N_(
                    "The cross-encoder {model} could not be loaded ({reason}). Give the folder of a "
                    "cross-encoder, download it once while connected, or leave out +rerank."
                ),
                model=model,
                reason=reason.splitlines()[0],
            ) from error
        if self._model.num_labels != 1:
            raise SearchError(
                N_(
                    "The cross-encoder {model} gives {found} numbers for a question and a text. "
                    "Use one that gives a single relevance score."
                ),
                model=model,
                found=self._model.num_labels,
            )
        self._lock = threading.Lock()

    def scores(self, question: str, texts: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return how relevant each text is to the question, on the model's own scale."""
        if not texts:
            return np.zeros(0, dtype=np.float32)
        with self._lock:
            found = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(found, dtype=np.float32)
