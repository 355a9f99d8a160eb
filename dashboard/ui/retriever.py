"""Retrievers in words."""

from dashboard.errors import N_
from dashboard.retrieval.retriever import parse_retriever
from dashboard.ui.i18n import _

METHODS = {"dense": N_("dense (meaning)"), "lexical": N_("lexical (words)"), "hybrid": N_("hybrid (both)")}


def retriever_name(setting: str) -> str:
    """Return a retriever as people read it; the cross-encoder keeps its own name."""
    config = parse_retriever(setting)
    name = _(METHODS[config.method])
    return f"{name} + {config.reranker}" if config.reranker else name
