"""Judgements are read from the dumps of other tools; what is wrong is named, and the rest is still there."""

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.errors import RecordError
from dashboard.labels import Label
from dashboard.records.dump_formats import read_dump
from dashboard.records.dump_plain import COLUMNS
from dashboard.records.dumped import RELEVANCE_CUTS, Dumped
from dashboard.records.reading import Problem
from tests.records.dumps import (
    CACHE,
    INDEX,
    LOG,
    OTEL_CALLS,
    PAGING,
    PLAIN,
    REASONING,
    SAMPLES,
    eval_file,
    lines,
    sample,
    table,
    trulens,
)

FROM_RELEVANCE = {"labels": "from score: C >= 1, P >= 0.67"}


@pytest.fixture
def read(tmp_path: Path):
    def read(name: str, content: str | bytes, judge: str = "import") -> list[Dumped | Problem]:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return list(read_dump(path, judge))

    return read


def shown(item: Dumped | Problem) -> Any:
    if isinstance(item, Problem):
        return item.line, item.text
    verdict = item.judgement
    return item.judge.name, verdict.score, verdict.label, verdict.reason


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.jsonl", lines(PLAIN)),
        ("a.json", json.dumps([PLAIN])),
        ("a.csv", table(PLAIN)),
        ("a.CSV", "\ufeff" + table(PLAIN | {"score": "1,0", "label": " c "}, delimiter=";")),
    ],
)
def test_plain_rows_say_all_of_a_judgement(read, name: str, content: str) -> None:
    (one,) = read(name, content)
    judge, verdict = one.judge, one.judgement
    assert (one.question, one.answer) == (CACHE, PLAIN["answer"])
    assert (judge.name, judge.rubric, judge.prompt_version) == ("relevância", "answer-relevance", "3")
    assert (judge.model, dict(judge.parameters)) == ("gpt-4o", {})
    assert (verdict.raw_score, verdict.score, verdict.label) == (3, 1, Label.CORRECT)
    assert verdict.reasoning == REASONING
    assert verdict.created_at.isoformat() == PLAIN["created_at"]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"score": 0.667}, (None, 0.667, "P")),
        ({"score": 0.66}, (None, 0.66, "I")),
        ({"raw_score": 3}, (3, 1, "C")),
        ({"raw_score": "2"}, (2, 2 / 3, "P")),
        ({"raw_score": 5, "score": 1, "label": "P"}, (5, 1, "P")),
        ({"label": "I"}, (None, None, "I")),
        ({"score": float("nan"), "error": "timeout"}, (None, None, None)),
    ],
)
def test_what_a_plain_row_gives_of_a_verdict(read, row: dict[str, Any], expected: tuple[Any, ...]) -> None:
    (one,) = read("a.jsonl", lines({"key": "abc", **row}), "meu juiz")
    verdict = one.judgement
    assert (verdict.raw_score, verdict.score, verdict.label) == expected
    assert (one.key, one.judge.name, one.judge.model) == ("abc", "meu juiz", "unknown")
    drawn = "label" not in row and "error" not in row
    assert dict(one.judge.parameters) == (FROM_RELEVANCE if drawn else {})


def test_a_judge_stays_one_where_only_some_of_its_labels_are_missing(read) -> None:
    found = read(
        "a.jsonl",
        lines(
            {"key": "1", "score": 0, "label": "P"},
            {"key": "2", "score": 1},
            {"key": "3", "error": "não respondeu"},
        ),
    )
    assert [one.judge for one in found] == [found[0].judge] * 3
    assert dict(found[0].judge.parameters) == FROM_RELEVANCE
    assert [one.judgement.label for one in found] == ["P", "C", None]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ([1], "record: expected an object, found [1]."),
        ({"score": 1}, "key: expected the key of an answer, or a question and an answer, found neither."),
        ({"key": "a"}, "score: expected a score, a raw score, a label or an error, found none of them."),
        ({"key": "a", "score": 1.5}, "score: expected a number from 0 to 1, found 1.5."),
        ({"key": "a", "score": "alto"}, "score: expected a number from 0 to 1, found alto."),
        ({"key": "a", "label": "D"}, "label: expected one of I, P, C, found D."),
        (
            {"key": "a", "raw_score": 4},
            "raw_score: without a score beside it expected a number from 0 to 3, found 4.0.",
        ),
        ({"key": "a", "label": "C", "created_at": "ontem"}, "created_at: expected a time such as"),
        ({"key": "a", "label": "C", "parameters": "{"}, "Expected JSON, found"),
    ],
)
def test_a_malformed_row_is_named_and_the_others_are_read(read, row: Any, message: str) -> None:
    first, second, third = read("a.jsonl", lines(PLAIN, row, PLAIN))
    assert isinstance(first, Dumped) and isinstance(third, Dumped)
    line, text = shown(second)
    assert line == 2
    assert text.startswith(message) or message == text
    inside = read("a.json", json.dumps([PLAIN, row]))[1]
    assert inside.line == 0
    assert inside.text.startswith("[1]") or "Expected JSON" in inside.text


