"""The folder of a tuned encoder: written whole or not at all, and opened only when every file is unharmed."""

import hashlib
import json
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from dashboard.errors import N_, EncoderError
from dashboard.retrieval.files import file_sha256, sync_folder, write_durably
from dashboard.retrieval.finetuning import refusals

PREFIX = "tuned:"
"""Begins the id of every encoder that was made here."""

CARD = "card.json"

_MANIFEST = "manifest.json"
_FORMAT, _VERSION = "veredito-encoder", 1
_BUILDING = ".building-"
_DIGITS = 12
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,59}-[0-9a-f]{12}")
_ENDINGS = (".safetensors", ".json", ".txt", ".model")
"""What a folder may hold: above all no pickle, which could run anything when it is loaded."""


class Kind(StrEnum):
    """What the folder holds: layers on top of another encoder, or a whole model."""

    ADAPTER = "adapter"
    TRANSFORMER = "transformer"


@dataclass(frozen=True, slots=True)
class Tuned:
    """A tuned encoder on the disk.

    Attributes:
        folder: Where it is.
        kind: What it is.
        base_setting: The setting of the encoder that it was made from.
        base_id: The id of that encoder.
        files: The SHA-256 of each file by its path in the folder.
    """

    folder: Path
    kind: Kind
    base_setting: str
    base_id: str
    files: Mapping[str, str]

    @property
    def id(self) -> str:
        """The encoder's id: its name, and a hash of what it is made of."""
        return PREFIX + self.folder.name


def write_tuned(
    root: Path,
    name: str,
    kind: Kind,
    base_setting: str,
    base_id: str,
    write: Callable[[Path], None],
    card: Callable[[Tuned, str], Mapping[str, Any]],
) -> Tuned:
    """Write an encoder beside the others and rename it into place when all of it is on the disk.

    Args:
        root: Folder of all tuned encoders.
        name: Beginning of its id: small letters, digits and hyphens.
        kind: What is written.
        base_setting: The setting of the encoder that it was made from.
        base_id: The id of that encoder.
        write: Writes the weights into the folder it is given.
        card: Makes the card of the encoder, given where it is until it is in place, and its id.

    Raises:
        EncoderError: The disk refuses it; nothing is left behind.
    """
    try:
        root.mkdir(parents=True, exist_ok=True)
        for leftover in root.glob(f"{_BUILDING}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        with tempfile.TemporaryDirectory(dir=root, prefix=_BUILDING, ignore_cleanup_errors=True) as workshop:
            made = Path(workshop) / "encoder"
            made.mkdir()
            write(made)
            final = root / f"{name}-{_digest(kind, base_id, _hashes(made))}"
            facts = card(Tuned(made, kind, base_setting, base_id, _hashes(made)), PREFIX + final.name)
            body = {**facts, "encoder": PREFIX + final.name}
            (made / CARD).write_text(json.dumps(body, ensure_ascii=False, indent=1), encoding="utf-8")
            files = _hashes(made)
            for path in files:
                _flush(made / path)
            _write_manifest(made, kind, base_setting, base_id, files)
            if final.exists():
                # The same weights, trained again, or what damage has left of them.
                os.replace(final, Path(workshop) / "former")
            os.replace(made, final)
            sync_folder(root)
    except OSError as error:
        raise EncoderError(
            N_("The encoder could not be written to {folder} ({reason}). Free some space, then try again."),
            folder=str(root),
            reason=error.strerror or str(error),
        ) from error
    return Tuned(final, kind, base_setting, base_id, files)


def open_folder(root: Path, encoder_id: str) -> Tuned:
    """Return a tuned encoder of which every file is there and unharmed.

    Raises:
        EncoderError: It is not there, half-written, damaged, or none of ours; the message says which.
    """
    name = encoder_id.removeprefix(PREFIX)
    folder = root / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        raise EncoderError(
            N_(
                "There is no tuned encoder {encoder} in {folder}. "
                "See which there are: python -m dashboard encoders."
            ),
            encoder=repr(encoder_id),
            folder=str(root),
        )
    manifest = _read_manifest(folder, encoder_id)
    try:
        tuned = Tuned(
            folder,
            Kind(manifest["kind"]),
            str(manifest["base"]["setting"]),
            str(manifest["base"]["id"]),
            {str(path): str(digest) for path, digest in manifest["files"].items()},
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _refused(encoder_id, refusals.INCOMPLETE) from None
    _check(tuned, encoder_id)
    return tuned


def list_folders(root: Path) -> list[str]:
    """Return the ids of the tuned encoders that are there, sound or not, by name."""
    if not root.is_dir():
        return []
    return sorted(
        PREFIX + path.name for path in root.iterdir() if path.is_dir() and _NAME.fullmatch(path.name)
    )


def read_card(tuned: Tuned) -> dict[str, Any]:
    """Return the card of an encoder that `open_folder` gave."""
    found: dict[str, Any] = json.loads((tuned.folder / CARD).read_bytes())
    return found


def _read_manifest(folder: Path, encoder_id: str) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / _MANIFEST).read_bytes())
    except FileNotFoundError:
        raise _refused(encoder_id, refusals.NO_MANIFEST) from None
    except (OSError, ValueError):
        raise _refused(encoder_id, refusals.UNREADABLE) from None
    if not isinstance(manifest, dict) or manifest.get("format") != _FORMAT:
        raise _refused(encoder_id, refusals.OF_ANOTHER_PROGRAM)
    if manifest.get("version") != _VERSION:
        raise _refused(encoder_id, refusals.OF_ANOTHER_VERSION)
    return manifest


