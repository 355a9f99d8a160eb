"""Records as CSV in UTF-8 with a byte order mark, which spreadsheets need to show accents.

A cell that a spreadsheet would run as a formula gets a leading quote, and import takes exactly that quote
away again. A cell gains one when it begins with `= + - @` (in full width, too), tab, line end or NUL, quotes
before it or not; on import such a cell loses one if it has any. So every text comes back, also one that
begins with a quote.
"""

import csv
import re
from collections.abc import Collection, Iterable, Iterator
from typing import BinaryIO

from dashboard.errors import N_, RecordError
from dashboard.records.reading import Origin, Problem, as_problem, shown
from dashboard.records.record import Record
from dashboard.records.table import COLUMNS, check_columns, read_row, write_row

LONGEST_ROW = 4 * 2**20
"""Bytes of the longest row that is read: far above any record, far below what would fill the memory."""

_FORMULA = re.compile(r"'*[=+\-@\t\r\n\0＝＋－＠]")
_DEFUSED = re.compile(r"'+[=+\-@\t\r\n\0＝＋－＠]")
_SPECIAL = re.compile(r'[",;\t\r\n]')
_DELIMITERS = ",;\t"
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def defuse(cell: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell


def undo(cell: str) -> str:
    """Return the cell that `defuse` was given."""
    return cell[1:] if _DEFUSED.match(cell) else cell


def write_csv(records: Iterable[Record], out: BinaryIO) -> int:
    """Write a header and one row a record, and return how many records there were."""
    out.write(_BYTE_ORDER_MARK)
    out.write((",".join(COLUMNS) + "\r\n").encode())
    count = 0
    for record in records:
        out.write((",".join(map(_written, write_row(record).values())) + "\r\n").encode())
        count += 1
    return count


def read_csv(stream: BinaryIO, origin: Origin) -> Iterator[Record | Problem]:
    """Give the record, or the problem, of every row that is not empty."""
    header, rows = read_rows(stream, COLUMNS)
    try:
        yield from check_columns(header)
    except RecordError as error:
        yield as_problem(1, error)
        return
    for item in rows:
        if isinstance(item, Problem):
            yield item
            continue
        line, row = item
        try:
            yield read_row({name: undo(row[name]) for name in COLUMNS if name in row}, origin)
        except RecordError as error:
            yield as_problem(line, error)


def read_rows(
    stream: BinaryIO, columns: Collection[str]
) -> tuple[list[str], Iterator[tuple[int, dict[str, str]] | Problem]]:
    """Return the header, and the line and the cells, or the problem, of every row that is not empty.

    Args:
        stream: The table. Its delimiter is a comma, a semicolon (spreadsheets in Portuguese) or a tab, as the
            header shows.
        columns: Names of columns by which the delimiter is known.
    """
    csv.field_size_limit(max(csv.field_size_limit(), LONGEST_ROW))
    lines = _Lines(stream)
    try:
        header_line = next(lines, "")
    except csv.Error:
        header_line = ""
    delimiter = max(_DELIMITERS, key=lambda mark: len(set(_cells(header_line, mark)) & set(columns)))
    header = _cells(header_line, delimiter)
    return header, _rows(lines, header, delimiter)


def _rows(
    lines: "_Lines", header: list[str], delimiter: str
) -> Iterator[tuple[int, dict[str, str]] | Problem]:
    rows = csv.reader(lines, delimiter=delimiter)
    while True:
        first = lines.number + 1
        lines.taken = 0
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            yield Problem(
                first,
                N_("Expected rows of CSV, found {found}; the rest of the file is left out."),
                {"found": shown(str(error))},
            )
            return
        if any(row):
            yield lines.fault or _named(first, header, row)
        lines.fault = None


def _written(value: str | int | float | None) -> str:
    # csv.writer goes through a cell character by character: five times slower on cells full of JSON.
    if value is None or value == "":
        return ""
    cell = defuse(str(value))
    if _SPECIAL.search(cell):
        return '"' + cell.replace('"', '""') + '"'
    return cell


def _named(line: int, header: list[str], row: list[str]) -> tuple[int, dict[str, str]] | Problem:
    if len(row) != len(header):
        return Problem(
            line,
            N_("Expected {expected} cells, as in the header, found {found}."),
            {"expected": len(header), "found": len(row)},
        )
    return line, dict(zip(header, row, strict=True))


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([line], delimiter=delimiter), [])]
    except csv.Error:
        return []


class _Lines:
    """The lines of a stream as text; the last one that is not UTF-8 is remembered as a fault.

    Attributes:
        taken: Bytes since somebody last set it to 0, as before each row.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.number = 0
        self.taken = 0
        self.fault: Problem | None = None

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._stream.readline(LONGEST_ROW + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken += len(line)
        if self.taken > LONGEST_ROW:
            raise csv.Error(f"a row of more than {LONGEST_ROW} bytes")
        if self.number == 1:
            line = line.removeprefix(_BYTE_ORDER_MARK)
        try:
            return line.decode()
        except UnicodeDecodeError as error:
            self.fault = Problem(
                self.number,
                N_("Expected text in UTF-8, found the byte {found}; save the file as CSV UTF-8."),
                {"found": f"0x{line[error.start]:02x}"},
            )
            return line.decode("utf-8", "replace")
