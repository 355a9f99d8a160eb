"""Question banks as XLSX. What a cell last showed is read; no formula is ever computed."""

from collections import deque
from collections.abc import Iterator
from itertools import chain, count
from pathlib import Path
from typing import Any, BinaryIO

from dashboard.errors import N_, RecordError
from dashboard.records.bank_rows import COLUMNS, BankRow, Place, check_columns, in_sheet, split_cell
from dashboard.records.csv import undo
from dashboard.records.reading import shown
from dashboard.records.xml_check import count_elements, is_xml
from dashboard.records.zip_members import Archive

LARGEST_UNFOLDED = 64 * 2**20
"""Bytes that a workbook may unfold to; ten thousand questions take a tenth of that."""

MOST_ELEMENTS = 2_000_000
"""Elements of XML in sheets and texts; ten thousand questions take a tenth of that."""

MOST_OTHER_ELEMENTS = 50_000
"""Elements in any other part, such as the styles, of which the reader makes an object each."""

_TABLES = ("xl/worksheets/", "xl/sharedStrings")

LAST_ROW, LAST_COLUMN = 1_048_576, 64
"""Rows of the largest sheet there can be, and columns that are looked at: a file may claim any number."""


def read_xlsx_rows(path: Path, stream: BinaryIO) -> Iterator[BankRow]:
    """Yield the rows of every sheet that has the columns of a bank.

    Raises:
        RecordError: It is no workbook, unfolds to too much, or no sheet has the columns.
    """
    archive = Archive(stream, LARGEST_UNFOLDED)
    try:
        _look_through(archive)
        stream.seek(0)
        yield from _rows(path, stream)
    except RecordError:
        raise
    # A file made to harm can make the reader fail in any way.
    except Exception as error:
        raise RecordError(
            N_("{path} is no workbook that can be read ({reason}). Save it again as XLSX."),
            path=path,
            reason=shown(f"{type(error).__name__}: {error}"),
        ) from error


def _look_through(archive: Archive) -> None:
    """Refuse a workbook of which the reader would make more than anybody can have meant."""
    left = MOST_ELEMENTS
    for name in archive.names:
        parts = archive.parts(name)
        first = next(parts, b"")
        if is_xml(first):
            is_table = name.startswith(_TABLES)
            left -= count_elements(chain([first], parts), left if is_table else MOST_OTHER_ELEMENTS)
        else:
            # To its end, which shows whether it is as large as it says.
            deque(parts, maxlen=0)


def _rows(path: Path, stream: BinaryIO) -> Iterator[BankRow]:
    from openpyxl import load_workbook

    lacking: RecordError | None = None
    has_bank = False
    looked_at = count(1)
    for sheet in load_workbook(stream, read_only=True, data_only=True, keep_links=False).worksheets:
        place = in_sheet(path, sheet.title)
        rows = _filled(sheet, looked_at)
        _, first = next(rows, (0, ()))
        header = ["" if cell is None else str(cell).strip() for cell in first]
        if not header:
            continue
        try:
            check_columns(place, [name for name in header if name])
        except RecordError as error:
            lacking = lacking or error
            continue
        has_bank = True
        for line, row in rows:
            cells = {name: _plain(cell) for name, cell in zip(header, row, strict=True) if name in COLUMNS}
            for name in ("tags", "links"):
                cells[name] = split_cell(str(cells.get(name) or ""))
            yield BankRow(Place(place, line), cells)
    if lacking is not None and not has_bank:
        raise lacking


def _filled(sheet: Any, looked_at: Iterator[int]) -> Iterator[tuple[int, tuple[Any, ...]]]:
    """Yield the rows that hold anything, each with its line; `looked_at` counts those of all sheets."""
    # How large the sheet is, is only what the file says.
    sheet.reset_dimensions()
    rows = sheet.iter_rows(max_row=LAST_ROW, max_col=LAST_COLUMN, values_only=True)
    for line, row in enumerate(rows, start=1):
        if next(looked_at) > LAST_ROW:
            raise ValueError(f"more than {LAST_ROW} rows")
        if any(row):
            yield line, row


def _plain(cell: Any) -> Any:
    """Return a cell as the other formats give it: spreadsheets keep whole numbers as fractions too."""
    if isinstance(cell, float) and cell.is_integer():
        return int(cell)
    return undo(cell) if isinstance(cell, str) else cell
