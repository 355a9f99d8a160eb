"""Judgements from dumps in a project, on both databases."""

import json
from pathlib import Path
from typing import Any

import pytest

from dashboard.errors import RecordError
from dashboard.judging.shipped import shipped
from dashboard.models import NewAnswer
from dashboard.records.dumped import RELEVANCE_CUTS
from dashboard.records.record import Record, RecordJudgement
from dashboard.services.exporting import export, records
from dashboard.services.figures import of_project as figures
from dashboard.services.importing import check, import_records
from dashboard.services.judgement_import import check_judgements, import_judgements
from dashboard.services.overview import overview
from dashboard.services.project import Project
from dashboard.store import answers, runs
from tests.records.dumps import INDEX, LOG, PLAIN, REASONING, SAMPLES, eval_file, lines, table, trulens
from tests.support import project as made

QUESTION, ANSWER = "Pergunta número 1?", "Resposta número 1."
ON_FIRST = {"question": QUESTION, "answer": ANSWER, "judge": "GPT", "model": "gpt-4o"}
NOTHING = {"judges": 0, "judgements": 0, "answers_added": 0, "unmatched": 0, "errors": []}


@pytest.fixture
def write(tmp_path: Path):
    def write(content: str | bytes, name: str = "juiz.jsonl") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def stored(project: Project) -> list[tuple[Record, RecordJudgement]]:
    return [(one, entry) for one in records(project) for entry in one.judgements]


def counts(report: Any) -> tuple[int, int, int, int]:
    return report.judges, report.judgements, report.answers_added, report.unmatched


def key_of(project: Project, place: int = 0) -> str:
    return list(records(project))[place].provenance.key


def test_the_answer_is_found_by_its_key_or_its_texts(answered: Project, write) -> None:
    second = list(records(answered))[1]
    path = write(
        lines(
            ON_FIRST | {"score": 1, "label": "C"},
            {"key": second.provenance.key, "judge": "GPT", "model": "gpt-4o", "label": "I"},
            ON_FIRST | {"judge": "outro", "question": "Pergunta \n número  1? ", "label": "P"},
        )
    )
    assert counts(check_judgements(answered, [path])) == (2, 3, 0, 0)
    assert stored(answered) == []

    report = import_judgements(answered, [path])

    assert (counts(report), report.problems) == ((2, 3, 0, 0), [])
    assert [(one.question, entry.judge.name, entry.judgement.label) for one, entry in stored(answered)] == [
        (QUESTION, "GPT", "C"),
        (QUESTION, "outro", "P"),
        (second.question, "GPT", "I"),
    ]
    assert import_judgements(answered, [path]).to_json() == NOTHING


def test_exact_texts_come_before_collapsed_ones(answered: Project, write) -> None:
    spaced = made.add_answer(answered.store, QUESTION, text="Resposta  número 1.")
    path = write(lines(ON_FIRST | {"label": "C"}, ON_FIRST | {"answer": "Resposta  número 1.", "label": "I"}))

    assert counts(import_judgements(answered, [path])) == (1, 2, 0, 0)
    assert [(one.answer, entry.judgement.label) for one, entry in stored(answered)] == [
        (ANSWER, "C"),
        ("Resposta  número 1.", "I"),
    ]
    assert overview(answered).answers == 3 and spaced


def test_equal_answers_of_two_runs_get_the_judgement_both(answered: Project, write) -> None:
    made.add_answer(answered.store, QUESTION, text=ANSWER)
    path = write(lines(ON_FIRST | {"label": "C"}))

    assert counts(import_judgements(answered, [path])) == (1, 2, 0, 0)
    assert import_judgements(answered, [path]).to_json() == NOTHING


def test_two_verdicts_of_a_judge_on_an_answer_are_a_problem(answered: Project, write) -> None:
    row = ON_FIRST | {"label": "C"}
    path = write(lines(row, row, ON_FIRST | {"label": "I"}))

    report = import_judgements(answered, [path])

    assert counts(report) == (1, 1, 0, 0)
    (problem,) = report.problems
    assert problem.problem.line == 3
    assert problem.problem.text.startswith("judge: expected one verdict of a judge on an answer")
    assert [entry.judgement.label for _one, entry in stored(answered)] == ["C"]


def test_an_answer_that_is_not_there_is_added_and_can_be_labelled(empty: Project, write) -> None:
    path = write(
        lines(
            PLAIN | {"key": "k1", "answer_model": "llama", "reference_answer": "O que se usou."},
            PLAIN | {"judge": "outro", "label": "I"},
        )
    )
    assert counts(check_judgements(empty, [path])) == (2, 2, 1, 0)
    assert overview(empty).answers == 0

    assert counts(import_judgements(empty, [path])) == (2, 2, 1, 0)

    (one,) = records(empty)
    assert (one.question, one.answer, one.run, one.model) == (
        PLAIN["question"],
        PLAIN["answer"],
        "juiz",
        "llama",
    )
    assert (one.reference_answer, one.provenance.key, one.provenance.queued) == ("O que se usou.", "k1", True)
    with empty.store.read() as session:
        answer_id = answers.find_by_key(session, "k1")
    made.label(empty.store, answer_id, "C")
    assert figures(empty, judge="relevância")["percent"]["value"] == 1.0
    assert import_judgements(empty, [path]).to_json() == NOTHING


