"""The one training of a project that pages follow: begun, looked at, stopped; it outlives every page."""

import threading
from dataclasses import dataclass

from dashboard.errors import VereditoError
from dashboard.retrieval.finetuning.course import Standing
from dashboard.retrieval.finetuning.training import Stopped
from dashboard.services.ingest import Progress
from dashboard.services.project import Project
from dashboard.services.task import Task
from dashboard.services.tuning import Outcome, TuningPlan, tune


@dataclass(frozen=True, slots=True)
class Seen:
    """What there is to see of the newest training.

    Attributes:
        plan: What was asked for; None before the first.
        is_running: Whether it is under way.
        step: What is embedded at the moment, with `done` of `total`; empty while it trains.
        done: How much of the step is done.
        total: How much there is.
        standing: Where the training itself is; None before its first step.
        outcome: What it came to, once it has ended well.
        error: Why it ended otherwise.
        was_stopped: Whether that was on purpose.
    """

    plan: TuningPlan | None = None
    is_running: bool = False
    step: str = ""
    done: int = 0
    total: int = 0
    standing: Standing | None = None
    outcome: Outcome | None = None
    error: VereditoError | None = None
    was_stopped: bool = False


class Trainer:
    """Drives one training at a time. Safe to use from any thread.

    Args:
        project: Whose encoder learns.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._guard = threading.Lock()
        self._plan: TuningPlan | None = None
        self._task: Task[Outcome] | None = None
        self._standing: Standing | None = None
        self._stopping = threading.Event()

    def begin(self, plan: TuningPlan) -> None:
        """Begin a training, or go on with it; nothing happens while one is under way."""
        with self._guard:
            if self._task is not None and not self._task.wait(0):
                return
            stopping = threading.Event()
            self._plan, self._standing, self._stopping = plan, None, stopping

            def work(progress: Progress) -> Outcome:
                return tune(self._project, plan, progress, self._follow, stopping.is_set)

            self._task = Task(work)

    def stop(self) -> None:
        """Stop the training before its next step; it can be continued."""
        self._stopping.set()

    def look(self) -> Seen:
        """Return what there is to see."""
        with self._guard:
            plan, task, standing = self._plan, self._task, self._standing
        if task is None:
            return Seen()
        if not task.wait(0):
            is_trained = standing is None or standing.done == standing.total
            step = task.step if is_trained else ""
            return Seen(plan, True, step, task.done, task.total, standing)
        try:
            return Seen(plan, standing=standing, outcome=task.result)
        except VereditoError as error:
            return Seen(plan, standing=standing, error=error, was_stopped=isinstance(error, Stopped))

    def wait(self, seconds: float) -> bool:
        """Wait so long at most, and return whether nothing is under way."""
        task = self._task
        return task is None or task.wait(seconds)

    def _follow(self, standing: Standing) -> None:
        self._standing = standing
