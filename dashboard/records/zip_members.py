"""Members of a zip file, read in memory and within limits; Zstandard too, which Python 3.11 itself cannot."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO

from dashboard.errors import N_, RecordError
from dashboard.records.reading import shown

LARGEST_MEMBER = 128 * 2**20
"""Bytes of the largest member that is read."""

LARGEST_TOTAL = 8 * 2**30
"""Bytes that all members together may unfold to: a small file may unfold to a huge one."""

LARGEST_LISTING = 8 * 2**20
"""Bytes of the longest list of members; one entry of some fifty bytes becomes an object of a thousand."""

_ZSTANDARD = 93
_KNOWN = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, _ZSTANDARD)
_LOCAL_HEADER = 30
_PART = 2**16


class Archive:
    """A zip file whose members are read one at a time.

    Args:
        stream: The file.
        largest_total: Bytes that all members together may unfold to; None for `LARGEST_TOTAL`.

    Raises:
        RecordError: It is no zip file, or unfolds to too much.
    """

    def __init__(self, stream: BinaryIO, largest_total: int | None = None) -> None:
        limit = LARGEST_TOTAL if largest_total is None else largest_total
        self._stream = stream
        sparing = _Sparing(stream)
        try:
            self._file = zipfile.ZipFile(sparing)
        except (zipfile.BadZipFile, OSError, ValueError) as error:
            raise RecordError(
                N_("The file is not a zip file ({found}); save it again."), found=shown(str(error))
            ) from None
        sparing.most = None
        self._members = {one.filename: one for one in self._file.infolist()}
        if len(self._members) < len(self._file.infolist()):
            raise RecordError(N_("The file has two members of one name; save it again."))
        total = sum(one.file_size for one in self._file.infolist())
        if total > limit:
            raise RecordError(
                N_("The file unfolds to {found} bytes, more than the limit of {limit}; split it."),
                found=total,
                limit=limit,
            )

    @property
    def names(self) -> list[str]:
        """The members' names in the order of the file."""
        return list(self._members)

    def parts(self, name: str) -> Iterator[bytes]:
        """Yield a member's content a part at a time, which shows whether it is as large as it says.

        Raises:
            RecordError: It is larger, damaged, or compressed in a way that is not known.
        """
        member = self._members[name]
        with _explained(name):
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise ValueError("unknown compression")
            with self._file.open(member) as content:
                while part := content.read(_PART):
                    yield part

    def read(self, name: str) -> bytes:
        """Return a member's content.

        Raises:
            RecordError: It is too large, damaged, or compressed in a way that is not known.
        """
        member = self._members[name]
        if member.file_size > LARGEST_MEMBER:
            raise RecordError(
                N_("{path} has {found} bytes, more than the limit of {limit}; split it into several files."),
                path=shown(name),
                found=member.file_size,
                limit=LARGEST_MEMBER,
            )
        with _explained(name):
            if member.compress_type not in _KNOWN:
                raise ValueError("unknown compression")
            if member.compress_type == _ZSTANDARD:
                return self._read_zstandard(member)
            # Never without a limit: the size is only what the file says.
            with self._file.open(member) as content:
                return content.read(member.file_size + 1)

    def _read_zstandard(self, member: zipfile.ZipInfo) -> bytes:
        import pyarrow as pa

        self._stream.seek(member.header_offset)
        header = self._stream.read(_LOCAL_HEADER)
        name, extra = (int.from_bytes(header[at : at + 2], "little") for at in (26, 28))
        self._stream.seek(name + extra, 1)
        packed = pa.BufferReader(self._stream.read(member.compress_size))
        with pa.CompressedInputStream(packed, "zstd") as content:
            found: bytes = content.read(member.file_size + 1)
        if len(found) != member.file_size or zlib.crc32(found) != member.CRC:
            raise ValueError("wrong checksum")
        return found


@contextmanager
def _explained(name: str) -> Iterator[None]:
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError) as error:
        raise RecordError(
            N_("{path} cannot be read ({found}); save the file again."),
            path=shown(name),
            found=shown(str(error)),
        ) from None


class _Sparing:
    """A stream that gives no more at once than a list of members may have, while `most` is set."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.most: int | None = LARGEST_LISTING

    def read(self, size: int = -1) -> bytes:
        if self.most is not None and size > self.most:
            raise RecordError(
                N_("The list of what is in the file has {found} bytes, more than {limit}; split the file."),
                found=size,
                limit=self.most,
            )
        return self._stream.read(size)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
