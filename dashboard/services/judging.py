"""Judging jobs: beginning, stopping and continuing them, and trying a rubric on one answer."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.errors import N_, NotFound, RecordError
from dashboard.jobs import Job, JobCounts, JobLimits, JobState, money
from dashboard.judging.calls import JUDGE_LIMITS, ModelCalls
from dashboard.judging.model_judge import ModelJudge
from dashboard.judging.pace import Pace
from dashboard.judging.prompt import OutputMode, build_messages
from dashboard.judging.rubric import Rubric
from dashboard.model_server.client import Limits
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.cases import load_case
from dashboard.services.judges import ModelChoice, is_local, model_config
from dashboard.services.project import Project
from dashboard.services.rubrics import RubricVersion
from dashboard.store import jobs, judgements
from dashboard.store.audit import add_event
from dashboard.store.base import now
from dashboard.store.browse import AnswerFilter
from dashboard.store.replies import StoredReplies

PACE_SECONDS = 60
"""The rate of a job is that of so many seconds."""


@dataclass(frozen=True, slots=True)
class JobProgress:
    """How far a job is.

    Attributes:
        rate: Answers a second over the last minute, 0 while nothing has ended.
        cost: Money so far; None when the price table does not name the model.
        expected_cost: Money in the end, if the rest costs as much an answer; None when it cannot be said.
    """

    job: Job
    counts: JobCounts
    rate: float
    cost: float | None
    expected_cost: float | None

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the end at this rate, None when nothing is under way."""
        return self.counts.waiting / self.rate if self.rate else None


@dataclass(frozen=True, slots=True)
class TryOut:
    """What a judge would say of one answer, and what it was asked; nothing of it is a judgement yet."""

    verdict: NewJudgement
    prompt: str


@needs(Role.RESEARCHER)
def count_waiting(project: Project, config: JudgeConfig, chosen: AnswerFilter) -> int:
    """Return how many answers pass a filter and would be judged, because this judge has not judged them."""
    with project.store.read() as session:
        return jobs.count_unjudged(session, judgements.find_judge_id(session, config), chosen)


@needs(Role.RESEARCHER, own="annotator")
def start_job(
    project: Project,
    config: JudgeConfig,
    limits: JobLimits,
    chosen: AnswerFilter | None = None,
    annotator: str = "",
) -> int:
    """Let a judge judge every answer that passes a filter and that it has not judged; return the job.

    The judge's job that has not ended goes on with these answers, too.

    Raises:
        RecordError: The limits cannot be kept.
    """
    _check(project, config, limits)
    with project.store.write() as session:
        judge_id = judgements.put_judge(session, config)
        answers = jobs.unjudged(session, judge_id, chosen or AnswerFilter())
        job_id = jobs.put_job(session, judge_id, answers, limits, annotator)
        add_event(session, project.actor, "judge.start", "job", job_id, details={"answers": len(answers)})
        return job_id


@needs(Role.RESEARCHER, own="annotator")
def retry_unscored(project: Project, config: JudgeConfig, limits: JobLimits, annotator: str = "") -> int:
    """Let a judge try again what it left unscored, and nothing else; return the job.

    Raises:
        RecordError: The limits cannot be kept.
    """
    _check(project, config, limits)
    with project.store.write() as session:
        judge_id = judgements.put_judge(session, config)
        answers = jobs.unscored(session, judge_id)
        job_id = jobs.put_job(session, judge_id, answers, limits, annotator, is_retry=True)
        add_event(session, project.actor, "judge.retry", "job", job_id, details={"answers": len(answers)})
        return job_id


@needs(Role.RESEARCHER)
def stop_job(project: Project, job_id: int) -> None:
    """Let a job end after the answers that are being judged; it can be continued."""
    with project.store.write() as session:
        job = jobs.get_job(session, job_id)
        if job is not None and job.state is JobState.RUNNING:
            jobs.set_state(session, job_id, JobState.STOPPED)
            add_event(session, project.actor, "judge.stop", "job", job_id)


