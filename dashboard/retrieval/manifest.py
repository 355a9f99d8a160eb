"""Index files with a manifest beside them: swapped in by rename, checked before they are used.

A damaged FAISS file can load and answer wrongly, so nothing is loaded that its manifest does not vouch for.
"""

import json
import logging
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path

from filelock import FileLock

from dashboard.errors import N_, SearchError
from dashboard.retrieval.files import file_sha256, sync_folder, write_durably

_NAME = "manifest.json"
_WORKSHOP = "building-"

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Facts:
    """What an index was built from.

    Attributes:
        kind: How it is built, such as `flat`, `hnsw32` or `bm25`; a change of the recipe changes it.
        corpus_version: The segments it covers.
        encoder: Encoder id, empty where none took part.
        dimension: Numbers in a vector, 0 where there are none.
        count: Segments in it.
        unembedded: Segments left out because they had no vector.
    """

    kind: str
    corpus_version: str
    encoder: str
    dimension: int
    count: int
    unembedded: int = 0


@dataclass(frozen=True)
class Manifest:
    """An index on disk: what it was built from, and the SHA-256 of its files by their part in it."""

    facts: Facts
    files: Mapping[str, str] = field(default_factory=dict)

    def path(self, folder: Path, part: str) -> Path:
        """Return where a part lies; a file is named by its own hash."""
        return folder / _file_name(part, self.files[part])


@contextmanager
def opened(folder: Path) -> Iterator[None]:
    """Hold the folder of one index: two processes neither build it twice nor remove each other's files.

    Raises:
        SearchError: If the folder cannot be written.
    """
    lock = FileLock(folder / "lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except OSError as error:
        raise SearchError(
            N_(
                "The index folder {folder} cannot be written ({reason}). Allow writing there, then try again."
            ),
            folder=str(folder),
            reason=error.strerror or str(error),
        ) from error
    try:
        yield
    finally:
        lock.release()


def store(folder: Path, facts: Facts, write: Callable[[Path], Mapping[str, Path]]) -> None:
    """Write an index beside the one that is served and swap the manifest; call it with the folder `opened`.

    An index that the disk refuses is only logged: it is whole in memory, and the next start builds it again.

    Args:
        folder: The folder of this index.
        facts: What it was built from.
        write: Writes the files into the folder it is given and returns them by their part in the index,
            such as `index.faiss`.
    """
    for leftover in folder.glob(f"{_WORKSHOP}*"):
        shutil.rmtree(leftover, ignore_errors=True)
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=_WORKSHOP) as workshop:
            _publish(folder, facts, write(Path(workshop)))
    except OSError as error:
        log.warning("The index could not be stored in %s: %s", folder, error)


def _publish(folder: Path, facts: Facts, parts: Mapping[str, Path]) -> None:
    files = {}
    for part, path in parts.items():
        with path.open("rb+") as file:
            os.fsync(file.fileno())
        files[part] = file_sha256(path)
        os.replace(path, folder / _file_name(part, files[part]))
    sync_folder(folder)
    body = {"facts": asdict(facts), "files": files}
    write_durably(folder / _NAME, json.dumps(body, indent=1, ensure_ascii=False).encode())
    wanted = {_NAME, "lock", *(_file_name(part, digest) for part, digest in files.items())}
    for path in folder.iterdir():
        if path.is_file() and path.name not in wanted:
            with suppress(OSError):
                path.unlink()


def verified(folder: Path) -> Manifest | None:
    """Return the manifest of a folder whose files are all there and unharmed, else None."""
    try:
        body = json.loads((folder / _NAME).read_bytes())
        manifest = Manifest(Facts(**body["facts"]), dict(body["files"]))
        sound = all(
            file_sha256(manifest.path(folder, part)) == digest for part, digest in manifest.files.items()
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return manifest if sound else None


def is_complete(folder: Path) -> bool:
    """Return whether a folder's manifest can be read and its files are there, without reading those."""
    try:
        files = json.loads((folder / _NAME).read_bytes())["files"]
        return all((folder / _file_name(part, digest)).stat().st_size for part, digest in files.items())
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def _file_name(part: str, digest: str) -> str:
    return f"{digest[:32]}.{part}"
