"""The command line, `python -m dashboard COMMAND`: one module for each kind of command."""

from dashboard.cli import agreement, commands, evaluating, judging, people, records, tuning
from dashboard.cli.base import app, main

__all__ = ["agreement", "app", "commands", "evaluating", "judging", "main", "people", "records", "tuning"]
