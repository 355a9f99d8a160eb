"""What every command shares: the program itself, its errors, and how reports are printed."""

import getpass
import io
import json
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any, NoReturn

import typer

from dashboard import logs
from dashboard.config import load_settings
from dashboard.errors import VereditoError
from dashboard.progress import say
from dashboard.roles import Actor, Via
from dashboard.services.project import Project, open_project

app = typer.Typer(
    name="dashboard",
    help="Veredito: find out how good question answering over lecture videos really is.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

_LOGGER = logging.getLogger(__name__)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]


INTERRUPTED = 130
"""What Typer ends with after Ctrl-C, as shells expect."""


def main() -> NoReturn:
    """Run the command line; a person's mistake ends with one line and exit code 1."""
    # Whatever the console's encoding: JSON is UTF-8, and half a character must not end in a traceback.
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")
    logs.set_up()
    try:
        app(prog_name="python -m dashboard")
    except VereditoError as error:
        say(f"error: {' '.join(str(error).split())}")
        raise SystemExit(1) from None
    except SystemExit as end:
        if end.code == INTERRUPTED:
            say("stopped; the same command continues where it was")
        raise
    except Exception:
        # What it says could quote a key or a text; kinds and places are enough to find it.
        _LOGGER.critical("the command failed", exc_info=True)
        raise SystemExit(1) from None
    raise SystemExit(0)


@contextmanager
def open_here() -> Iterator[Project]:
    """Open the project of the settings in the hands of the operating-system user; close it in the end."""
    project = open_project(load_settings())
    try:
        yield project.acting_as(Actor(_operator(), Via.COMMAND_LINE))
    finally:
        project.close()


def _operator() -> str:
    try:
        return getpass.getuser()
    except OSError:
        # In a container the user may have a number and no name.
        return str(os.getuid())


def print_report(as_json: bool, report: dict[str, Any], text: str) -> None:
    """Print a report on standard output: one JSON object, or a text for people."""
    print(json.dumps(report, ensure_ascii=False) if as_json else text)