def _check(tuned: Tuned, encoder_id: str) -> None:
    """Raise unless the folder holds just what its manifest says, and the name is that of the content."""
    there = _names(tuned.folder) - {_MANIFEST}
    if strange := sorted(path for path in there | set(tuned.files) if not path.endswith(_ENDINGS)):
        raise _refused(encoder_id, refusals.FOREIGN_FILE, strange[0])
    if missing := sorted(set(tuned.files) - there):
        raise _refused(encoder_id, refusals.MISSING_FILE, missing[0])
    if strange := sorted(there - set(tuned.files)):
        raise _refused(encoder_id, refusals.UNNAMED_FILE, strange[0])
    for path, digest in sorted(tuned.files.items()):
        try:
            is_same = file_sha256(tuned.folder / path) == digest
        except OSError:
            is_same = False
        if not is_same:
            raise _refused(encoder_id, refusals.DAMAGED_FILE, path)
    if tuned.folder.name.rsplit("-", 1)[1] != _digest(tuned.kind, tuned.base_id, tuned.files):
        raise _refused(encoder_id, refusals.OTHER_CONTENT)


def _refused(encoder_id: str, message: str, path: str = "") -> EncoderError:
    return EncoderError(message, encoder=encoder_id, **({"path": path} if path else {}))


def _names(folder: Path) -> set[str]:
    """Return the files of a folder; what a file manager leaves, which begins with a dot, does not count."""
    found = (path.relative_to(folder) for path in folder.rglob("*") if not path.is_dir())
    return {path.as_posix() for path in found if not any(part.startswith(".") for part in path.parts)}


def _hashes(folder: Path) -> dict[str, str]:
    return {path: file_sha256(folder / path) for path in sorted(_names(folder))}


def _digest(kind: Kind, base_id: str, files: Mapping[str, str]) -> str:
    """Return what tells two encoders apart: all but the card, which only tells of it."""
    parts = [kind.value, base_id, *(f"{path} {files[path]}" for path in sorted(files) if path != CARD)]
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()[:_DIGITS]


def _flush(path: Path) -> None:
    with suppress(OSError), path.open("rb+") as file:
        os.fsync(file.fileno())


def _write_manifest(
    folder: Path, kind: Kind, base_setting: str, base_id: str, files: Mapping[str, str]
) -> None:
    manifest = {
        "format": _FORMAT,
        "version": _VERSION,
        "kind": kind.value,
        "base": {"setting": base_setting, "id": base_id},
        "files": dict(files),
    }
    write_durably(folder / _MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1).encode())
