"""Reading a backup, in which nothing is trusted that was not looked at."""

import hashlib
import os
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dashboard.errors import N_, BackupError
from dashboard.store.archive import CHUNK, FULL, disk_error
from dashboard.store.manifest import MANIFEST, Manifest, Member, from_json, refuse

LARGEST_TOTAL = 64 * 2**30
"""Bytes that all members together may unfold to: a small file may unfold to a huge one."""

LARGEST_MANIFEST = 2**22
MOST_MEMBERS = 2_000

_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


def read_manifest(path: Path) -> Manifest:
    """Return what a backup says of itself; its members are not looked at yet.

    Raises:
        BackupError: It is not there, no backup, or was altered.
    """
    with _opened(path) as archive:
        return _manifest_of(archive, path)


def unpack(path: Path, folder: Path) -> Manifest:
    """Unpack a backup into an empty folder and hold every file against the manifest.

    Raises:
        BackupError: It is no backup, truncated, altered, or unfolds to more than the disk or the limit holds.
    """
    with _opened(path) as archive:
        manifest = _manifest_of(archive, path)
        total = sum(member.size for member in manifest.members.values())
        free = shutil.disk_usage(folder).free
        if total > min(free, LARGEST_TOTAL):
            raise BackupError(
                N_("{path} unfolds to {found} bytes; {limit} can be taken. Free some space, then try again."),
                path=path,
                found=total,
                limit=min(free, LARGEST_TOTAL),
            )
        for name, member in manifest.members.items():
            _unpack_one(archive, name, member, folder / name, path)
    return manifest


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except OSError as error:
        if error.errno in FULL:
            raise
        # Only opening names the file; what fails later is where the zip's own numbers led.
        if error.filename is not None:
            raise disk_error(error, path) from error
        refuse(path, error.strerror or str(error))
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        refuse(path, str(error) or type(error).__name__)


def _manifest_of(archive: zipfile.ZipFile, path: Path) -> Manifest:
    entries = archive.infolist()
    there = {entry.filename: entry for entry in entries}
    if MANIFEST not in there or len(entries) > MOST_MEMBERS or len(there) != len(entries):
        refuse(path, "it has no manifest, or too many files")
    if any(entry.compress_type not in _COMPRESSIONS for entry in entries):
        refuse(path, "it is compressed in another way")
    if there[MANIFEST].file_size > LARGEST_MANIFEST:
        refuse(path, "its manifest is too large")
    with archive.open(MANIFEST) as file:
        manifest = from_json(file.read(LARGEST_MANIFEST), path)
    if set(there) != {MANIFEST, *manifest.members}:
        refuse(path, "it holds other files than its manifest names")
    for name, member in manifest.members.items():
        if there[name].file_size != member.size:
            refuse(path, f"{name} has another size than its manifest says")
    return manifest


def _unpack_one(archive: zipfile.ZipFile, name: str, member: Member, place: Path, path: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    hashing = hashlib.sha256()
    left = member.size
    with archive.open(name) as packed, place.open("xb") as file:
        # The size that is declared is not believed: reading ends there.
        while chunk := packed.read(min(CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                break
            hashing.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    if left or hashing.hexdigest() != member.sha256:
        refuse(path, f"{name} was altered or cut off")
