"""One immutable file of vectors: content hash and vector a row, sorted by hash, named by its own digest."""

import hashlib
import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dashboard.retrieval.files import write_durably

Keys = npt.NDArray[np.bytes_]
"""Content hashes as 32 raw bytes each."""


@dataclass(frozen=True)
class Space:
    """The vector space that a file belongs to."""

    encoder: str
    dimension: int

    @property
    def row(self) -> np.dtype[np.void]:
        """The layout of a row on disk."""
        return np.dtype([("key", "S32"), ("vector", "<f4", (self.dimension,))])

    def digest(self, data: bytes | memoryview) -> str:
        """Return the SHA-256 of a file's bytes and of the space, so that a foreign file never passes."""
        header = f"{self.encoder}\0{self.dimension}\0".encode("utf-8", "replace")
        found = hashlib.sha256(header)
        found.update(data)
        return found.hexdigest()


@dataclass(frozen=True, eq=False)
class Shard:
    """A verified file. `keys` are in memory; `vectors` are read from the disk when they are used."""

    name: str
    keys: Keys
    vectors: npt.NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.keys)

    def locate(self, wanted: Keys) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.intp]]:
        """Return for each wanted key whether it is here, and its row (meaningless where it is not)."""
        rows = np.minimum(np.searchsorted(self.keys, wanted), len(self.keys) - 1)
        return self.keys[rows] == wanted, rows


def to_keys(hashes: list[str]) -> Keys:
    """Return hexadecimal SHA-256 hashes as keys.

    Raises:
        ValueError: If one of them is not 64 hexadecimal digits.
    """
    if any(len(text) != 64 for text in hashes):
        raise ValueError("a content hash is not the hexadecimal SHA-256 of a text")
    return np.frombuffer(bytes.fromhex("".join(hashes)), dtype="S32")


def write_shard(folder: Path, space: Space, keys: Keys, vectors: npt.NDArray[np.float32]) -> Shard:
    """Store rows durably in a new file and return it."""
    order = np.argsort(keys)
    rows = np.empty(len(keys), dtype=space.row)
    rows["key"] = keys[order]
    rows["vector"] = vectors[order]
    buffer = io.BytesIO()
    np.save(buffer, rows, allow_pickle=False)
    data = buffer.getbuffer()
    name = f"{space.digest(data)}.npy"
    write_durably(folder / name, data)
    return _opened(folder / name)


def read_shard(path: Path, space: Space) -> Shard | None:
    """Return the file, or None if it is missing, damaged or from another space."""
    try:
        if space.digest(path.read_bytes()) != path.stem:
            return None
        shard = _opened(path)
    except (OSError, ValueError):
        return None
    return shard if shard.vectors.shape == (len(shard), space.dimension) and len(shard) else None


def _opened(path: Path) -> Shard:
    rows = np.load(path, mmap_mode="r", allow_pickle=False)
    return Shard(path.name, np.ascontiguousarray(rows["key"]), rows["vector"])
