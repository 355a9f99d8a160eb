"""Tokens that let somebody in: random, signed, shown once, and kept only as hashes."""

import base64
import hashlib
import hmac
import os
import secrets
from functools import cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Literal

from dashboard.config import Settings
from dashboard.errors import N_, SettingsError

SECRET_FILE = "secret.key"
BYTES = 32
"""A token is as hard to guess as a key of 256 bits."""

Purpose = Literal["invite", "sign-in"]


def make_token(settings: Settings, purpose: Purpose) -> str:
    """Return a new token, which can stand in an address.

    Raises:
        SettingsError: The secret cannot be read or kept.
    """
    random = secrets.token_urlsafe(BYTES)
    return f"{random}.{_signature(settings, purpose, random)}"


def hash_token(settings: Settings, purpose: Purpose, token: str) -> str | None:
    """Return the hash under which a token is kept, None for what was not signed here for that purpose.

    Raises:
        SettingsError: The secret cannot be read or kept.
    """
    random, _dot, signature = token.partition(".")
    right = _signature(settings, purpose, random)
    if not hmac.compare_digest(signature.encode(errors="replace"), right.encode()):
        return None
    return hashlib.sha256(token.encode()).hexdigest()


def hash_login(*facts: str) -> str:
    """Return the hash by which a sign-in at a provider is known again."""
    return hashlib.sha256("\0".join(facts).encode()).hexdigest()


def _signature(settings: Settings, purpose: Purpose, random: str) -> str:
    message = f"{purpose}:{random}".encode(errors="replace")
    return base64.urlsafe_b64encode(hmac.digest(_secret(settings), message, "sha256")).decode().rstrip("=")


def _secret(settings: Settings) -> bytes:
    return settings.secret.get_secret_value().encode() or _kept(settings.data_dir / SECRET_FILE)


@cache
def _kept(path: Path) -> bytes:
    """Return the secret of a file that only its owner may read; the first to come makes it."""
    try:
        if not path.exists():
            _make(path)
        return path.read_bytes()
    except OSError as error:
        raise SettingsError(
            N_(
                "The secret that signs invites and sign-ins cannot be kept in {path}: {reason}. Make the "
                "folder writable, or set VEREDITO_SECRET."
            ),
            path=path,
            reason=error.strerror or error,
        ) from None


def _make(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # The temporary file has mode 600 from the start. Linking it fails when another process was first, whose
    # secret then holds; and nobody ever reads half a secret.
    with NamedTemporaryFile(dir=path.parent, prefix=".secret-") as file:
        file.write(secrets.token_urlsafe(BYTES).encode())
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(file.name, path)
        except FileExistsError:
            return
