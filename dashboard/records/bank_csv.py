"""Question banks as CSV, whose columns are parted by commas, semicolons or tabs."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.records.bank_rows import NEEDED, BankRow, Place, check_columns, split_cell
from dashboard.records.csv import undo


def read_csv_rows(path: Path, content: str) -> Iterator[BankRow]:
    """Yield the rows of a CSV.

    Raises:
        RecordError: A column is missing, or it is no CSV; the line is named.
    """
    header = content.lstrip().partition("\n")[0]
    # Spreadsheets in Portuguese part the columns by semicolons.
    reader = csv.DictReader(io.StringIO(content, newline=""), delimiter=max(",;\t", key=header.count))
    try:
        check_columns(str(path), list(reader.fieldnames or NEEDED))
        for row in reader:
            cells: dict[str, Any] = {name: undo(cell) for name, cell in row.items() if name and cell}
            for name in ("tags", "links"):
                cells[name] = split_cell(cells.get(name, ""))
            yield BankRow(Place(str(path), reader.line_num), cells)
    except csv.Error as error:
        raise RecordError(
            N_("{path}, line {line}: not CSV ({reason}). Save it again as CSV in UTF-8."),
            path=path,
            line=reader.reader.line_num,
            reason=error,
        ) from error
