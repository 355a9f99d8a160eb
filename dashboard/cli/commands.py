"""The commands of lectures, questions and the project: parse, call one use case, print."""

from pathlib import Path
from typing import Annotated, Any

import typer

from dashboard.cli.base import Json, app, open_here, print_report
from dashboard.errors import N_, ModelError
from dashboard.progress import bar, say
from dashboard.services import asking, bank, demo, doctor
from dashboard.services import ingest as ingesting

K = Annotated[int, typer.Option("--k", min=1, max=100, help="How many segments.")]


@app.command()
def init(
    demonstration: Annotated[bool, typer.Option("--demo", help="Load the demonstration project.")] = False,
    as_json: Json = False,
) -> None:
    """Create the data folder and the database. Safe to repeat."""
    with open_here() as project:
        if demonstration:
            with bar() as progress:
                demo.load_demo(project, progress)
        found = demo.describe(project)
    print_report(
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
    with open_here() as project, bar() as progress:
        report = ingesting.ingest(project, paths or (), window_tokens, overlap_tokens, progress)
    for notice in report.notices:
        text = notice.text if notice.file in notice.text else f"{notice.file}: {notice.text}"
        say(f"{'error' if notice.is_error else 'warning'}: {text}")
    failed = bool(paths) and not report.videos and not report.skipped
    if as_json or not failed:
        print_report(
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
    with open_here() as project:
        result = asking.search(project, text, k, retriever)
    hits = [hit.to_json() for hit in result.hits]
    report = {"question": text, "hits": hits, "timings_ms": dict(result.timings_ms)}
    if result.unembedded:
        say(f"warning: {result.unembedded} segments have no vector yet; run ingest again")
    print_report(as_json, report, "\n".join(_line(hit) for hit in hits))


@app.command()
def ask(
    text: Annotated[str, typer.Argument(help="The question.")],
    k: K = asking.DEFAULT_K,
    as_json: Json = False,
) -> None:
    """Retrieve, answer and store."""
    with open_here() as project:
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
    print_report(as_json, report, "\n".join([answer.text, "", *(_line(hit) for hit in hits)]))


@app.command()
def run(
    file: Annotated[Path, typer.Argument(help="Question bank: CSV, XLSX or JSONL with number, text, tags.")],
    k: K = asking.DEFAULT_K,
    as_json: Json = False,
) -> None:
    """Answer a question bank as one run. Stopped, it continues where it was."""
    with open_here() as project, bar() as progress:
        report = bank.run_bank(project, file, k, lambda done, total: progress("answer", done, total))
    for number, error in report.failures:
        say(f"error: question {number}: {error}")
    print_report(
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


@app.command("doctor")
def doctor_(as_json: Json = False) -> None:
    """Check settings, database, index, encoder and model server, and say what to do."""
    found = doctor.diagnose()
    lines = [
        f"{'ok ' if check.ok else 'BAD'} {check.name}: {check.found}"
        + (f" -> {check.advice}" if check.advice else "")
        for check in found.checks
    ]
    print_report(as_json, found.to_json(), "\n".join(lines))
    if not found.ok:
        raise SystemExit(1)


def _line(hit: dict[str, Any]) -> str:
    times = f"{hit['start']}-{hit['end']}"
    return f"{hit['rank']:>3}  {hit['score']:.4f}  {times}  {hit['title']}: {hit['text'][:100]}"
