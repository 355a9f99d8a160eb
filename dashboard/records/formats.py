"""The record formats by name, and reading and writing files in any of them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dashboard.errors import N_, RecordError
from dashboard.models import Phase
from dashboard.records.csv import read_csv, write_csv
from dashboard.records.jsonl import read_jsonl, write_jsonl
from dashboard.records.markdown import iter_markdown, write_markdown
from dashboard.records.parquet import read_parquet, write_parquet
from dashboard.records.reading import Origin, Problem
from dashboard.records.record import Record

MAX_BYTES = 512 * 2**20
"""Largest file that is read unless the caller says otherwise."""


@dataclass(frozen=True, slots=True)
class Format:
    """How records are read and written in one format.

    Attributes:
        name: The name on the command line.
        suffixes: File name endings, the first of which new files get.
        mime: Media type for downloads.
        read: Gives records and problems as a stream.
        write: Writes records as a stream and returns how many there were.
    """

    name: str
    suffixes: tuple[str, ...]
    mime: str
    read: Callable[[BinaryIO, Origin], Iterator[Record | Problem]]
    write: Callable[[Iterable[Record], BinaryIO], int]


FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        Format("md", (".md", ".markdown", ".txt"), "text/markdown", iter_markdown, write_markdown),
        Format(
            "jsonl",
            (".jsonl", ".ndjson"),
            "application/x-ndjson",
            lambda stream, origin: read_jsonl(stream),
            write_jsonl,
        ),
        Format("csv", (".csv",), "text/csv", read_csv, write_csv),
        Format("parquet", (".parquet",), "application/vnd.apache.parquet", read_parquet, write_parquet),
    )
}


def detect(path: Path) -> str:
    """Return the name of the format that a file name's ending stands for.

    Raises:
        RecordError: No format has this ending.
    """
    for each in FORMATS.values():
        if path.suffix.lower() in each.suffixes:
            return each.name
    raise RecordError(
        N_("{path} is in no known record format; expected a name that ends in {expected}."),
        path=path.name,
        expected=", ".join(suffix for each in FORMATS.values() for suffix in each.suffixes),
    )


def read_records(
    path: Path, *, annotator: str, judge: str, phase: Phase = Phase.BLIND, max_bytes: int = MAX_BYTES
) -> Iterator[Record | Problem]:
    """Give the records and problems of a file in their order, as a stream.

    Args:
        path: The file; its ending says the format.
        annotator: Name to credit with manual labels that carry none.
        judge: Name to credit with automated labels that carry none.
        phase: Phase of manual labels that carry none.
        max_bytes: Largest file that is read.

    Raises:
        RecordError: At once, when the file is missing, too large or of an unknown format.
    """
    read = FORMATS[detect(path)].read
    stream = open_file(path, max_bytes)
    return _closing(stream, read(stream, Origin(annotator, judge, phase)))


def open_file(path: Path, max_bytes: int = MAX_BYTES) -> BinaryIO:
    """Return a file, opened to be read.

    Raises:
        RecordError: It cannot be opened, or is too large.
    """
    try:
        size = path.stat().st_size
        stream = path.open("rb")
    except OSError as error:
        raise RecordError(
            N_("{path} cannot be opened: {found}."), path=str(path), found=error.strerror or error
        ) from error
    if size > max_bytes:
        stream.close()
        raise _too_large(path.name, size, max_bytes)
    return stream


def read_stream(
    stream: BinaryIO,
    format: str,
    *,
    annotator: str,
    judge: str,
    phase: Phase = Phase.BLIND,
    max_bytes: int = MAX_BYTES,
) -> Iterator[Record | Problem]:
    """Give the records and problems of a seekable stream, such as an upload; see `read_records`."""
    size = stream.seek(0, 2)
    stream.seek(0)
    if size > max_bytes:
        raise _too_large(getattr(stream, "name", "") or "The file", size, max_bytes)
    return find_format(format).read(stream, Origin(annotator, judge, phase))


def write_records(records: Iterable[Record], format: str, out: BinaryIO) -> int:
    """Write records to a binary stream as they come, and return how many there were."""
    return find_format(format).write(records, out)


def find_format(name: str) -> Format:
    """Return a format by its name.

    Raises:
        RecordError: No format has this name.
    """
    if name not in FORMATS:
        raise RecordError(
            N_("Expected one of the formats {expected}, found “{found}”."),
            expected=", ".join(FORMATS),
            found=name,
        )
    return FORMATS[name]


def _closing(stream: BinaryIO, found: Iterator[Record | Problem]) -> Iterator[Record | Problem]:
    with stream:
        yield from found


def _too_large(name: str, size: int, limit: int) -> RecordError:
    return RecordError(
        N_("{path} has {found} bytes, more than the limit of {limit}; split it into several files."),
        path=name,
        found=size,
        limit=limit,
    )