def test_an_unknown_key_alone_is_unmatched(answered: Project, write) -> None:
    path = write(lines(ON_FIRST | {"label": "C"}, {"key": "fora", "label": "C"}))

    report = check_judgements(answered, [path])

    assert counts(report) == (1, 1, 0, 1)
    assert report.to_json()["errors"] == [
        {
            "file": "juiz.jsonl",
            "line": 2,
            "error": "key: the project has no answer with the key “fora”. Add the columns question and "
            "answer, or import the answers first.",
        }
    ]
    assert counts(import_judgements(answered, [path])) == (1, 1, 0, 1)


def test_a_log_of_inspect_becomes_judges(empty: Project, write) -> None:
    path = write(json.dumps(LOG), "aulas.json")
    assert counts(import_judgements(empty, [path])) == (2, 6, 3, 0)
    assert import_judgements(empty, [path, write(eval_file(), "aulas.eval")]).to_json() == NOTHING
    unscored = [entry.judgement for _one, entry in stored(empty) if entry.judgement.label is None]
    assert [(one.reason, one.raw_reply) for one in unscored] == [
        ("unreadable", ""),
        ("unreadable", "não sei"),
    ]
    assert all(one.error for one in unscored)


def test_a_scored_reading_replaces_an_unscored_one(empty: Project, write) -> None:
    import_judgements(empty, [write(json.dumps(LOG), "aulas.json")])
    again = SAMPLES[1] | {"scores": {"relevance": {"value": 1.0}}}
    path = write(json.dumps(LOG | {"samples": [again]}), "de novo.json")

    assert counts(import_judgements(empty, [path])) == (1, 1, 0, 0)
    verdict = next(
        e.judgement for one, e in stored(empty) if one.question == INDEX and e.judge.name == "relevance"
    )
    assert verdict.label == "C"
    assert verdict.details["earlier"][0]["reason"] == "unreadable"


def test_reasoning_of_trulens_is_exported_unchanged(empty: Project, write, tmp_path: Path) -> None:
    import_judgements(empty, [write(table(trulens()), "trulens.csv")])
    (one,) = records(empty)
    assert one.run == "aulas v1"
    for name in ("jsonl", "csv", "parquet"):
        out = tmp_path / f"export.{name}"
        export(empty, name, out)
        report = check([out])
        assert (report.judgements, report.problems) == (1, [])
        if name == "jsonl":
            assert json.loads(out.read_text())["judgements"][0]["reasoning"] == REASONING


def test_answers_keep_their_judgements_through_an_export(
    empty: Project, other: Project, write, tmp_path: Path
) -> None:
    import_judgements(other, [write(json.dumps(LOG), "aulas.json")])
    export(other, "jsonl", out := tmp_path / "export.jsonl")
    import_records(empty, [out])
    assert list(records(empty)) == list(records(other))


def test_what_a_database_cannot_keep_is_a_problem(answered: Project, write) -> None:
    path = write(lines(ON_FIRST | {"label": "C", "reasoning": "a\0b"}, PLAIN | {"key": "k" * 65}))
    report = check_judgements(answered, [path])
    assert [(one.problem.line, one.problem.text.split(" ")[0]) for one in report.problems] == [
        (1, "judgement.reasoning"),
        (2, "key"),
    ]


def test_unknown_files_are_refused_at_once(answered: Project, write) -> None:
    with pytest.raises(RecordError, match="no known format of judgements"):
        check_judgements(answered, [write("", "juiz.md")])


def test_many_answers_are_found_in_one_pass(answered: Project, write) -> None:
    with answered.store.write() as session:
        run_id = runs.put_run(session, made.RUN, "dense")
        question_id = runs.put_question(session, "Muitas?")
        for number in range(250):
            answers.put_answer(
                session,
                key=f"k{number}",
                question_id=question_id,
                run_id=run_id,
                answer=NewAnswer(f"Resposta {number}", "m"),
                hits=(),
                queued=False,
            )
    rows = [
        {"question": "Muitas?", "answer": f"Resposta {number}", "score": number / 250}
        for number in range(250)
    ]
    path = write(lines(*rows))
    assert counts(import_judgements(answered, [path], "meu juiz")) == (1, 250, 0, 0)
    assert {entry.judge.name for _one, entry in stored(answered)} == {"meu juiz"}


def test_labels_are_drawn_as_by_the_shipped_rubric() -> None:
    rubrics = [one for one in shipped() if one.name == "answer-relevance"]
    assert rubrics
    for rubric in rubrics:
        for raw in range(rubric.highest + 1):
            assert RELEVANCE_CUTS.label(rubric.score(raw)) is rubric.label(raw)
