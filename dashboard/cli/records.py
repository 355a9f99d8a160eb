"""The commands that take records in and give them out."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.base import Json, app, open_here, print_report
from dashboard.errors import N_, RecordError
from dashboard.progress import say
from dashboard.services import exporting, importing, judgement_import


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
    _name_problems(problems)
    refused = bool(problems) and not good_only
    if not dry_run and not refused:
        with open_here() as project:
            report = importing.import_records(project, files)
    elif refused and not dry_run:
        report = importing.ImportReport(problems=problems)
    print_report(
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
    with open_here() as project:
        report = judgement_import.check_judgements(project, files, judge)
        problems = report.problems
        _name_problems(problems)
        refused = bool(problems) and not good_only
        if not dry_run and not refused:
            report = judgement_import.import_judgements(project, files, judge)
        elif refused and not dry_run:
            report = judgement_import.JudgementReport(unmatched=report.unmatched, problems=problems)
    print_report(
        as_json,
        report.to_json(),
        f"{report.judgements} judgements of {report.judges} judges, {report.answers_added} answers added, "
        f"{report.unmatched} unmatched" + (" (nothing was stored)" if dry_run or refused else ""),
    )
    if refused:
        raise _refusal(problems)


@app.command()
def export(
    format_: Annotated[str, typer.Option("--format", help="md, jsonl, csv or parquet.")],
    out: Annotated[Path | None, typer.Option(help="File to write; standard output without it.")] = None,
) -> None:
    """Write every answer with its labels and judgements."""
    with open_here() as project:
        count = exporting.export(project, format_, out or sys.stdout.buffer)
    say(f"{count} records")


def _name_problems(problems: list[importing.FileProblem]) -> None:
    for one in problems:
        line = f", line {one.problem.line}" if one.problem.line else ""
        say(f"error: {one.file}{line}: {one.problem.text}")


def _refusal(problems: list[importing.FileProblem]) -> RecordError:
    return RecordError(
        N_("{count} problems were found, so nothing was stored. Mend them, or use --good-only."),
        count=len(problems),
    )
