"""Dumps of judgements: which format a file is in, and reading it."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, BinaryIO

from dashboard.errors import N_, RecordError
from dashboard.records import dump_plain, dump_trulens
from dashboard.records.csv import read_rows, undo
from dashboard.records.dump_inspect import is_log, read_eval_file, read_log
from dashboard.records.dumped import Dumped, Place, labelled
from dashboard.records.formats import open_file
from dashboard.records.json_text import read_json
from dashboard.records.jsonl import read_lines
from dashboard.records.reading import Problem, as_problem, shown

LARGEST_DOCUMENT = 128 * 2**20
"""Bytes of the largest file that must be in memory whole; JSON lines, CSV and `.eval` need not be."""

Items = Iterator[Dumped | Problem]


def read_dump(path: Path, judge: str) -> Items:
    """Give the judgements and the problems of a file in their order, as a stream.

    Args:
        path: The file: `.jsonl`, `.csv`, `.json` or `.eval`; what is in it says whose format it is.
        judge: Name of the judge where the file names none.

    Raises:
        RecordError: At once, when the file is missing, too large or of an unknown format.
    """
    suffix = path.suffix.lower()
    if suffix not in _READERS:
        raise RecordError(
            N_("{path} is in no known format of judgements; expected a name that ends in {expected}."),
            path=path.name,
            expected=", ".join(_READERS),
        )
    stream = open_file(path, LARGEST_DOCUMENT) if suffix == ".json" else open_file(path)
    return _labelled(stream, lambda: _READERS[suffix](stream, judge))


def _labelled(stream: BinaryIO, read: Callable[[], Items]) -> Items:
    """Give labels to the scores of judges that leave any without one; the file is read once more for that."""
    with stream:
        judges = {_identity(one) for one in read() if isinstance(one, Dumped) and one.needs_label}
        stream.seek(0)
        for item in read():
            yield labelled(item) if isinstance(item, Dumped) and _identity(item) in judges else item


def _identity(dumped: Dumped) -> str:
    return json.dumps(asdict(dumped.judge), sort_keys=True)


def _read_jsonl(stream: BinaryIO, judge: str) -> Items:
    for item in read_lines(stream, is_lenient=True):
        if isinstance(item, Problem):
            yield item
        else:
            number, value = item
            yield from _read_row(value, Place(number), judge)


def _read_csv(stream: BinaryIO, judge: str) -> Items:
    header, rows = read_rows(stream, (*dump_plain.COLUMNS, *dump_trulens.COLUMNS))
    twice = [name for name in dump_plain.COLUMNS if header.count(name) > 1]
    if twice:
        yield Problem(1, N_("The column {found} is there twice; remove one."), {"found": twice[0]})
        return
    is_trulens = dump_trulens.is_trulens(header)
    for item in rows:
        if isinstance(item, Problem):
            yield item
        else:
            line, row = item
            cells = row if is_trulens else {name: undo(cell) for name, cell in row.items()}
            yield from _read_row(cells, Place(line), judge)


def _read_json(stream: BinaryIO, judge: str) -> Items:
    """Give what a JSON document holds: a log, a list of rows, or columns of rows as pandas writes them."""
    try:
        value = read_json(stream.read().decode("utf-8-sig", "replace"), is_lenient=True)
    except RecordError as error:
        yield as_problem(0, error)
        return
    if is_log(value):
        yield from read_log(value)
        return
    rows = value if isinstance(value, list) else _rows_of_columns(value)
    if rows is None:
        yield Problem(
            0,
            N_("Expected a log of Inspect AI or a list of judgements, found {found}."),
            {"found": shown(value)},
        )
        return
    for place, row in enumerate(rows):
        yield from _read_row(row, Place(path=f"[{place}]"), judge)


def _rows_of_columns(value: object) -> list[dict[str, Any]] | None:
    """Return the rows of `{"column": {"0": cell, …}, …}`, None for any other value."""
    if not isinstance(value, dict) or not value or not all(isinstance(one, dict) for one in value.values()):
        return None
    index = next(iter(value.values()))
    return [{name: cells.get(row) for name, cells in value.items()} for row in index]


def _read_row(row: object, place: Place, judge: str) -> Items:
    if not isinstance(row, Mapping):
        yield Problem(
            place.line,
            N_("{field}: expected an object, found {found}."),
            {"field": place.path or "record", "found": shown(row)},
        )
    elif dump_trulens.is_trulens(list(row)):
        yield from dump_trulens.read_trulens(row, place)
    else:
        try:
            yield dump_plain.read_plain(row, place, judge)
        except RecordError as error:
            yield as_problem(place.line, error)


_READERS: dict[str, Callable[[BinaryIO, str], Items]] = {
    ".jsonl": _read_jsonl,
    ".ndjson": _read_jsonl,
    ".csv": _read_csv,
    ".json": _read_json,
    ".eval": lambda stream, judge: read_eval_file(stream),
}

SUFFIXES = tuple(_READERS)
"""File name endings of the files that are read."""
