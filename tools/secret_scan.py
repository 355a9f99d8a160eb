"""Whether anything that looks like a key or a password is among the files of the repository."""

import subprocess
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

LIST = "tools/allowed_secrets.txt"
ANY = "*"

_NO_TEXT = frozenset({".png", ".npy", ".webm", ".mp3", ".mp4", ".faiss", ".ico", ".woff2"})
_PROCESSES = 2


class Allowed(NamedTuple):
    """What may stand in a file: the hash of one value, or any value that looks like one kind of secret."""

    path: str
    kind: str
    digest: str


def faults(root: Path) -> list[str]:
    """Return what looks like a secret and was not looked at by a person, by its place and never by its value.

    A line of the output without its first word can be added to the list, with the reason behind it.
    """
    allowed = read(root / LIST)
    told = []
    for path, kind, digest, line in _found(root, tracked(root)):
        if not any(_lets(entry, path, kind, digest) for entry in allowed):
            told.append(f"line {line}: {path} | {kind} | {digest}")
    return told


def read(path: Path) -> list[Allowed]:
    """Return the list of what people looked at: a line each of path, kind, hash and reason."""
    if not path.is_file():
        return []
    lines = [line.strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [
        Allowed(*(part.strip() for part in line.split("|")[:3]))
        for line in lines
        if line and not line.startswith("#")
    ]


def tracked(root: Path) -> list[str]:
    """Return the files of the repository, also those that are about to be added, that hold text."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    names = listed.stdout.decode(errors="surrogateescape").split("\0")
    texts = [name for name in names if name != LIST and Path(name).suffix not in _NO_TEXT]
    return [name for name in texts if (root / name).is_file()]


def _found(root: Path, names: list[str]) -> list[tuple[str, str, str, int]]:
    with default_settings():
        secrets = SecretsCollection(str(root))
        secrets.scan_files(*names, num_processors=_PROCESSES)
        return sorted((name, one.type, one.secret_hash, one.line_number) for name, one in secrets)


def _lets(entry: Allowed, path: str, kind: str, digest: str) -> bool:
    return fnmatchcase(path, entry.path) and entry.kind == kind and entry.digest in (ANY, digest)
