"""Encoders: what turns texts into vectors, one back end per module."""

from dashboard.retrieval.encoders.base import Encoder, Vectors
from dashboard.retrieval.encoders.factory import open_encoder

__all__ = ["Encoder", "Vectors", "open_encoder"]
