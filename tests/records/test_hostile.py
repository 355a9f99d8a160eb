"""Hostile and careless files are reported with their line, never a crash."""

import json
from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboard.labels import Label
from dashboard.records import jsonl
from dashboard.records.formats import FORMATS, read_stream, write_records
from dashboard.records.reading import Problem
from dashboard.records.record import Record
from tests.records.samples import read, record

PLAIN = b'{"number":1,"question":"Por que?","answer":"Porque sim."}\n'


def read_as(format, content):
    return list(read_stream(BytesIO(content), format, annotator="ana", judge="planilha"))


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"[" * 100_000, "nested too deeply"),
        (b'{"number":' + b"9" * 10_000 + b"}", "too many digits"),
        (b'{"number":99999999999999999999,"question":"q","answer":"a"}', "whole number"),
        (b'{"number":1e999,"question":"q","answer":"a"}', "finite"),
        (b'{"number":NaN}', "NaN"),
        (b'{"number":true,"question":"q","answer":"a"}', "whole number"),
        (b'{"number":1,"question":"\xff","answer":"a"}', "0xff"),
        (b'{"number":1,"question":"a\x00b","answer":"a"}', "Expected JSON"),
        (b'{"number":1,"question":"\\ud800","answer":"a"}', "surrogate"),
        (b'{"number":1,"question":"q"}', "answer is missing"),
        (b'{"number":1,"question":"q","answer":"a","awnser":"b"}', "awnser is not a field"),
        (b'{"number":1,"question":"q","answer":"a","hits":[{"corpus_id":1,"score":Infinity}]}', "Infinity"),
        (b'{"number":1,"question":"q","answer":"a","hits":[{"corpus_id":1,"score":"x"}]}', "hits[0].score"),
        (b'{"number":1,"question":"q","answer":"a","hits":[{"corpus_id":1,"score":1,"x":0}]}', "hits[0].x"),
        (b'{"number":1,"question":"q","answer":"a","references":[{"title":"t","url":"data:x"}]}', "http(s)"),
        (b'{"number":1,"question":"q","answer":"a","annotations":[{"event_id":"1","annotator":"a","label":[],'
         b'"phase":"blind"}]}', "I, P, C"),
        (b'{"number":1,"question":"q","answer":"a","created_at":"ontem"}', "created_at"),
        (b"[]", "object"),
        (b"null", "object"),
    ],
)  # fmt: skip
def test_a_bad_json_line_is_reported_and_the_others_are_read(line, said):
    found = read_as("jsonl", PLAIN + line + b"\n\n" + PLAIN)
    assert [type(each) for each in found] == [Record, Problem, Record]
    assert found[1].line == 2
    assert said in found[1].text


def test_nesting_that_json_allows_but_no_judge_needs_is_refused():
    deep = json.dumps(
        {
            "number": 1,
            "question": "q",
            "answer": "a",
            "judgements": [{"judge": {"name": "j", "parameters": {"a": 0}}}],
        }
    ).replace('"a": 0', '"a": ' + "[" * 200 + "]" * 200)
    (problem,) = read_as("jsonl", deep.encode())
    assert "few levels" in problem.text


def test_a_line_longer_than_any_record_is_skipped_not_loaded(monkeypatch):
    monkeypatch.setattr(jsonl, "LONGEST_LINE", 100)
    found = read_as("jsonl", PLAIN + b'"' + b"x" * 1000 + b'"\n' + PLAIN)
    assert [type(each) for each in found] == [Record, Problem, Record]
    assert found[1].line == 2