def test_reasoning_alone_is_an_unreadable_reply(read) -> None:
    (one,) = read("a.jsonl", lines({"key": "a", "reasoning": "não sei"}))
    assert one.judgement.reason == "unreadable"
    assert one.judgement.error


def test_a_column_that_is_there_twice_is_refused(read) -> None:
    (problem,) = read("a.csv", "key,score,score\na,1,0\n")
    assert shown(problem) == (1, "The column score is there twice; remove one.")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.json", json.dumps(LOG)),
        ("a.eval", eval_file()),
        ("a.eval", eval_file(zstandard=False)),
    ],
)
def test_a_log_of_inspect(read, name: str, content: str | bytes) -> None:
    found = read(name, content)
    assert [shown(one) for one in found] == [
        ("model_graded_qa", 1.0, "C", ""),
        ("relevance", 2 / 3, "P", ""),
        ("model_graded_qa", 0.5, "P", ""),
        ("relevance", None, None, "unreadable"),
        ("model_graded_qa", None, None, "unreadable"),
        ("relevance", 0.0, "I", ""),
    ]
    assert [one.question for one in found[::2]] == [CACHE, INDEX, PAGING]
    assert [one.answer for one in found[::2]] == [PLAIN["answer"], "Um índice de palavras.", ""]
    graded, relevance = found[0].judge, found[1].judge
    assert {one.judge.model for one in found[::2]} == {"mockllm/grader"}
    assert dict(graded.parameters) == {"source": "Inspect AI", "partial_credit": True}
    assert relevance.parameters["labels"] == "from score: C >= 1, P >= 0.5"
    assert found[3].judge == relevance
    assert found[1].judgement.reasoning == REASONING
    assert found[4].judgement.raw_reply == "não sei"
    assert found[0].reference_answer == "O que se usou há pouco."
    assert found[0].judgement.created_at.isoformat() == "2026-11-25T02:51:51.449134+00:00"
    assert "sk-segredo" not in repr(found)


@pytest.mark.parametrize(
    ("value", "explanation", "expected"),
    [
        ("N", "não respondeu", ("s", None, None, "refused")),
        ("I", "Grade not found in model output: talvez", ("s", None, None, "unreadable")),
        ("I", "GRADE: I", ("s", 0.0, "I", "")),
        (True, "", ("s", 1.0, "C", "")),
        ("0.5", "", ("s", 0.5, "P", "")),
        ({"clareza": "C"}, "", ("s/clareza", 1.0, "C", "")),
    ],
)
def test_values_of_scores(read, value: object, explanation: str, expected: tuple[Any, ...]) -> None:
    one = sample(1, CACHE, "a", s={"value": value, "explanation": explanation})
    (found,) = read("a.json", json.dumps(LOG | {"samples": [one]}))
    assert shown(found) == expected


def test_problems_of_a_log_name_the_sample(read) -> None:
    bad = sample(7, CACHE, "a", s={"value": 7}, t={"value": [1, 2]}, u={"value": "C"})
    silent = sample(8, [], "a", s={"value": "C"})
    found = read("a.json", json.dumps(LOG | {"samples": [SAMPLES[0], bad, silent, "x"]}))
    assert [shown(one)[1] for one in found[2:]] == [
        "samples[1].scores.s.value: expected C, P, I, N or a number from 0 to 1, found 7.",
        "samples[1].scores.t.value: expected C, P, I, N or a number from 0 to 1, found [1, 2].",
        1.0,
        "samples[2].input: expected a text, found None.",
        "samples[3]: expected an object, found x.",
    ]
    inside = read("a.eval", eval_file([silent]))
    assert [shown(one)[1] for one in inside] == ["samples/8_epoch_1.json.input: expected a text, found None."]


@pytest.mark.parametrize("log", [LOG | {"samples": None}, LOG | {"samples": SAMPLES[3:]}])
def test_a_log_without_scores_says_what_is_missing(read, log: dict[str, Any]) -> None:
    (problem,) = read("a.json", json.dumps(log))
    assert "holds no scores" in problem.text


@pytest.mark.parametrize("zstandard", [True, False])
def test_damaged_and_swollen_eval_files_are_refused(read, monkeypatch, zstandard: bool) -> None:
    whole = eval_file(SAMPLES[:2], zstandard=zstandard)
    assert "not a zip file" in read("a.eval", whole[:-40])[0].text
    start = whole.index(b"samples/1_epoch_1.json") + 60
    damaged = whole[:start] + b"\0" * 40 + whole[start + 40 :]
    problem, *others = read("a.eval", damaged)
    assert "samples/1_epoch_1.json cannot be read" in problem.text
    assert len(others) == 2
    monkeypatch.setattr("dashboard.records.zip_members.LARGEST_MEMBER", 500)
    assert "more than the limit of 500" in read("a.eval", whole)[0].text
    monkeypatch.setattr("dashboard.records.zip_members.LARGEST_TOTAL", 1_000)
    assert "unfolds to" in read("a.eval", whole)[0].text


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", table(trulens())),
        ("a.csv", table(trulens(calls=OTEL_CALLS) | {"Answer Relevance direction": True, "is_match": True})),
        ("a.jsonl", lines(trulens())),
        ("a.json", json.dumps([trulens()])),
        ("a.json", json.dumps({name: {"0": cell} for name, cell in trulens().items()})),
    ],
)
def test_records_of_trulens(read, name: str, content: str) -> None:
    (one,) = read(name, content)
    verdict = one.judgement
    assert one.judge.name == "Answer Relevance"
    assert dict(one.judge.parameters) == {"source": "TruLens"} | FROM_RELEVANCE
    assert (verdict.raw_score, verdict.score, verdict.label) == (3, 1, Label.CORRECT)
    assert verdict.reasoning == REASONING
    assert (one.question, one.answer, one.run) == (CACHE, PLAIN["answer"], "aulas v1")
    assert verdict.created_at.isoformat() == "2026-11-25T02:53:05.919606+00:00"


