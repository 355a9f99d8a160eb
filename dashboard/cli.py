"""The command line: parse, call one use case, print."""

import io
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from dashboard.config import load_settings
from dashboard.errors import N_, ModelError, RecordError, VereditoError
from dashboard.progress import bar, say
from dashboard.services import agreement as agreeing
from dashboard.services import asking, bank, demo, doctor, exporting, importing, judgement_import
from dashboard.services import ingest as ingesting
from dashboard.services.project import Project, open_project

app = typer.Typer(
    name="dashboard",
    help="Veredito: find out how good question answering over lecture videos really is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
K = Annotated[int, typer.Option("--k", min=1, max=100, help="How many segments.")]


INTERRUPTED = 130
"""What Typer ends with after Ctrl-C, as shells expect."""


def main() -> NoReturn:
    """Run the command line; a person's mistake ends with one line and exit code 1."""
    # Whatever the console's encoding: JSON is UTF-8, and half a character must not end in a traceback.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    try:
        app(prog_name="python -m dashboard")
    except VereditoError as error:
        say(f"error: {' '.join(str(error).split())}")
        raise SystemExit(1) from None
    except SystemExit as end:
        if end.code == INTERRUPTED:
            say("stopped; the same command continues where it was")
        raise
    raise SystemExit(0)


@contextmanager
def _project() -> Iterator[Project]:
    project = open_project(load_settings())
    try:
        yield project
    finally:
        project.close()


def _report(as_json: bool, report: dict[str, Any], text: str) -> None:
    print(json.dumps(report, ensure_ascii=False) if as_json else text)


@app.command()
def init(
    demonstration: Annotated[bool, typer.Option("--demo", help="Load the demonstration project.")] = False,
    as_json: Json = False,
) -> None:
    """Create the data folder and the database. Safe to repeat."""
    with _project() as project:
        if demonstration:
            with bar() as progress:
                demo.load_demo(project, progress)
        found = demo.describe(project)
    _report(
        as_json,
        found.to_json(),
        f"{found.data_dir}: {found.videos} lectures, {found.segments} segments, {found.answers} answers",
    )


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(help="Caption files, or folders of them; without any, only missing vectors are made."),
    ] = None,
    window_tokens: Annotated[int, typer.Option(min=16, help="Tokens a segment holds at most.")] = (
        ingesting.WINDOW_TOKENS
    ),
    overlap_tokens: Annotated[int, typer.Option(min=0, help="Tokens shared with the one before.")] = (
        ingesting.OVERLAP_TOKENS
    ),
    as_json: Json = False,
) -> None:
    """Turn captions into segments, vectors and an index. Stopped, it continues where it was."""
    with _project() as project, bar() as progress:
        report = ingesting.ingest(project, paths or (), window_tokens, overlap_tokens, progress)
    for notice in report.notices:
        text = notice.text if notice.file in notice.text else f"{notice.file}: {notice.text}"
        say(f"{'error' if notice.is_error else 'warning'}: {text}")
    failed = bool(paths) and not report.videos and not report.skipped
    if as_json or not failed:
        _report(
            as_json,
            report.to_json(),
            f"{report.videos} lectures taken in, {report.skipped} unchanged, {report.segments} new segments, "
            f"{report.embedded} embedded, {report.seconds:.1f} s",
        )
    if failed:
        raise SystemExit(1)


@app.command()
def search(
    text: Annotated[str, typer.Argument(help="The question.")],
    k: K = asking.DEFAULT_K,
    retriever: Annotated[str, typer.Option(help="dense, lexical or hybrid, each with +rerank:MODEL.")] = "",
    as_json: Json = False,
) -> None:
    """Retrieve segments without answering."""
    with _project() as project:
        result = asking.search(project, text, k, retriever)
    hits = [hit.to_json() for hit in result.hits]
    report = {"question": text, "hits": hits, "timings_ms": dict(result.timings_ms)}
    if result.unembedded:
        say(f"warning: {result.unembedded} segments have no vector yet; run ingest again")
    _report(as_json, report, "\n".join(_line(hit) for hit in hits))


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="The question.")],
    k: K = asking.DEFAULT_K,
    as_json: Json = False,
) -> None:
    """Retrieve, answer and store."""
    with _project() as project:
        answer, timings = asking.ask(project, text, k)
    references = [
        {"title": reference.title, "url": reference.url, "rank": reference.rank}
        for reference in answer.references
    ]
    hits = [hit.to_json() for hit in answer.hits]
    report = {
        "question": text,
        "answer": {
            "id": answer.answer_id,
            "text": answer.text,
            "model": answer.model,
            "references": references,
        },
        "hits": hits,
        "timings_ms": timings,
    }
    _report(as_json, report, "\n".join([answer.text, "", *(_line(hit) for hit in hits)]))


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="Question bank: CSV or JSONL with number, text, tags.")],
    k: K = asking.DEFAULT_K,
    as_json: Json = False,
) -> None:
    """Answer a question bank as one run. Stopped, it continues where it was."""
    with _project() as project, bar() as progress:
        report = bank.run_bank(project, file, k, lambda done, total: progress("answer", done, total))
    for number, error in report.failures:
        say(f"error: question {number}: {error}")
    _report(
        as_json,
        report.to_json(),
        f"{report.run}: {report.answers} answers, {len(report.failures)} failed, {report.seconds:.1f} s",
    )
    if report.failures:
        raise ModelError(
            N_("{failed} of {total} questions failed. The same command goes on with these alone."),
            failed=len(report.failures),
            total=report.answers + len(report.failures),
        )


