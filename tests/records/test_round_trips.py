"""A record comes back identical from every format that carries all of it."""

from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.errors import RecordError
from dashboard.labels import Label
from dashboard.records.csv import defuse, undo
from dashboard.records.formats import FORMATS, detect, read_records, read_stream, write_records
from dashboard.records.record import Record, RecordHit
from tests.records.samples import FILE, read, record, written
from tests.records.strategies import RECORDS, TEXTS

WHOLE = ["jsonl", "csv", "parquet"]


def through(format, records):
    out = BytesIO()
    assert write_records(iter(records), format, out) == len(records)
    assert not out.closed
    return list(read_stream(out, format, annotator="ana", judge="importado"))


@pytest.mark.parametrize("text", [FILE, FILE.replace("\n", "\r\n"), "\ufeff" + FILE.removesuffix("---\n")])
@pytest.mark.parametrize("format", WHOLE)
def test_markdown_through_another_format_gives_the_same_bytes(format, text):
    records = read(text).records
    back = through(format, records)
    assert tuple(back) == records
    assert written(back) == text


@pytest.mark.parametrize("format", WHOLE)
def test_any_record_comes_back_identical(format):
    @settings(max_examples=60, deadline=None)
    @given(st.lists(RECORDS, max_size=2))
    def check(records):
        assert through(format, records) == records

    check()


@given(st.one_of(TEXTS, st.text(alphabet="'=+-@\t\r\n\0a", max_size=5)))
def test_a_defused_cell_is_no_formula_and_comes_back(cell):
    safe = defuse(cell)
    assert safe[:1] not in tuple("=+-@\t\r\n\0")
    assert undo(safe) == cell


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_a_withheld_address_is_never_written(format):
    hit = RecordHit(1, 0.5, url="https://segredo.org/v", url_hidden=True, text="t")
    out = BytesIO()
    write_records([Record(1, "Por quê?", hits=(hit,))], format, out)
    assert b"segredo" not in out.getvalue()
    (back,) = read_stream(out, format, annotator="a", judge="j")
    assert back.hits[0].url_hidden and back.hits[0].url == ""


@pytest.mark.parametrize("format", sorted(FORMATS))
def test_a_file_is_read_by_its_ending_and_refused_over_the_limit(format, tmp_path):
    path = tmp_path / f"Registros{FORMATS[format].suffixes[0].upper()}"
    with path.open("wb") as out:
        write_records(read(record()).records, format, out)
    assert detect(path) == format
    assert list(read_records(path, annotator="ana", judge="importado")) == list(read(record()).records)
    with pytest.raises(RecordError, match="limit of 10"):
        read_records(path, annotator="ana", judge="importado", max_bytes=10)
    with path.open("rb") as stream, pytest.raises(RecordError, match="limit of 10"):
        read_stream(stream, format, annotator="ana", judge="importado", max_bytes=10)


def test_unknown_endings_formats_and_missing_files_are_refused(tmp_path):
    with pytest.raises(RecordError, match=r"x\.docx.*\.jsonl"):
        detect(tmp_path / "x.docx")
    with pytest.raises(RecordError, match="cannot be opened"):
        read_records(tmp_path / "x.csv", annotator="a", judge="j")
    with pytest.raises(RecordError, match="md, jsonl, csv, parquet"):
        write_records([], "xml", BytesIO())


@pytest.mark.parametrize("format", WHOLE)
def test_records_are_written_as_they_come(format):
    class Watched(BytesIO):
        largest = 0

        def write(self, data):
            Watched.largest = max(Watched.largest, len(data))
            return super().write(data)

    out = Watched()
    # A different text each, so that no compression hides the size.
    records = (Record(n, f"Pergunta {n}?", answer=f"{n * 7919 % 10007} " * 4000) for n in range(400))
    write_records(records, format, out)
    assert Watched.largest < len(out.getvalue()) / 2
    assert sum(1 for _ in read_stream(out, format, annotator="a", judge="j")) == 400


@pytest.mark.parametrize("format", WHOLE)
def test_no_records_make_a_file_without_records(format):
    assert through(format, []) == []


def test_flat_columns_show_the_agreed_label_and_the_first_judgement():
    out = BytesIO()
    write_records(read(record()).records, "csv", out)
    header, row = out.getvalue().decode("utf-8-sig").split("\r\n")[:2]
    assert header.startswith(
        "number,question,tags,reference_answer,run,retriever,model,answer,created_at,label,judge,judge_label,"
        "judge_score,reasoning,hits,references,annotations,judgements,adjudications,relevance,supports,provenance,layout"
    )
    assert ",C,importado,P,1.0,Criteria: cobre a pergunta." in row
    assert read(record()).records[0].agreed_label is Label.CORRECT
