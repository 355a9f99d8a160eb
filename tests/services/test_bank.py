import json
import threading
from pathlib import Path

import pytest

from dashboard.errors import ModelError, RecordError, SearchError
from dashboard.question_bank import BankQuestion
from dashboard.services.bank import answer_run, list_runs, plan_run, run_bank
from dashboard.services.bank_file import read_bank
from dashboard.services.bank_work import BankWorkers
from dashboard.services.exporting import records
from dashboard.services.overview import overview
from dashboard.services.project import Project
from dashboard.services.questions import ids_of, take_in
from dashboard.store import corpus
from dashboard.store.questions import QuestionFilter, questions_with_lecture
from tests.services.conftest import settings
from tests.support.openai_server import KEY, OpenAIServer, answer, status

QUESTIONS = [
    BankQuestion(7, "O que a cache guarda?", ("memória", "fácil"), "O que foi usado há pouco."),
    BankQuestion(8, 'O que é um "índice", afinal?', (), ""),
    BankQuestion(9, "Para onde aponta\no gradiente?", ("otimização",), ""),
]
CSV = (
    "number,text,tags,reference_answer\n"
    "7,O que a cache guarda?,memória; fácil,O que foi usado há pouco.\n"
    '8,"O que é um ""índice"", afinal?",,\n'
    '9,"Para onde aponta\no gradiente?",otimização,\n'
)

CSV_SEMICOLONS = (
    "number;text;tags;reference_answer\n"
    '7;O que a cache guarda?;"memória; fácil";O que foi usado há pouco.\n'
    '8;"O que é um ""índice"", afinal?";;\n'
    '9;"Para onde aponta\no gradiente?";otimização;\n'
)


def _jsonl(questions: list[BankQuestion]) -> str:
    return "".join(
        json.dumps(
            {
                "number": one.number,
                "text": one.text,
                "tags": list(one.tags),
                "reference_answer": one.reference_answer,
            },
            ensure_ascii=False,
        )
        + "\n"
        for one in questions
    )


def _file(folder: Path, name: str, content: str | bytes) -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("banco.csv", CSV.encode()),
        ("banco.csv", CSV.encode("utf-8-sig").replace(b"\n7", b"\r\n7").replace(b"\n8", b"\r\n8")),
        ("banco.csv", CSV_SEMICOLONS.encode()),
        ("banco.jsonl", _jsonl(QUESTIONS).encode()),
        ("banco.ndjson", b"\n" + _jsonl(QUESTIONS).replace("\n", "\r\n").encode() + b"\n"),
    ],
    ids=["csv", "excel", "semicolons", "jsonl", "windows jsonl"],
)
def test_a_bank_is_read_from_csv_and_jsonl(tmp_path: Path, name: str, content: bytes) -> None:
    assert read_bank(_file(tmp_path, name, content)) == QUESTIONS


@pytest.mark.parametrize("name", ["banco.csv", "banco.jsonl"])
def test_only_line_ends_end_a_line(tmp_path: Path, name: str) -> None:
    text = "antes\u2028depois\x0be\x85fim"
    content = f"number,text\n1,{text}\n" if name.endswith("csv") else _jsonl([BankQuestion(1, text)])

    assert [one.text for one in read_bank(_file(tmp_path, name, content))] == [text]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("b.csv", "number,text\n1,a\nx,b\n", "b.csv, line 3: the number is 'x'"),
        ("b.csv", "number,text\n1,a\n2, \n", "b.csv, line 3: there is no question text"),
        ("b.csv", "numero,texto\n1,a\n", "b.csv lacks the columns number, text: found numero, texto"),
        ("b.csv", "number,text\n1,a\n2," + "x" * 140_000 + "\n", "b.csv, line 3: not CSV"),
        ("b.csv", "number,text\n1,a\n2,b\0c\n", "b.csv:3: text holds the character NUL"),
        ("b.csv", f"number,text\n{2**70},a\n", f"b.csv:2: number is {2**70}, more than"),
        ("b.csv", f"number,text,tags\n1,a,b;{'t' * 201}\n", r"b.csv:2: tags\[1\] has 201 characters"),
        ("b.csv", "number,text\n", "has no question"),
        ("b.csv", "", "has no question"),
        ("b.csv", "número".encode("latin-1"), "cannot be read"),
        ("b.jsonl", '{"number": 1, "text": "a"}\n{"number":\n', "b.jsonl, line 2: not JSON"),
        ("b.jsonl", "[]\n", "b.jsonl, line 1: there is no number"),
        ("b.jsonl", '{"number": 1, "text": 5}\n', "line 1: there is no question text"),
        ("b.jsonl", '{"number": 1, "text": "a", "tags": "b;c"}\n', "line 1: the tags are 'b;c'"),
        ("b.jsonl", '{"number": 1, "text": "a\\ud800"}\n', "b.jsonl, line 1: not JSON .*half of a surrogate"),
        ("b.jsonl", "[" * 100_000, "b.jsonl, line 1: not JSON"),
    ],
)
def test_mistakes_in_a_bank_are_named_by_line(
    tmp_path: Path, name: str, content: str | bytes, message: str
) -> None:
    with pytest.raises(RecordError, match=message):
        read_bank(_file(tmp_path, name, content))


def test_a_missing_bank_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be read: No such file or directory"):
        read_bank(tmp_path / "nada.csv")


