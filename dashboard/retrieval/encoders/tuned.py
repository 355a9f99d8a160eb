"""Opening an encoder that was made here from labels."""

from dashboard.errors import N_, EncoderError
from dashboard.retrieval.encoders.adapted import AdaptedEncoder, read_layers
from dashboard.retrieval.encoders.base import Encoder
from dashboard.retrieval.encoders.transformer import TransformerEncoder
from dashboard.retrieval.finetuning.folder import Kind, Tuned

MODEL = "model"
"""The folder of a whole model inside the encoder's."""


def open_transformer(tuned: Tuned) -> TransformerEncoder:
    """Return a tuned model, loaded and ready."""
    return TransformerEncoder(str(tuned.folder / MODEL), encoder_id=tuned.id, base_id=tuned.base_id)


def put_on(base: Encoder, tuned: Tuned) -> AdaptedEncoder:
    """Return an encoder with a tuned adapter on top.

    Raises:
        EncoderError: The adapter was learnt on another encoder, or does not fit.
    """
    assert tuned.kind is Kind.ADAPTER, "only an adapter is put on another encoder"
    check_base(tuned, base.id)
    queries, segments = read_layers(tuned.folder, base.dimension, tuned.id)
    return AdaptedEncoder(base, queries, segments, tuned.id)


def check_base(tuned: Tuned, base_id: str) -> None:
    """Raise unless an adapter was learnt on this encoder.

    Raises:
        EncoderError: It was learnt on another.
    """
    if tuned.kind is Kind.ADAPTER and tuned.base_id != base_id:
        raise EncoderError(
            N_(
                "The tuned encoder {encoder} belongs on {base}, but {found} is there now. Put the former "
                "model back, or train again: python -m dashboard finetune."
            ),
            encoder=tuned.id,
            base=tuned.base_id,
            found=base_id,
        )
