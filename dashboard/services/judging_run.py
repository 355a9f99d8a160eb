"""Judging from the command line: one judge, to the end, with a report of what this call did."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.errors import N_, ModelError
from dashboard.jobs import JobCounts, JobLimits, JobState, money
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.driving import drive
from dashboard.services.judges import default_config, find_judge
from dashboard.services.judging import job_progress, retry_unscored, start_job
from dashboard.services.project import Project


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """What judging did, without what earlier calls had done; `cost` is None without a price."""

    judge: str
    judged: int
    unscored: int
    cached: int
    tokens: int
    cost: float | None
    state: JobState
    waiting: int
    seconds: float

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "judge": self.judge,
            "judged": self.judged,
            "unscored": self.unscored,
            "cached": self.cached,
            "tokens": self.tokens,
            "cost": self.cost,
            "state": self.state.value,
            "waiting": self.waiting,
            "seconds": round(self.seconds, 2),
        }


@needs(Role.RESEARCHER)
def judge_all(
    project: Project,
    name: str,
    limits: JobLimits,
    *,
    is_retry: bool = False,
    progress: Callable[[int, int, str], None] = lambda done, total, note: None,
    calibrating: Callable[[int, int], None] = lambda done, total: None,
    queueing: Callable[[], None] = lambda: None,
) -> JudgeReport:
    """Let a judge judge every answer that it has not judged, or only what it left unscored.

    Args:
        project: Where the answers are.
        name: A judge, or a rubric for the model of the settings; empty for the judge of the settings.
        limits: How fast, and what it may cost.
        is_retry: Only what is unscored is judged, again.
        progress: Told how many answers have ended, of how many, and what they cost so far.
        calibrating: Told how many labelled answers the baseline has compared, of how many.
        queueing: Told once when another process drives the same job, or did until it fell silent.

    Raises:
        NotFound: There is no such judge.
        RecordError: The judge has no model, or a budget in money has no price.
        CalibrationError: The baseline has too few labels to be calibrated on.
        ModelError: The model server failed so often, or so finally, that going on is pointless.
    """
    started = time.monotonic()
    config = find_judge(project, name) if name else default_config(project, calibrating)
    job_id = (retry_unscored if is_retry else start_job)(project, config, limits)
    before = _counts(project, job_id)

    def tell(counts: JobCounts) -> None:
        spent = money(project.settings.prices, config.model, counts.tokens_in, counts.tokens_out)
        note = f"{counts.tokens} tokens" + (f", {spent:.4f}" if spent is not None else "")
        progress(counts.ended, counts.total, note)

    state = drive(project, job_id, tell=tell, queueing=queueing)
    found = job_progress(project, job_id)
    assert found is not None
    if state is JobState.FAILED:
        raise ModelError(N_("Judging stopped: {reason}. The same command continues."), reason=found.job.note)
    now = found.counts
    return JudgeReport(
        judge=config.name,
        judged=now.judged - before.judged,
        unscored=now.unscored - before.unscored,
        cached=now.cached - before.cached,
        tokens=now.tokens - before.tokens,
        cost=money(
            project.settings.prices,
            config.model,
            now.tokens_in - before.tokens_in,
            now.tokens_out - before.tokens_out,
        ),
        state=state,
        waiting=now.waiting,
        seconds=time.monotonic() - started,
    )


def _counts(project: Project, job_id: int) -> JobCounts:
    found = job_progress(project, job_id)
    return found.counts if found is not None else JobCounts()
