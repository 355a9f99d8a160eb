"""Reading Markdown records: every problem of a record is named, and the good records are still given."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from typing import BinaryIO, NamedTuple

from dashboard.errors import N_
from dashboard.records import md_lines as lines
from dashboard.records.md_record import RecordReader
from dashboard.records.md_sections import Line, split
from dashboard.records.md_write import BYTE_ORDER_MARK
from dashboard.records.reading import Origin, Problem, ReadResult, collect
from dashboard.records.record import Record

LONGEST_RECORD = 4 * 2**20
"""Bytes of the longest record that is read: far above any, far below what would fill the memory."""

_BYTES_OF_A_LINE = 100
"""What a line costs even where it is empty."""


class _Decoded(NamedTuple):
    line: Line
    problem: Problem | None


def read_markdown(source: str | bytes | BinaryIO, origin: Origin) -> ReadResult:
    """Read a whole file of Markdown records.

    Args:
        source: The text, its bytes in UTF-8, or a binary stream.
        origin: Whom to credit with the labels, as the format does not say.
    """
    return collect(iter_markdown(source, origin))


def iter_markdown(source: str | bytes | BinaryIO, origin: Origin) -> Iterator[Record | Problem]:
    """Give the records and problems of a file in their order, holding one record at a time."""
    if isinstance(source, str):
        source = source.encode("utf-8", "replace")
    raw = BytesIO(source) if isinstance(source, bytes) else source
    for chunk in _chunks(_decoded(_lines(raw))):
        if isinstance(chunk, Problem):
            yield chunk
        else:
            yield from _read(chunk, origin)


def _lines(raw: BinaryIO) -> Iterator[bytes]:
    while line := raw.readline(LONGEST_RECORD + 1):
        yield line


def _decoded(raw: Iterable[bytes]) -> Iterator[_Decoded]:
    for number, content in enumerate(raw, 1):
        problem = None
        try:
            text = content.decode()
        except UnicodeDecodeError as error:
            text = content.decode("utf-8", "replace")
            problem = Problem(
                number,
                N_("Expected text in UTF-8, found the byte {found}; save the file as UTF-8."),
                {"found": f"0x{content[error.start]:02x}"},
            )
        if "\0" in text:
            problem = Problem(number, N_("Expected text, found a NUL byte; is this a Markdown file?"))
        yield _Decoded(Line(number, text), problem)


def _chunks(decoded: Iterable[_Decoded]) -> Iterator[list[_Decoded] | Problem]:
    """Cut at every question, and after a rule where the record was complete or segments begin.

    Of what is too long for a record only the problem is given.
    """
    chunk: list[_Decoded] = []
    opened = complete = False
    last = ""
    first = size = 0
    for item in decoded:
        text = item.line.text.removeprefix(BYTE_ORDER_MARK) if item.line.number == 1 else item.line.text
        heading = lines.heading_of(text)
        after_rule = last == lines.RULE and bool(text.strip())
        if (heading == "question" and opened) or (after_rule and (complete or heading == "segments")):
            yield chunk or _too_long(first)
            chunk, opened, complete = [], False, False
            size = 0
        first = first if size else item.line.number
        size += len(item.line.text) + _BYTES_OF_A_LINE
        if size <= LONGEST_RECORD:
            chunk.append(item)
        else:
            chunk.clear()
        opened = opened or bool(text.strip())
        complete = complete or heading == "references"
        last = text.strip() or last
    if opened or size > LONGEST_RECORD:
        yield chunk or _too_long(first)


def _too_long(line: int) -> Problem:
    return Problem(
        line,
        N_("What begins here is longer than {limit} bytes, too long for a record; it is left out."),
        {"limit": LONGEST_RECORD},
    )


def _read(chunk: list[_Decoded], origin: Origin) -> Iterator[Record | Problem]:
    damaged = [item.problem for item in chunk if item.problem]
    sections, problems = split([item.line for item in chunk])
    reader = RecordReader(origin, sections, [*damaged, *problems])
    record = reader.record()
    if record is not None:
        yield record
    yield from sorted(reader.problems, key=lambda problem: problem.line)
