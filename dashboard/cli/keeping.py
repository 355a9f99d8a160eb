"""The commands that keep a project safe, and those that move it."""

from pathlib import Path
from typing import Annotated

import typer

from dashboard.cli.base import Json, app, open_here, print_report
from dashboard.config import load_settings
from dashboard.progress import bar, say
from dashboard.services import keeping

Address = Annotated[str, typer.Argument(help="sqlite:///… or postgresql+psycopg://…")]


@app.command()
def backup(
    out: Annotated[
        Path | None, typer.Option(help="File to write; a new one in the data folder's backups without it.")
    ] = None,
    as_json: Json = False,
) -> None:
    """Write the database and the tuned encoders into one file, while others go on working."""
    with open_here() as project, bar() as progress:
        report = keeping.back_up(project, out, progress)
    print_report(as_json, report.to_json(), f"{report.place}: {_rows(report)}, {report.size} bytes")


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(help="A backup.")],
    as_json: Json = False,
) -> None:
    """Put a backup into an empty place, and check that all of it is there."""
    with bar() as progress:
        report = keeping.restore(load_settings(), file, progress)
    with open_here() as project:
        keeping.settle(project, file)
    say("vectors are not part of a backup; where they are missing: python -m dashboard ingest")
    print_report(as_json, report.to_json(), f"{report.place}: {_rows(report)}, every one as it was")


@app.command("migrate-store")
def migrate_store(source: Address, target: Address, as_json: Json = False) -> None:
    """Copy a whole project into another, empty database, and check that all of it is there."""
    with bar() as progress:
        report = keeping.move(source, target, progress)
    say("to use it, set VEREDITO_DATABASE_URL to its address and start again")
    print_report(as_json, report.to_json(), f"{report.place}: {_rows(report)}, every one as it was")


def _rows(report: keeping.KeptReport) -> str:
    filled = sum(1 for count in report.rows.values() if count)
    return f"{sum(report.rows.values())} rows in {filled} tables, {report.seconds:.1f} s"
