"""The tuned encoders of a project: which there are, and which takes the place of the encoder it came from."""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass

from dashboard.errors import N_, EncoderError, TuningError, VereditoError
from dashboard.retrieval.encoders.factory import check_tuned
from dashboard.retrieval.finetuning.card import Card, read_facts
from dashboard.retrieval.finetuning.folder import PREFIX, list_folders, read_card
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.audit import note
from dashboard.services.encoder_choice import FACT, Promotion, encoders_dir
from dashboard.services.project import Project
from dashboard.store.base import now
from dashboard.store.hashing import key_of


@dataclass(frozen=True, slots=True)
class Listed:
    """A tuned encoder with its card, or what is wrong with it; and whether it is in use."""

    encoder: str
    card: Card | None
    fault: VereditoError | None
    is_used: bool


@needs(Role.RESEARCHER)
def list_encoders(project: Project) -> list[Listed]:
    """Return the tuned encoders of the project, the newest first, those that are refused last."""
    used = project.encoder_choice.setting
    found = []
    for encoder in list_folders(encoders_dir(project.settings)):
        try:
            card = read_facts(read_card(check_tuned(encoder, encoders_dir(project.settings))))
            found.append(Listed(encoder, card, None, encoder == used))
        except EncoderError as error:
            found.append(Listed(encoder, None, error, encoder == used))
        except (OSError, ValueError, KeyError, TypeError) as error:
            fault = EncoderError(
                N_("The card of the tuned encoder {encoder} cannot be read ({reason}). Train it again."),
                encoder=encoder,
                reason=type(error).__name__,
            )
            found.append(Listed(encoder, None, fault, encoder == used))
    return sorted(found, key=lambda one: one.card.created_at if one.card else "", reverse=True)


@needs(Role.RESEARCHER)
def files_state(project: Project) -> str:
    """Return a text that changes with the files of the tuned encoders, without reading them."""
    root = encoders_dir(project.settings)
    found = []
    for encoder in list_folders(root):
        for path in sorted((root / encoder.removeprefix(PREFIX)).rglob("*")):
            with suppress(OSError):
                about = path.stat()
                found.append(f"{path.relative_to(root)} {about.st_size} {about.st_mtime_ns}")
    return key_of(found)


@needs(Role.RESEARCHER)
def find_encoder(project: Project, name: str) -> Card:
    """Return the card of a tuned encoder by its id, or by an unmistakable beginning of it.

    Raises:
        EncoderError: There is none, or its folder is refused.
    """
    wanted = name if name.startswith(PREFIX) else PREFIX + name
    listed = list_encoders(project)
    matching = [one for one in listed if one.encoder == wanted] or [
        one for one in listed if one.encoder.startswith(wanted)
    ]
    if len(matching) != 1:
        raise EncoderError(
            N_("{found} names {count} tuned encoders. See them all: python -m dashboard encoders."),
            found=repr(name),
            count=len(matching),
        )
    if matching[0].fault is not None:
        raise matching[0].fault
    assert matching[0].card is not None
    return matching[0].card


@needs(Role.RESEARCHER)
def promote(project: Project, encoder: str, by: str = "") -> Promotion:
    """Let a tuned encoder take the place of the one it was made from.

    Raises:
        TuningError: It did not help on the held-out questions, or was made from another encoder.
        EncoderError: There is no such encoder, or its folder is refused.
    """
    card = find_encoder(project, encoder)
    if not card.helped:
        raise TuningError(
            N_(
                "{encoder} did not help: the interval of its difference in nDCG@10 on the held-out questions "
                "is not above 0. Only an encoder that helped is promoted; grade more questions, train again."
            ),
            encoder=card.encoder,
        )
    if card.facts["base"]["setting"] != project.settings.encoder:
        raise TuningError(
            N_(
                "{encoder} was made from {base}, but VEREDITO_ENCODER names {found}. Set it to the first, or "
                "train from the second."
            ),
            encoder=card.encoder,
            base=card.facts["base"]["setting"],
            found=project.settings.encoder,
        )
    promotion = Promotion(card.encoder, project.settings.encoder, by, now().isoformat())
    project.store.set_fact(FACT, json.dumps(asdict(promotion), ensure_ascii=False))
    note(project, "encoder.promote", "encoder", card.encoder)
    return promotion


@needs(Role.RESEARCHER)
def go_back(project: Project) -> str:
    """Use the encoder of the settings again, and return its name; nothing is deleted."""
    project.store.set_fact(FACT, "")
    note(project, "encoder.go_back", "encoder", project.settings.encoder)
    return project.settings.encoder
