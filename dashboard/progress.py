"""Progress and messages of the command line, all on standard error."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

STEPS = {
    "read": "lectures read",
    "embed": "segments embedded",
    "answer": "questions answered",
    "search": "questions searched",
    "compare": "labelled answers compared",
    "judge": "answers judged",
    "encode": "questions encoded",
    "train": "steps trained",
    "copy": "rows copied",
    "pack": "megabytes packed",
}


class Show(Protocol):
    """Shows how far a step is; the note stands beside the rate."""

    def __call__(self, step: str, done: int, total: int, note: str = "") -> None:
        """Show that so many of a step's total are done."""
        ...


def say(message: str) -> None:
    """Print a message for the person, not for the program that reads standard output."""
    print(message, file=sys.stderr, flush=True)


@contextmanager
def bar() -> Iterator[Show]:
    """Give a function that shows how far a step is, at which rate, how long it still takes, and a note."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        SpinnerColumn,
        TaskID,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    progress = Progress(
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
        console=Console(stderr=True),
    )
    tasks: dict[str, TaskID] = {}

    def show(step: str, done: int, total: int, note: str = "") -> None:
        if step not in tasks:
            progress.start()
            tasks[step] = progress.add_task(STEPS[step], total=total, rate="")
        speed = progress.tasks[tasks[step]].speed
        rate = " ".join(part for part in (f"{speed:.1f}/s" if speed else "", note) if part)
        progress.update(tasks[step], completed=done, total=total, rate=rate)

    try:
        yield show
    finally:
        # A bar that was never drawn would leave an empty line.
        if tasks:
            progress.stop()
