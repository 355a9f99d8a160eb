"""The command line, `python -m dashboard COMMAND`: one module for each kind of command."""

from dashboard.cli import agreement, commands, evaluating, judging, keeping, people, records, tuning
from dashboard.cli.base import app, main

__all__ = [
    "agreement",
    "app",
    "commands",
    "evaluating",
    "judging",
    "keeping",
    "main",
    "people",
    "records",
    "tuning",
]
