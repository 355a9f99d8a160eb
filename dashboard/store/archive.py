"""The file of a backup: a zip with a manifest, written whole or not at all."""

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from errno import EDQUOT, ENOSPC
from pathlib import Path

from filelock import FileLock
from filelock import Timeout as LockTimeout

from dashboard import __version__
from dashboard.errors import N_, BackupError
from dashboard.store.base import now
from dashboard.store.content import Fingerprint
from dashboard.store.manifest import DATABASE, DUMP, ENCODERS, MANIFEST, PLAIN_NAME, Manifest, Member, to_json
from dashboard.store.transfer import Progress, unseen

CHUNK = 2**20
FULL = (ENOSPC, EDQUOT)
"""What a disk without space says."""

_PATIENCE_SECONDS = 600


@contextmanager
def workshop(folder: Path) -> Iterator[Path]:
    """Give a place in a folder for what is not complete; what an interrupted run left there is removed.

    Raises:
        BackupError: The folder cannot be written, is full, or somebody else has been at work there for long.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(folder / ".unfinished.lock", timeout=_PATIENCE_SECONDS):
            place = folder / ".unfinished"
            shutil.rmtree(place, ignore_errors=True)
            place.mkdir(mode=0o700)
            try:
                yield place
            finally:
                shutil.rmtree(place, ignore_errors=True)
    except LockTimeout:
        raise BackupError(
            N_("Another backup has been under way in {path} for {seconds} s. Wait for it, then try again."),
            path=folder,
            seconds=_PATIENCE_SECONDS,
        ) from None
    except OSError as error:
        raise disk_error(error, folder) from error


def disk_error(error: OSError, folder: Path) -> BackupError:
    """Return what a person can do about a disk that refused something."""
    if error.errno in FULL:
        return BackupError(
            N_("The disk of {path} is full. Nothing was left there. Free some space, then try again."),
            path=folder,
        )
    return BackupError(
        N_("{path} cannot be used: {reason}. Make it readable and writable, or choose another place."),
        path=error.filename or folder,
        reason=error.strerror or str(error),
    )


def write_archive(
    beside: Path,
    final: Path,
    database: Path,
    encoders: Path | None,
    schema: str,
    tables: Mapping[str, Fingerprint],
    origin: str,
    is_automatic: bool = False,
    progress: Progress = unseen,
) -> Manifest:
    """Write a backup in a workshop and rename it into its place when all of it is on the disk.

    Args:
        beside: The workshop, on the same disk as the place.
        final: The backup's place.
        database: A SQLite file that nobody writes to; PostgreSQL's own dump may lie beside it.
        encoders: The folder of the tuned encoders; None to leave them out.
        schema: The migration that the database is at.
        tables: What each table holds.
        origin: The kind of database that was backed up.
        is_automatic: Whether nobody asked for it.
        progress: Told how many megabytes of how many are packed.

    Raises:
        OSError: The disk refused it.
    """
    members: dict[str, Member] = {}
    unfinished = beside / "backup.zip"
    with unfinished.open("wb") as file:
        os.chmod(unfinished, 0o600)
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            files = list(_files(database, encoders))
            total = sum(path.stat().st_size for _, path in files)

            def tell(done: int) -> None:
                before = sum(member.size for member in members.values())
                progress("pack", -(-(before + done) // CHUNK), -(-total // CHUNK))

            for name, path in files:
                members[name] = _pack(archive, name, path, tell)
            manifest = Manifest(schema, now(), is_automatic, tables, members, __version__, origin)
            archive.writestr(MANIFEST, json.dumps(to_json(manifest), ensure_ascii=False, indent=1))
        file.flush()
        os.fsync(file.fileno())
    os.replace(unfinished, final)
    with suppress(OSError):
        descriptor = os.open(final.parent, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
    return manifest


def _files(database: Path, encoders: Path | None) -> Iterator[tuple[str, Path]]:
    yield DATABASE, database
    if (dump := database.with_name(DUMP)).exists():
        yield DUMP, dump
    if encoders is None or not encoders.is_dir():
        return
    for path in sorted(encoders.rglob("*")):
        name = f"{ENCODERS}/{path.relative_to(encoders).as_posix()}"
        # What is not a plain file by a plain name is none of a finished encoder's.
        if path.is_file() and not path.is_symlink() and PLAIN_NAME.fullmatch(name):
            yield name, path


def _pack(archive: zipfile.ZipFile, name: str, path: Path, tell: Callable[[int], None]) -> Member:
    hashing = hashlib.sha256()
    size = 0
    entry = zipfile.ZipInfo(name, now().timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as packed:
        while chunk := source.read(CHUNK):
            hashing.update(chunk)
            packed.write(chunk)
            size += len(chunk)
            tell(size)
    return Member(size, hashing.hexdigest())
