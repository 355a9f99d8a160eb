"""The name under which readers know a retriever, for formats that say no more than a name."""

import re

from dashboard.models import RunConfig
from dashboard.records.record import IMPORTED

_E5 = re.compile(r"(?<![a-z0-9])e5(?![a-z0-9])")


def known_name(config: RunConfig) -> str:
    """Return `E5`, `BM25` or `E5 + BM25` for a project's own retriever; imported names stay as they are."""
    method, _, reranker = config.retriever.partition("+rerank:")
    if config.answerer == IMPORTED or method not in ("dense", "lexical", "hybrid"):
        return config.retriever
    parts = [] if method == "lexical" else [_encoder_name(config.encoder) or "dense"]
    parts += [] if method == "dense" else ["BM25"]
    parts += [_short(reranker)] if reranker else []
    return " + ".join(parts)


def _encoder_name(encoder: str) -> str:
    """Return an encoder's family where readers know it by that, else the model's name without its owner."""
    model = _short(encoder.partition(":")[2] or encoder)
    return "E5" if _E5.search(model.lower()) else model


def _short(model: str) -> str:
    return re.split(r"[/\\]", model.rstrip("/\\"))[-1] or model