def test_a_spreadsheet_with_flat_columns_is_a_record_file():
    table = (
        "\ufeffnumber;question;answer;label;judge;judge_label;judge_score;reasoning;tags;nota\r\n"
        '7;"O que é\nviés?";" Um erro; sistemático ";c;;P;0,67;Score: 2;básico; x\r\n'
        "8;E variância?;;;;;;;;\r\n"
        ";;;;;;;;;\r\n"
    )
    problem, first, second = read_as("csv", table.replace(";básico; x", ";básico ; x").encode())
    assert "nota" in problem.text
    assert (first.number, first.question, first.answer) == (7, "O que é\nviés?", " Um erro; sistemático ")
    assert (first.agreed_label, first.annotations[0].annotator, first.tags) == (
        Label.CORRECT,
        "ana",
        ("básico",),
    )
    verdict = first.first_judgement
    assert (verdict.judge.name, verdict.judgement.score, verdict.judgement.raw_score) == (
        "planilha",
        0.67,
        2.0,
    )
    assert second == Record(8, "E variância?")


def test_json_columns_decide_over_flat_ones():
    out = BytesIO()
    write_records(read(record()).records, "csv", out)
    edited = out.getvalue().replace(b",C,importado,P,1.0,", b",I,outro,I,0.0,")
    assert edited != out.getvalue()
    assert read_as("csv", edited) == list(read(record()).records)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (b"x,q,a,C,1\n", "number"),
        (b"1,,a,C,1\n", "question is missing"),
        (b"1,q,a,X,1\n", "I, P, C"),
        (b"1,q,a,C,1.5\n", "from 0 to 1"),
        (b"1,q,a,C,nan\n", "finite number"),
        (b"1,q,a\n", "Expected 5 cells"),
        (b"1,q\xe3o,a,C,1\n", "UTF-8"),
    ],
)
def test_a_bad_row_is_reported_with_its_line(row, said):
    good = b'1,"duas\nlinhas",a,C,1\n'
    found = read_as("csv", b"number,question,answer,label,judge_score\n" + good + row + good)
    assert [type(each) for each in found] == [Record, Problem, Record]
    assert found[1].line == 4
    assert said in found[1].text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "number is missing"),
        (b"a,b\n1,2\n", "number is missing"),
        (b"number,question,answer,answer\n1,2,3,4\n", "twice"),
        (b"\x00\x01\x02\xff\n", "number is missing"),
        (b'number,question,answer\n1,"q,a\n', "cells"),
        (b"number,question,answer\n1,q\rx,a\n", "rest of the file"),
    ],
)
def test_a_file_that_is_no_table_is_reported(content, said):
    (problem,) = read_as("csv", content)
    assert said in problem.text


def test_parquet_rows_are_checked_like_any_other():
    out = BytesIO()
    pq.write_table(
        pa.table(
            {
                "number": [1, 2, 3],
                "question": ["q", "q", None],
                "answer": ["a", "b", "c"],
                "judge_score": [0.5, float("nan"), 1],
            }
        ),
        out,
    )
    first, *problems = read_as("parquet", out.getvalue())
    assert first.first_judgement.judgement.score == 0.5
    assert [problem.line for problem in problems] == [2, 3]


def test_a_damaged_parquet_file_is_reported():
    out = BytesIO()
    write_records(read(record()).records, "parquet", out)
    whole = out.getvalue()
    for content in (b"", b"PAR1", whole[: len(whole) // 2], b"x" * 500):
        (problem,) = read_as("parquet", content)
        assert "Parquet" in problem.text


@pytest.mark.parametrize("format", ["md", "jsonl", "csv"])
def test_any_bytes_at_all_are_read_or_reported(format):
    out = BytesIO()
    write_records(read(record(segments=1)).records, format, out)
    whole = out.getvalue()

    @settings(max_examples=80, deadline=None)
    @given(st.integers(0, len(whole)), st.binary(max_size=20), st.integers(0, 40))
    def check(place, put, skip):
        for each in read_as(format, whole[:place] + put + whole[place + skip :]):
            assert isinstance(each, Record) or each.text

    check()


def test_a_problem_can_be_shown_without_its_whole_text():
    (problem,) = read_as("jsonl", b"x" * 100_000)
    assert len(problem.text) < 300
    assert set(FORMATS) == {"md", "jsonl", "csv", "parquet"}
