"""Records as JSON lines: one object a line, read and written as a stream."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from dashboard.errors import N_, RecordError
from dashboard.records.json_text import read_json, write_json
from dashboard.records.plain import read_record, write_record
from dashboard.records.reading import Problem, as_problem
from dashboard.records.record import Record

LONGEST_LINE = 4 * 2**20
"""Bytes of the longest line that is read: far above any record, far below what would fill the memory."""


def write_jsonl(records: Iterable[Record], out: BinaryIO) -> int:
    """Write one object a record, and return how many there were."""
    count = 0
    for record in records:
        out.write((write_json(write_record(record)) + "\n").encode())
        count += 1
    return count


def read_jsonl(stream: BinaryIO) -> Iterator[Record | Problem]:
    """Give the record, or the problem, of every line that is not blank."""
    for item in read_lines(stream):
        if isinstance(item, Problem):
            yield item
            continue
        number, value = item
        try:
            yield read_record(value)
        except RecordError as error:
            yield as_problem(number, error)


def read_lines(stream: BinaryIO, *, is_lenient: bool = False) -> Iterator[tuple[int, Any] | Problem]:
    """Give the number and the value, or the problem, of every line that is not blank.

    Args:
        stream: The lines.
        is_lenient: Whether NaN is null, as in what other programs write.
    """
    number = 0
    while line := stream.readline(LONGEST_LINE + 1):
        number += 1
        if len(line) > LONGEST_LINE:
            yield Problem(
                number,
                N_("The line is longer than {limit} bytes, too long for a record; it is left out."),
                {"limit": LONGEST_LINE},
            )
            _skip_line(stream, line)
            continue
        if number == 1:
            line = line.removeprefix(b"\xef\xbb\xbf")
        if line.strip():
            yield _read_line(number, line, is_lenient)


def _read_line(number: int, line: bytes, is_lenient: bool) -> tuple[int, Any] | Problem:
    try:
        return number, read_json(line.decode(), is_lenient=is_lenient)
    except UnicodeDecodeError as error:
        return Problem(
            number,
            N_("Expected text in UTF-8, found the byte {found}; save the file as UTF-8."),
            {"found": f"0x{line[error.start]:02x}"},
        )
    except RecordError as error:
        return as_problem(number, error)


def _skip_line(stream: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = stream.readline(LONGEST_LINE)
