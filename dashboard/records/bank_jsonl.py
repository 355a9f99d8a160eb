"""Question banks as JSONL: an object a line."""

from collections.abc import Iterator
from pathlib import Path

from dashboard.errors import N_, RecordError
from dashboard.records.bank_rows import BankRow, Place
from dashboard.records.json_text import read_json


def read_jsonl_rows(path: Path, content: str) -> Iterator[BankRow]:
    """Yield the rows of a JSONL.

    Raises:
        RecordError: A line is no JSON; the line is named.
    """
    for line, text in enumerate(content.split("\n"), start=1):
        if not text.strip():
            continue
        try:
            row = read_json(text)
        except RecordError as error:
            raise RecordError(
                N_("{path}, line {line}: not JSON ({reason}). Each line holds one question as an object."),
                path=path,
                line=line,
                reason=error,
            ) from None
        yield BankRow(Place(str(path), line), row if isinstance(row, dict) else {})
