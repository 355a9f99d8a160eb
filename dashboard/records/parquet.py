"""Records as Parquet: the same columns as CSV, typed and compressed, written and read in row groups."""

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from dashboard.errors import N_, RecordError
from dashboard.records.reading import Origin, Problem, as_problem, shown
from dashboard.records.record import Record
from dashboard.records.table import COLUMNS, check_columns, read_row, write_row

GROUP_CHARACTERS = 2 * 2**20
"""Characters in a row group that is written; no more than one group is held."""

LARGEST_GROUP = 2**28
"""Bytes of the largest row group, uncompressed, that is read: a small file may unfold to a huge one."""

MOST_ROWS = 10_000_000
"""Rows of the longest file that is read: some bytes may stand for any number of equal rows."""

LONGEST_CELL = 4 * 2**20
"""Characters of the longest text that is read."""

MOST_CHARACTERS = 2**29
"""Characters that all rows together may unfold to, as many as the largest file of another format has."""

_READ_ROWS = 200
_REPEATED = ("tags", "run", "retriever", "model", "label", "judge", "judge_label", "judge_score")


def write_parquet(records: Iterable[Record], out: BinaryIO) -> int:
    """Write one row a record, and return how many there were."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {name: pa.string() for name in COLUMNS} | {"number": pa.int64(), "judge_score": pa.float64()}
    schema = pa.schema(list(kinds.items()))
    count = 0
    with pq.ParquetWriter(out, schema, compression="zstd", use_dictionary=list(_REPEATED)) as writer:
        for group in _groups(records):
            columns = [_texts(row[name] for row in group).cast(kind) for name, kind in kinds.items()]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
            count += len(group)
    return count


def read_parquet(stream: BinaryIO, origin: Origin) -> Iterator[Record | Problem]:
    """Give the record, or the problem, of every row; rows are counted from 1."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    number, left = 0, MOST_CHARACTERS
    try:
        with pq.ParquetFile(stream) as file:
            schema = file.schema_arrow
            yield from check_columns(schema.names)
            _check_groups(file.metadata)
            _check_types(schema)
        columns = [name for name in schema.names if name in COLUMNS]
        # A text that many rows share is kept once: a file may name one long text a million times.
        shared = [name for name in columns if pa.types.is_string(schema.field(name).type)]
        stream.seek(0)
        with pq.ParquetFile(stream, read_dictionary=shared) as file:
            for batch in file.iter_batches(batch_size=_READ_ROWS, columns=columns):
                cells = {name: _cells(batch.column(name)) for name in columns}
                for place in range(batch.num_rows):
                    number += 1
                    row = {name: cells[name][place] for name in columns}
                    left -= sum(len(cell) for cell in row.values() if isinstance(cell, str))
                    if left < 0:
                        raise RecordError(
                            N_("The file unfolds to more than {limit} characters; the rest is left out."),
                            limit=MOST_CHARACTERS,
                        )
                    yield _read(number, row, origin)
    except RecordError as error:
        yield as_problem(number or 1, error)
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        yield Problem(
            number + 1,
            N_("The file is not readable as Parquet ({found}); the rest of it is left out."),
            {"found": shown(str(error))},
        )


def _texts(cells: Iterable[Any]) -> Any:
    # Not `pyarrow.array`, which imports pandas to see whether it was given one of its columns: 45 MB.
    from pyarrow.lib import StringBuilder

    builder = StringBuilder()
    builder.append_values([cell if cell is None else str(cell) for cell in cells])
    return builder.finish()


def _groups(records: Iterable[Record]) -> Iterator[list[dict[str, Any]]]:
    group: list[dict[str, Any]] = []
    characters = 0
    for record in records:
        row = write_row(record)
        group.append(row)
        characters += sum([len(cell) if isinstance(cell, str) else 8 for cell in row.values()])
        if characters > GROUP_CHARACTERS:
            yield group
            group = []
            characters = 0
    if group:
        yield group


def _cells(column: Any) -> list[Any]:
    """Return the cells of a column; equal texts are the same object."""
    import pyarrow as pa

    if not pa.types.is_dictionary(column.type):
        return list(column.to_pylist())
    places = column.indices.to_pylist()
    texts = {place: column.dictionary[place].as_py() for place in set(places) if place is not None}
    return [None if place is None else texts[place] for place in places]


def _read(number: int, row: dict[str, Any], origin: Origin) -> Record | Problem:
    try:
        for name, cell in row.items():
            if isinstance(cell, str) and len(cell) > LONGEST_CELL:
                raise RecordError(
                    N_("{field} has {found} characters, more than the limit of {limit}. Shorten it."),
                    field=name,
                    found=len(cell),
                    limit=LONGEST_CELL,
                )
        return read_row(row, origin)
    except RecordError as error:
        return as_problem(number, error)


def _check_types(schema: Any) -> None:
    import pyarrow as pa

    def is_flat(kind: Any) -> bool:
        if pa.types.is_dictionary(kind):
            kind = kind.value_type
        return bool(
            pa.types.is_string(kind)
            or pa.types.is_large_string(kind)
            or pa.types.is_integer(kind)
            or pa.types.is_floating(kind)
            or pa.types.is_null(kind)
        )

    for field in schema:
        if field.name in COLUMNS and not is_flat(field.type):
            raise RecordError(
                N_("The column {column} holds {found}; expected texts or numbers."),
                column=field.name,
                found=shown(str(field.type)),
            )


def _check_groups(metadata: Any) -> None:
    if metadata.num_rows > MOST_ROWS:
        raise RecordError(
            N_("The file has {found} rows, more than the limit of {limit}; split it into several files."),
            found=metadata.num_rows,
            limit=MOST_ROWS,
        )
    for place in range(metadata.num_row_groups):
        size = metadata.row_group(place).total_byte_size
        if size > LARGEST_GROUP:
            raise RecordError(
                N_("A row group unfolds to {found} bytes, more than {limit}; write smaller row groups."),
                found=size,
                limit=LARGEST_GROUP,
            )