@app.command("import")
def import_(
    files: Annotated[list[Path], typer.Argument(help="Records: Markdown, JSONL, CSV or Parquet.")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is in the files; store nothing.")
    ] = False,
    good_only: Annotated[
        bool, typer.Option("--good-only", help="Store the good records although others have problems.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Store records. When a record has a problem nothing is stored, unless --good-only is given."""
    report = importing.check(files)
    problems = report.problems
    _name(problems)
    refused = bool(problems) and not good_only
    if not dry_run and not refused:
        with _project() as project:
            report = importing.import_records(project, files)
    elif refused and not dry_run:
        report = importing.ImportReport(problems=problems)
    _report(
        as_json,
        report.to_json(),
        f"{report.questions} questions, {report.answers} answers, {report.hits} hits, "
        f"{report.annotations} annotations, {report.judgements} judgements"
        + (" (nothing was stored)" if dry_run or refused else ""),
    )
    if refused:
        raise _refusal(problems)


@app.command("import-judgements")
def import_judgements(
    files: Annotated[
        list[Path], typer.Argument(help="JSONL, CSV or JSON of judgements or of TruLens; Inspect AI logs.")
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what is in the files; store nothing.")
    ] = False,
    good_only: Annotated[
        bool, typer.Option("--good-only", help="Store the good judgements although others have problems.")
    ] = False,
    judge: Annotated[str, typer.Option(help="Name of the judge where a file names none.")] = "",
    as_json: Json = False,
) -> None:
    """Store what other judges said. When one has a problem nothing is stored, unless --good-only is given."""
    with _project() as project:
        report = judgement_import.check_judgements(project, files, judge)
        problems = report.problems
        _name(problems)
        refused = bool(problems) and not good_only
        if not dry_run and not refused:
            report = judgement_import.import_judgements(project, files, judge)
        elif refused and not dry_run:
            report = judgement_import.JudgementReport(unmatched=report.unmatched, problems=problems)
    _report(
        as_json,
        report.to_json(),
        f"{report.judgements} judgements of {report.judges} judges, {report.answers_added} answers added, "
        f"{report.unmatched} unmatched" + (" (nothing was stored)" if dry_run or refused else ""),
    )
    if refused:
        raise _refusal(problems)


def _name(problems: list[importing.FileProblem]) -> None:
    for one in problems:
        line = f", line {one.problem.line}" if one.problem.line else ""
        say(f"error: {one.file}{line}: {one.problem.text}")


def _refusal(problems: list[importing.FileProblem]) -> RecordError:
    return RecordError(
        N_("{count} problems were found, so nothing was stored. Mend them, or use --good-only."),
        count=len(problems),
    )


@app.command()
def export(
    format_: Annotated[str, typer.Option("--format", help="md, jsonl, csv or parquet.")],
    out: Annotated[Path | None, typer.Option(help="File to write; standard output without it.")] = None,
) -> None:
    """Write every answer with its labels and judgements."""
    with _project() as project:
        count = exporting.export(project, format_, out or sys.stdout.buffer)
    say(f"{count} records")


@app.command()
def agreement(
    judge: Annotated[
        str, typer.Option(help="Name of the judge; the one with most judgements without it.")
    ] = "",
    annotator: Annotated[str, typer.Option(help="One person; all without it.")] = "",
    phase: Annotated[str, typer.Option(help="blind, revealed or any.")] = "blind",
    as_json: Json = False,
) -> None:
    """Say how far judge and people agree."""
    with _project() as project:
        figures = agreeing.figures(project, judge, annotator, phase)
    _report(as_json, figures, agreeing.in_words(figures))


@app.command("doctor")
def doctor_(as_json: Json = False) -> None:
    """Check settings, database, index, encoder and model server, and say what to do."""
    found = doctor.diagnose()
    lines = [
        f"{'ok ' if check.ok else 'BAD'} {check.name}: {check.found}"
        + (f" -> {check.advice}" if check.advice else "")
        for check in found.checks
    ]
    _report(as_json, found.to_json(), "\n".join(lines))
    if not found.ok:
        raise SystemExit(1)


def _line(hit: dict[str, Any]) -> str:
    times = f"{hit['start']}-{hit['end']}"
    return f"{hit['rank']:>3}  {hit['score']:.4f}  {times}  {hit['title']}: {hit['text'][:100]}"
