"""The runs that this process answers, each in a thread of its own that no page waits for."""

import threading
import time
from dataclasses import dataclass, field

from dashboard.errors import VereditoError
from dashboard.services.bank import RunReport, answer_run, progress_of
from dashboard.services.project import Project
from dashboard.services.task import Task


@dataclass(slots=True)
class Work:
    """A run under way.

    Attributes:
        task: The work; look at its progress at any time.
        halt: Set to stop after the question that is being answered.
        started: When it began, by the monotonic clock.
        before: How many questions had an answer then.
    """

    task: Task[RunReport]
    halt: threading.Event
    before: int
    started: float = field(default_factory=time.monotonic)

    @property
    def is_over(self) -> bool:
        """Whether the work has ended."""
        return self.task.wait(0)

    @property
    def error(self) -> VereditoError | None:
        """Why the work ended before its time, None where it did not or goes on."""
        if not self.is_over:
            return None
        try:
            _ = self.task.result
        except VereditoError as error:
            return error
        return None

    @property
    def rate(self) -> float | None:
        """Questions a second since it began, None before the first."""
        done = self.task.done - self.before
        return done / (time.monotonic() - self.started) if done > 0 else None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until all questions are dealt with at this rate, None while that is unknown."""
        return (self.task.total - self.task.done) / self.rate if self.rate else None


class BankWorkers:
    """Answers runs of question banks, one thread a run.

    Args:
        project: Where the runs are.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._works: dict[int, Work] = {}
        self._guard = threading.Lock()

    def begin(self, run_id: int) -> Work:
        """Answer what a run has still to answer, unless this process does so already."""
        with self._guard:
            work = self._works.get(run_id)
            if work is not None and not work.is_over:
                # Also while it is being stopped: two workers would answer the same question twice.
                return work
            before = sum(one.answered for one in progress_of(self._project, [run_id]))
            halt = threading.Event()
            task = Task(
                lambda tell: answer_run(
                    self._project, run_id, lambda done, total: tell("answer", done, total), halt
                )
            )
            self._works[run_id] = Work(task, halt, before)
            return self._works[run_id]

    def stop(self, run_id: int) -> None:
        """Let a run end after the question that is being answered."""
        work = self.look(run_id)
        if work is not None:
            work.halt.set()

    def look(self, run_id: int) -> Work | None:
        """Return the work on a run that this process did last, None when it did none."""
        with self._guard:
            return self._works.get(run_id)
