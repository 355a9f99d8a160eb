"""The command line, `python -m dashboard COMMAND`: one module for each kind of command."""

from dashboard.cli import commands, judging, records
from dashboard.cli.base import app, main

__all__ = ["app", "commands", "judging", "main", "records"]
