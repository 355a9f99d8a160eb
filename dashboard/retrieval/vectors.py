"""The vectors of every text that was ever embedded, kept once on disk, by encoder and content hash."""

import json
import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from dashboard.errors import N_, EncoderError
from dashboard.retrieval.files import slug, write_durably
from dashboard.retrieval.shards import Keys, Shard, Space, read_shard, to_keys, write_shard
from dashboard.retrieval.vector_store import checked_rows

MERGE_AT = 16
"""So many files of about the same size become one, which writes a vector a few times in all."""

LARGEST_MERGED = 65_536
"""Files with this many vectors are left as they are."""

_FORMAT = 1


class FileVectors:
    """A `VectorStore` in a folder.

    Opening checks every file against its SHA-256. A damaged, foreign or half-written file is moved to the
    folder `damaged`; its texts become missing and are embedded again. What `add` has returned from is on
    the disk.

    Args:
        folder: Folder for the vectors of all encoders; each gets a folder of its own below it.
        encoder_id: Identity of the encoder.
        dimension: Numbers in its vectors.

    Raises:
        EncoderError: If the folder cannot be written.
    """

    def __init__(self, folder: Path, encoder_id: str, dimension: int) -> None:
        self.folder = folder / slug(encoder_id)
        self._space = Space(encoder_id, dimension)
        self._shards: tuple[Shard, ...] = ()
        self._seen: bytes | None = None
        self._guard = threading.RLock()
        self._lock = FileLock(self.folder / "lock")
        self._embedding_lock = FileLock(self.folder / "embedding-lock")
        with self._writing():
            self._recover()

    def __len__(self) -> int:
        return sum(len(shard) for shard in self._fresh())

    def missing(self, hashes: Sequence[str]) -> list[str]:
        """Return the content hashes that have no vector, each once, in the order given."""
        distinct = list(dict.fromkeys(hashes))
        there = self._there(self._fresh(), to_keys(distinct))
        return [text for text, found in zip(distinct, there, strict=True) if not found]

    def add(self, hashes: Sequence[str], vectors: npt.NDArray[np.float32]) -> None:
        """Store vectors durably; those that are already stored are left as they are.

        Raises:
            ValueError: If the rows do not fit the hashes or the dimension, or are not finite.
            EncoderError: If the disk refuses them; what was stored before stays.
        """
        rows = checked_rows(hashes, vectors, self._space.dimension)
        keys, first = np.unique(to_keys(list(hashes)), return_index=True)
        with self._writing():
            shards = self._fresh()
            new = ~self._there(shards, keys)
            if not new.any():
                return
            added = write_shard(self.folder, self._space, keys[new], rows[first[new]])
            kept, replaced = self._merged((*shards, added))
            self._publish(kept)
            for shard in replaced:
                self._discard(shard.name)

    @contextmanager
    def embedding(self) -> Iterator[None]:
        """Hold this from asking what is missing to adding it, so that two who embed at once share the work.

        Nobody who reads, or adds otherwise, waits for it.
        """
        with self._reporting():
            self._embedding_lock.acquire()
        try:
            yield
        finally:
            self._embedding_lock.release()

    def matrix(self, hashes: Sequence[str]) -> npt.NDArray[np.float32]:
        """Return the vectors of content hashes, in their order, shape (n, dimension).

        Raises:
            KeyError: If one of them has no vector.
        """
        wanted = to_keys(list(hashes))
        result = np.empty((len(wanted), self._space.dimension), dtype=np.float32)
        pending = np.ones(len(wanted), dtype=np.bool_)
        for shard in self._fresh():
            found, rows = shard.locate(wanted)
            found &= pending
            result[found] = shard.vectors[rows[found]]
            pending &= ~found
        if pending.any():
            raise KeyError(hashes[int(np.argmax(pending))])
        return result

    def parts(self) -> Iterator[tuple[Keys, npt.NDArray[np.float32]]]:
        """Yield everything, a file at a time: content hashes as raw bytes and their vectors."""
        for shard in self._fresh():
            yield shard.keys, shard.vectors

    @staticmethod
    def _there(shards: tuple[Shard, ...], wanted: Keys) -> npt.NDArray[np.bool_]:
        found = np.zeros(len(wanted), dtype=np.bool_)
        for shard in shards:
            found |= shard.locate(wanted)[0]
        return found

    @contextmanager
    def _writing(self) -> Iterator[None]:
        with self._reporting(), self._guard, self._lock:
            yield

    @contextmanager
    def _reporting(self) -> Iterator[None]:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            yield
        except OSError as error:
            raise EncoderError(
                N_(
                    "The vectors could not be written to {folder} ({reason}). Free some space or allow "
                    "writing there, then start again; what was stored before is kept."
                ),
                folder=str(self.folder),
                reason=error.strerror or str(error),
            ) from error

    def _fresh(self) -> tuple[Shard, ...]:
        """Return the files as the manifest now lists them; another process may have added some."""
        with self._guard:
            if self._manifest_bytes() != self._seen:
                with self._writing():
                    self._recover()
            return self._shards

    def _manifest_bytes(self) -> bytes | None:
        try:
            return (self.folder / "manifest.json").read_bytes()
        except OSError:
            return None

    def _recover(self) -> None:
        """Bring memory and folder in step; only under the lock, since leftovers of a killed writer go."""
        data = self._manifest_bytes()
        listed = self._listed(data)
        on_disk = {path.name for path in self.folder.glob("*.npy")}
        shards = self._sound(on_disk & set(listed or ()))
        trusted = listed is not None and len(shards) == len(listed)
        if not trusted:
            # A manifest that is damaged may hide a good file: all that prove themselves are taken in.
            shards = self._sound(on_disk)
        for name in on_disk - {shard.name for shard in shards}:
            self._discard(name) if trusted else self._set_aside(name)
        for leftover in self.folder.glob("*.tmp"):
            leftover.unlink(missing_ok=True)
        if trusted:
            self._shards, self._seen = shards, data
        else:
            if data is not None:
                self._set_aside("manifest.json")
            self._publish(shards)

    def _sound(self, names: set[str]) -> tuple[Shard, ...]:
        known = {shard.name: shard for shard in self._shards}
        found = (known.get(name) or read_shard(self.folder / name, self._space) for name in sorted(names))
        return tuple(shard for shard in found if shard is not None)

    def _listed(self, data: bytes | None) -> dict[str, int] | None:
        """Return the files of a manifest, or None if it is missing, damaged or of another encoder."""
        try:
            manifest = json.loads(data or b"")
            files = {f"{entry['sha256']}.npy": int(entry["count"]) for entry in manifest["shards"]}
            sound = (
                manifest["format"] == _FORMAT
                and manifest["encoder"] == self._space.encoder
                and manifest["dimension"] == self._space.dimension
                and manifest["count"] == sum(files.values())
                and all("/" not in name and "\\" not in name for name in files)
            )
        except (ValueError, KeyError, TypeError, AttributeError):
            return None
        return files if sound else None

    def _publish(self, shards: tuple[Shard, ...]) -> None:
        manifest = {
            "format": _FORMAT,
            "encoder": self._space.encoder,
            "dimension": self._space.dimension,
            "count": sum(len(shard) for shard in shards),
            "shards": [{"sha256": shard.name.removesuffix(".npy"), "count": len(shard)} for shard in shards],
        }
        data = json.dumps(manifest, indent=1).encode()
        write_durably(self.folder / "manifest.json", data)
        self._shards, self._seen = shards, data

    def _merged(self, shards: tuple[Shard, ...]) -> tuple[tuple[Shard, ...], list[Shard]]:
        """Return the files to list, where crowded sizes became one file, and the files that it replaces."""
        kept, replaced = list(shards), []
        for exponent in range(LARGEST_MERGED.bit_length() // 4 + 1):
            low, high = MERGE_AT**exponent, min(MERGE_AT ** (exponent + 1), LARGEST_MERGED)
            group = [shard for shard in kept if low <= len(shard) < high]
            if len(group) >= MERGE_AT:
                keys = np.concatenate([shard.keys for shard in group])
                rows = np.concatenate([shard.vectors for shard in group])
                kept = [shard for shard in kept if shard not in group]
                kept.append(write_shard(self.folder, self._space, keys, rows))
                replaced += group
        return tuple(kept), replaced

    def _discard(self, name: str) -> None:
        # A file that another process still reads cannot be removed on Windows; the next opening removes it.
        with suppress(OSError):
            (self.folder / name).unlink(missing_ok=True)

    def _set_aside(self, name: str) -> None:
        aside = self.folder / "damaged"
        aside.mkdir(exist_ok=True)
        number = sum(1 for _ in aside.iterdir())
        with suppress(FileNotFoundError):
            os.replace(self.folder / name, aside / f"{number}-{name}")