@needs(Role.RESEARCHER)
def continue_job(project: Project, job_id: int, limits: JobLimits | None = None) -> None:
    """Let a job go on, under new limits where some are given.

    Raises:
        NotFound: There is no such job.
        RecordError: The limits cannot be kept.
    """
    with project.store.read() as session:
        job = jobs.get_job(session, job_id)
    if job is None:
        raise NotFound(N_("There is no judging job {found}. Start a new one."), found=job_id)
    wanted = limits or job.limits
    _check(project, job.judge.config, wanted)
    with project.store.write() as session:
        if job.state is not JobState.DONE:
            jobs.go_on(session, job_id, wanted)
            add_event(session, project.actor, "judge.continue", "job", job_id)


@needs(Role.RESEARCHER)
def job_progress(project: Project, job_id: int) -> JobProgress | None:
    """Return how far a job is, None when there is no such job."""
    with project.store.read() as session:
        job = jobs.get_job(session, job_id)
        if job is None:
            return None
        counts = jobs.counts(session, [job_id]).get(job_id, JobCounts())
        recent = jobs.ended_since(session, job_id, now(), PACE_SECONDS)
    return _progress(project, job, counts, recent)


@needs(Role.RESEARCHER)
def list_progress(project: Project, limit: int = 20) -> list[JobProgress]:
    """Return the newest jobs with how far they are, the newest first."""
    with project.store.read() as session:
        found = jobs.list_jobs(session, limit)
        counts = jobs.counts(session, [job.job_id for job in found])
        recent = {
            job.job_id: jobs.ended_since(session, job.job_id, now(), PACE_SECONDS)
            for job in found
            if job.state is JobState.RUNNING
        }
    return [
        _progress(project, job, counts.get(job.job_id, JobCounts()), recent.get(job.job_id, 0.0))
        for job in found
    ]


@needs(Role.RESEARCHER)
def count_unscored(project: Project, judge_ids: Sequence[int]) -> dict[int, int]:
    """Return how many answers each of these judges left unscored and could try again."""
    with project.store.read() as session:
        return jobs.count_unscored(session, judge_ids)


@needs(Role.RESEARCHER)
def try_out(
    project: Project,
    rubric: Rubric,
    choice: ModelChoice,
    answer_id: int,
    patience: Limits = JUDGE_LIMITS,
) -> TryOut:
    """Return what a rubric, stored or not, and a model say of one answer.

    The replies are kept, so that a run with the same words does not pay for them again.

    Raises:
        RecordError: There is no model.
        Misconfigured: The model server refuses the key or knows no such model.
    """
    moment = now()
    config = model_config(RubricVersion(rubric, 0, "", moment), choice)
    case = load_case(project, answer_id)
    calls = ModelCalls(Pace(threading.Event()), patience)
    verdict = ModelJudge(config, rubric, calls, StoredReplies(project.store)).judge(case).verdict
    mode = OutputMode(verdict.details.get("mode", OutputMode.SCHEMA))
    messages = build_messages(rubric, case, mode)
    return TryOut(verdict, "\n\n".join(str(message["content"]) for message in messages))


def _check(project: Project, config: JudgeConfig, limits: JobLimits) -> None:
    if (
        limits.budget_money is not None
        and not is_local(config)
        and config.model not in project.settings.prices
    ):
        raise RecordError(
            N_(
                "A budget in money needs the price of {model}: found none in VEREDITO_PRICES. "
                "Set it, or give the budget in tokens."
            ),
            model=config.model,
        )


def _progress(project: Project, job: Job, counts: JobCounts, rate: float) -> JobProgress:
    prices, model = project.settings.prices, job.judge.config.model
    cost = money(prices, model, counts.tokens_in, counts.tokens_out)
    expected = cost * counts.total / counts.ended if cost is not None and counts.ended else None
    return JobProgress(job, counts, rate, cost, expected)