def test_every_feedback_is_a_judge(read) -> None:
    row = trulens() | {
        "Groundedness:::frase 1": 0.5,
        "Groundedness_calls": [
            {"ret": 0.5, "meta": {"reasons": "STATEMENT 0: Score: 1"}},
            {"ret": 0.5, "meta": {"reasons": ["Score: 0", "fim"]}},
            {"ret": 0.5, "meta": {}},
        ],
        "Toxicity": 0.0,
        "Toxicity_calls": [],
        "Toxicity direction": False,
        "Context Relevance": -1.0,
        "Context Relevance_calls": [],
        "Not asked": None,
        "Not asked_calls": None,
        "anotação": "texto do pesquisador",
    }
    found = read("a.jsonl", lines(row))
    assert [shown(one) for one in found] == [
        ("Answer Relevance", 1.0, "C", ""),
        ("Groundedness:::frase 1", 0.5, "I", ""),
        ("Toxicity", 0.0, None, ""),
        ("Context Relevance", None, None, "unreadable"),
    ]
    assert found[1].judgement.reasoning == "STATEMENT 0: Score: 1\n\nScore: 0\nfim"
    assert found[1].judgement.raw_score is None
    assert found[2].judge.parameters["lower_is_better"] is True


def test_scores_without_calls_are_known_by_being_numbers(read) -> None:
    row = {"record_id": "r", "input": CACHE, "output": "a", "Answer Relevance": "0.67", "nota": "boa"}
    (one,) = read("a.csv", table(row))
    assert shown(one) == ("Answer Relevance", 0.67, "P", "")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (trulens(score=3), "Answer Relevance: expected a number from 0 to 1, found 3."),
        (trulens(score="alta"), "Answer Relevance: expected a number from 0 to 1, found alta."),
        (trulens(score=True), "Answer Relevance: expected a number from 0 to 1, found True."),
        (trulens(calls="[1, "), "Answer Relevance_calls: expected JSON or a list as Python prints it, found"),
        (trulens(calls="[" + "-" * 100_000 + "1]"), "Answer Relevance_calls: expected JSON or a list as"),
        (trulens(calls={"a": 1}), "Answer Relevance_calls: expected a list of calls, found"),
        (trulens(question=" "), "input is empty."),
        (trulens(question={"q": 1}), "input: expected a text, found {'q': 1}."),
        (trulens() | {"ts": "ontem"}, "ts: expected a time such as"),
    ],
)
def test_problems_of_trulens_name_line_and_column(read, row: dict[str, Any], message: str) -> None:
    first, problem = read("a.jsonl", lines(trulens(), row))
    assert isinstance(first, Dumped)
    assert problem.line == 2
    assert problem.text.startswith(message)


def test_nothing_in_a_python_list_is_run(read, tmp_path: Path) -> None:
    made = tmp_path / "made"
    calls = f"[{{'meta': {{'reason': __import__('pathlib').Path({str(made)!r}).touch() or 'x'}}}}]"
    (problem,) = read("a.csv", table(trulens(calls=calls)))
    assert "expected JSON or a list" in problem.text
    calls = f"[{{'meta': {{'reason': 'r', 'x': __import__('pathlib').Path({str(made)!r}).touch()}}}}]"
    (one,) = read("a.csv", table(trulens(calls=calls)))
    assert one.judgement.reasoning == "r"
    assert not made.exists()


def test_other_files_are_refused(read) -> None:
    with pytest.raises(RecordError, match=r"a\.xlsx .*\.jsonl, \.ndjson, \.csv, \.json, \.eval"):
        read("a.xlsx", "")
    assert shown(read("a.json", "{")[0])[1].startswith("Expected JSON")
    assert "a log of Inspect AI or a list" in read("a.json", '{"a": 1}')[0].text
    assert "a log of Inspect AI or a list" in read("a.json", "3")[0].text


def test_every_column_is_in_the_readme() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    assert [name for name in COLUMNS if f"`{name}`" not in readme] == []


def test_cuts_are_to_two_decimals() -> None:
    labels = [RELEVANCE_CUTS.label(score).value for score in (1, 0.996, 0.99, 2 / 3, 0.67, 0.66, 0)]
    assert labels == ["C", "C", "P", "P", "P", "I", "I"]
