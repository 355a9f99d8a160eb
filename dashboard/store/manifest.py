"""What a backup says of itself, so that it can be held against what is really in it."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from dashboard.errors import N_, BackupError
from dashboard.store.content import Fingerprint

MANIFEST = "manifest.json"
DATABASE = "veredito.db"
DUMP = "veredito.dump"
ENCODERS = "encoders"

PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,99}(/[A-Za-z0-9_][A-Za-z0-9._-]{0,99}){0,5}")
"""What a file in a backup may be called: below the folder that it is unpacked into, wherever that is."""

_FORMAT, _FORMAT_VERSION = "veredito-backup", 1
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Member:
    """A file in a backup."""

    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    Attributes:
        schema: The migration that its database is at.
        created_at: When it was made.
        is_automatic: Whether the program made it by itself, before a migration.
        tables: What each table holds.
        members: Its files by name.
        program: The version of Veredito that made it.
        origin: The kind of database that was backed up: `sqlite` or `postgresql`.
    """

    schema: str
    created_at: datetime
    is_automatic: bool
    tables: Mapping[str, Fingerprint]
    members: Mapping[str, Member]
    program: str
    origin: str


def refuse(path: Path, reason: str) -> NoReturn:
    """Refuse a backup.

    Raises:
        BackupError: Always.
    """
    raise BackupError(
        N_("{path} is no unharmed backup of Veredito: {reason}. Nothing was changed; take another backup."),
        path=path,
        reason=reason,
    )


def to_json(manifest: Manifest) -> dict[str, Any]:
    """Return a manifest as it is written into a backup."""
    return {
        "format": _FORMAT,
        "format_version": _FORMAT_VERSION,
        **asdict(manifest),
        "created_at": manifest.created_at.isoformat(),
    }


def from_json(content: bytes, path: Path) -> Manifest:
    """Read a manifest, which may come from anywhere.

    Raises:
        BackupError: It cannot be read, is of another program, or names what no backup holds.
    """
    try:
        found = json.loads(content)
        if found["format"] != _FORMAT:
            refuse(path, "its manifest is of another program")
        if found["format_version"] != _FORMAT_VERSION:
            raise BackupError(
                N_("{path} is a backup of a newer Veredito ({found}). Update Veredito, then try again."),
                path=path,
                found=str(found["program"])[:20],
            )
        manifest = Manifest(
            str(found["schema"]),
            datetime.fromisoformat(found["created_at"]),
            bool(found["is_automatic"]),
            {name: _fingerprint(one) for name, one in found["tables"].items()},
            {name: Member(int(one["size"]), str(one["sha256"])) for name, one in found["members"].items()},
            str(found["program"]),
            str(found["origin"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError):
        refuse(path, "its manifest cannot be read")
    for name, member in manifest.members.items():
        known = name in (DATABASE, DUMP) or name.startswith(f"{ENCODERS}/")
        if (
            not known
            or not PLAIN_NAME.fullmatch(name)
            or not _SHA256.fullmatch(member.sha256)
            or member.size < 0
        ):
            refuse(path, "its manifest names a file that no backup holds")
    if DATABASE not in manifest.members:
        refuse(path, "its manifest names no database")
    return manifest


def _fingerprint(found: Mapping[str, Any]) -> Fingerprint:
    return Fingerprint(tuple(found["columns"]), int(found["rows"]), str(found["sha256"]))
