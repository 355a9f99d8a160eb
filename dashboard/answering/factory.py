"""Which answerer the settings ask for."""

from dashboard.answering.base import Answerer
from dashboard.answering.chat import ChatAnswerer
from dashboard.answering.extractive import ExtractiveAnswerer, SentenceEncoder


def open_answerer(answer_model: str | None, encoder: SentenceEncoder | None = None) -> Answerer:
    """Return the chat answerer of a model, or the extractive one when no model is set.

    Args:
        answer_model: VEREDITO_ANSWER_MODEL; None or empty when unset.
        encoder: The encoder of the project, used by the extractive answerer only.
    """
    if answer_model and answer_model.strip():
        return ChatAnswerer(answer_model.strip())
    return ExtractiveAnswerer(encoder)