def test_a_bank_is_one_run_that_repeating_does_not_grow(project: Project, tmp_path: Path) -> None:
    path = _file(tmp_path, "banco.csv", CSV)
    steps = []

    report = run_bank(project, path, 3, lambda done, total: steps.append((done, total)))
    again = run_bank(project, path, 3)

    assert (report.run, report.answers, report.failures) == ("banco", 3, [])
    assert (again.answers, overview(project).answers, overview(project).questions) == (3, 3, 3)
    assert (steps[0], steps[-1]) == ((0, 3), (3, 3))
    found = list(records(project))
    assert [(one.number, one.question, one.tags, one.reference_answer) for one in found] == [
        (one.number, one.text, one.tags, one.reference_answer) for one in QUESTIONS
    ]
    assert all(one.provenance.queued and len(one.hits) == 3 for one in found)
    (config,) = {repr(one.provenance.config) for one in found}
    assert "banco.csv#" in config


def test_another_k_or_another_bank_is_another_run(project: Project, tmp_path: Path) -> None:
    path = _file(tmp_path, "banco.csv", CSV)
    run_bank(project, path, 3)
    run_bank(project, path, 2)
    run_bank(project, _file(tmp_path, "banco.csv", CSV.replace("cache", "memória cache")), 3)

    assert overview(project).answers == 9


def test_a_question_that_is_twice_in_a_bank_is_answered_once(project: Project, tmp_path: Path) -> None:
    path = _file(tmp_path, "banco.jsonl", _jsonl([QUESTIONS[0], QUESTIONS[0], QUESTIONS[1]]))

    report = run_bank(project, path, 2)

    assert report.answers == overview(project).answers == 2


def test_a_run_whose_server_failed_continues_and_makes_each_answer_once(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = _file(tmp_path, "banco.csv", CSV)
    chosen = Project(settings(project.settings.data_dir, answer_model="modelo-de-teste"), project.store)
    good, bad = answer("Resposta [1]."), status(400, f"I will not: Bearer {KEY}")
    with OpenAIServer(good, bad) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)

        failed = run_bank(chosen, path, 3)
        server.script(good)
        before = len(server.requests)
        mended = run_bank(chosen, path, 3)

        assert (failed.answers, [number for number, _ in failed.failures]) == (1, [8, 9])
        assert KEY not in str(failed.to_json())
        assert (mended.answers, mended.failures) == (3, [])
        assert len(server.requests) - before == 2
    assert overview(chosen).answers == 3
    assert [one.number for one in records(chosen)] == [7, 8, 9]


@pytest.mark.parametrize("code", [401, 403, 404])
def test_a_server_that_refuses_key_or_model_stops_the_run_at_once(
    project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    chosen = Project(settings(project.settings.data_dir, answer_model="modelo-de-teste"), project.store)
    with OpenAIServer(answer("Resposta [1]."), status(code)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        with pytest.raises(ModelError, match=f"HTTP {code}"):
            run_bank(chosen, _file(tmp_path, "banco.csv", CSV), 3)
        assert len(server.requests) == 2
    assert [one.number for one in records(chosen)] == [7]


def test_a_search_that_cannot_work_stops_the_run_before_anything_is_stored(
    empty: Project, tmp_path: Path
) -> None:
    with pytest.raises(SearchError, match="holds no segments"):
        run_bank(empty, _file(tmp_path, "banco.csv", CSV), 3)

    assert overview(empty).questions == 0


def test_a_run_of_stored_questions_stops_and_goes_on_as_the_same_run(project: Project) -> None:
    take_in(project, QUESTIONS)
    ids = ids_of(project, QuestionFilter())
    run_id = plan_run(project, "Banco", ids, 3, "lexical")
    assert plan_run(project, "Banco", ids, 3, "lexical") == run_id
    halt = threading.Event()

    def stop_after_one(done: int, total: int) -> None:
        if done:
            halt.set()

    stopped = answer_run(project, run_id, stop_after_one, halt)
    (seen,) = list_runs(project, 5)
    assert (stopped.answers, seen.answered, seen.total, seen.is_done) == (2, 2, 3, False)

    work = BankWorkers(project).begin(run_id)
    assert work.task.wait(60)
    assert (work.error, work.before, work.task.result.answers) == (None, 2, 3)
    (seen,) = list_runs(project, 5)
    assert (seen.run.config.retriever, seen.answered, seen.failed, seen.is_done) == ("lexical", 3, 0, True)
    assert overview(project).answers == 3


def test_a_run_does_not_go_on_under_other_settings(project: Project) -> None:
    take_in(project, QUESTIONS)
    run_id = plan_run(project, "Banco", ids_of(project, QuestionFilter()), 3)
    chosen = Project(settings(project.settings.data_dir, answer_model="outro-modelo"), project.store)
    work = BankWorkers(chosen).begin(run_id)
    assert work.task.wait(60)
    assert "begun with extractive" in str(work.error)
    assert overview(project).answers == 0


def test_links_of_a_bank_are_kept_and_wrong_ones_stop_the_run_before_anything_is_stored(
    project: Project, tmp_path: Path
) -> None:
    with project.store.read() as session:
        video_id = corpus.list_addresses(session)[0][0]
    path = _file(tmp_path, "banco.csv", f"number,text,links\n1,O que é cache?,{video_id}?t=2\n2,E?,nenhuma\n")
    with pytest.raises(RecordError, match="There is no lecture 'nenhuma'"):
        run_bank(project, path, 3)
    assert overview(project).questions == 0
    run_bank(project, _file(tmp_path, "banco.csv", path.read_text().replace("nenhuma", "")), 3)
    with project.store.read() as session:
        assert list(questions_with_lecture(session).values()) == [{video_id}]
