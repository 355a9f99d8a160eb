"""Which encoder is in use: the one of the settings, or a tuned one that was promoted over it."""

import json
from dataclasses import dataclass
from pathlib import Path

from dashboard.config import Settings
from dashboard.errors import N_, EncoderError, VereditoError

FACT = "encoder"
"""The fact about the project that holds the promotion; empty where there is none."""


@dataclass(frozen=True, slots=True)
class Promotion:
    """That a tuned encoder takes the place of another.

    Attributes:
        encoder: The id of the tuned one.
        over: The setting that it takes the place of; under another setting it is not used.
        by: Who promoted it, empty for the command line.
        at: When, ISO 8601.
    """

    encoder: str
    over: str
    by: str
    at: str


@dataclass(frozen=True, slots=True)
class Choice:
    """The encoder in use.

    Attributes:
        setting: What to open, as `VEREDITO_ENCODER` would name it.
        promotion: The promotion that is stored, used or not.
        fault: Why the promoted encoder is not used; None while it is, or where there is none.
    """

    setting: str
    promotion: Promotion | None = None
    fault: VereditoError | None = None


def encoders_dir(settings: Settings) -> Path:
    """Return the folder of the tuned encoders."""
    return settings.data_dir / "encoders"


def read_promotion(fact: str) -> Promotion | None:
    """Return the promotion that a fact holds; None where there is none that can be read."""
    try:
        return Promotion(**{name: str(value) for name, value in json.loads(fact).items()})
    except (ValueError, TypeError, AttributeError):
        return None


def is_there(settings: Settings, fact: str) -> bool:
    """Return whether the folder of the promoted encoder is there, sound or not; False where there is none."""
    promotion = read_promotion(fact)
    if promotion is None:
        return False
    return (encoders_dir(settings) / promotion.encoder.partition(":")[2]).is_dir()


def choose_encoder(settings: Settings, fact: str) -> Choice:
    """Return the encoder in use; a promoted one whose folder is damaged is passed over, and the fault told.

    Args:
        settings: The operator's choices.
        fact: The value of the fact `FACT`.
    """
    promotion = read_promotion(fact)
    if promotion is None:
        return Choice(settings.encoder)
    if promotion.over != settings.encoder:
        fault = EncoderError(
            N_(
                "The encoder {encoder} was promoted over {over}, but VEREDITO_ENCODER names {found}, which "
                "is used. Set it back, or promote an encoder that was made from this one."
            ),
            encoder=promotion.encoder,
            over=promotion.over,
            found=settings.encoder,
        )
        return Choice(settings.encoder, promotion, fault)
    from dashboard.retrieval.encoders.factory import check_tuned

    try:
        check_tuned(promotion.encoder, encoders_dir(settings))
    except EncoderError as error:
        return Choice(settings.encoder, promotion, error)
    return Choice(promotion.encoder, promotion)
