"""Judging jobs in the database, which outlive page, browser and process."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import case, exists, func, insert, select, update
from sqlalchemy.orm import Session

from dashboard.jobs import Job, JobCounts, JobLimits, JobState
from dashboard.models import NewJudgement
from dashboard.store.base import now
from dashboard.store.browse import AnswerFilter, narrowed
from dashboard.store.judgements import to_judge
from dashboard.store.judging_schema import JobItemRow, JobRow
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotatorRow, AnswerRow, JudgementRow, JudgeRow

LEASE = timedelta(seconds=15)
"""How long a job stays with a worker that gives no sign of life."""

LONGEST_AHEAD = 4 * LEASE
"""A lease that ends later than this was made before the clock was set back. Four times the lease, because the
clocks of two servers may differ."""

WAITING, JUDGED, UNSCORED = "", "judged", "unscored"
_BATCH = 5_000

NOTHING_TO_JUDGE = "no_evidence"
"""The reason of a judgement that no second try would change: the answer has nothing of what is graded."""

_MAY_BE_SCORED_YET = (
    JudgementRow.label.is_(None),
    JudgementRow.score.is_(None),
    JudgementRow.reason != NOTHING_TO_JUDGE,
)


def unjudged(session: Session, judge_id: int, chosen: AnswerFilter) -> list[int]:
    """Return the answers that pass a filter and that a judge has not judged, oldest first."""
    judged = exists().where(JudgementRow.answer_id == AnswerRow.id, JudgementRow.judge_id == judge_id)
    query = narrowed(select(AnswerRow.id), chosen).where(~judged).order_by(AnswerRow.id)
    return list(session.scalars(query))


def count_unjudged(session: Session, judge_id: int | None, chosen: AnswerFilter) -> int:
    """Return how many answers pass a filter and have no judgement of a judge, None for one not yet stored."""
    query = narrowed(select(func.count(AnswerRow.id)), chosen)
    if judge_id is not None:
        judged = exists().where(JudgementRow.answer_id == AnswerRow.id, JudgementRow.judge_id == judge_id)
        query = query.where(~judged)
    return session.scalar(query) or 0


def unscored(session: Session, judge_id: int) -> list[int]:
    """Return the answers that a judge left unscored and may score yet, oldest first."""
    query = select(JudgementRow.answer_id).where(JudgementRow.judge_id == judge_id, *_MAY_BE_SCORED_YET)
    return list(session.scalars(query.order_by(JudgementRow.answer_id)))


def count_unscored(session: Session, judge_ids: Sequence[int]) -> dict[int, int]:
    """Return how many answers each of these judges left unscored and may score yet, where there are any."""
    query = (
        select(JudgementRow.judge_id, func.count())
        .where(JudgementRow.judge_id.in_(judge_ids), *_MAY_BE_SCORED_YET)
        .group_by(JudgementRow.judge_id)
    )
    return dict(session.execute(query).all())


def put_job(
    session: Session,
    judge_id: int,
    answer_ids: Sequence[int],
    limits: JobLimits,
    annotator: str = "",
    is_retry: bool = False,
) -> int:
    """Return the id of the judge's job, which now runs and holds these answers too.

    The judge's job that has not ended is continued, under the new limits. But a retry leaves one alone that
    was stopped with other answers waiting, which nobody asked for, and becomes a job of its own.
    """
    job_id = _unfinished(session, judge_id, answer_ids if is_retry else None)
    if job_id is None:
        row = JobRow(judge_id=judge_id, state=JobState.RUNNING, **asdict(limits))
        row.annotator_id = annotator_id(session, annotator) if annotator else None
        session.add(row)
        session.flush()
        job_id = row.id
    else:
        go_on(session, job_id, limits)
    _add_items(session, job_id, answer_ids)
    return job_id


def go_on(session: Session, job_id: int, limits: JobLimits) -> None:
    """Let a job run again, under new limits."""
    values = {"state": JobState.RUNNING, "note": "", "ended_at": None, **asdict(limits)}
    session.execute(update(JobRow).where(JobRow.id == job_id).values(values))


def _unfinished(session: Session, judge_id: int, only: Sequence[int] | None) -> int | None:
    """Return the judge's job that has not ended; with `only`, one in which no other answers wait."""
    query = select(JobRow.id, JobRow.state).where(JobRow.judge_id == judge_id, JobRow.state != JobState.DONE)
    states = dict(session.execute(query.order_by(JobRow.id)).all())
    running = [job_id for job_id, state in states.items() if state == JobState.RUNNING]
    if running or only is None:
        return next(iter([*running, *states]), None)
    waits = select(JobItemRow.job_id, JobItemRow.answer_id).where(
        JobItemRow.job_id.in_(states), JobItemRow.outcome == WAITING
    )
    wanted = set(only)
    others = {job_id for job_id, answer_id in session.execute(waits) if answer_id not in wanted}
    return next((job_id for job_id in states if job_id not in others), None)


def _add_items(session: Session, job_id: int, answer_ids: Sequence[int]) -> None:
    states = dict(
        session.execute(
            select(JobItemRow.answer_id, JobItemRow.outcome).where(JobItemRow.job_id == job_id)
        ).all()
    )
    new = [answer_id for answer_id in answer_ids if answer_id not in states]
    again = [answer_id for answer_id in answer_ids if states.get(answer_id) == UNSCORED]
    for first in range(0, len(new), _BATCH):
        rows = [
            {"job_id": job_id, "answer_id": answer_id, "outcome": WAITING}
            for answer_id in new[first : first + _BATCH]
        ]
        session.execute(insert(JobItemRow), rows)
    for first in range(0, len(again), _BATCH):
        session.execute(
            update(JobItemRow)
            .where(JobItemRow.job_id == job_id, JobItemRow.answer_id.in_(again[first : first + _BATCH]))
            .values(outcome=WAITING, ended_at=None)
        )


def get_job(session: Session, job_id: int) -> Job | None:
    """Return a job, None when there is none with this id."""
    found = _jobs(session, job_id=job_id)
    return found[0] if found else None


def list_jobs(session: Session, limit: int = 50) -> list[Job]:
    """Return the newest jobs, the newest first, without those that found nothing to judge."""
    return _jobs(session, limit=limit)


def running(session: Session) -> list[int]:
    """Return the jobs that are to go on, the oldest first."""
    return list(
        session.scalars(select(JobRow.id).where(JobRow.state == JobState.RUNNING).order_by(JobRow.id))
    )


def _jobs(session: Session, job_id: int | None = None, limit: int = 1) -> list[Job]:
    query = (
        select(JobRow, JudgeRow, AnnotatorRow.name)
        .join(JudgeRow, JudgeRow.id == JobRow.judge_id)
        .outerjoin(AnnotatorRow, AnnotatorRow.id == JobRow.annotator_id)
        .order_by(JobRow.id.desc())
        .limit(limit)
    )
    if job_id is not None:
        query = query.where(JobRow.id == job_id)
    else:
        query = query.where(exists().where(JobItemRow.job_id == JobRow.id))
    moment = now()
    return [
        Job(
            row.id,
            to_judge(judge),
            JobState(row.state),
            JobLimits(
                row.concurrency,
                row.requests_a_minute,
                row.tokens_a_minute,
                row.budget_tokens,
                row.budget_money,
            ),
            row.note,
            name or "",
            row.created_at,
            row.ended_at,
            is_driven=row.leased_until is not None and moment < row.leased_until <= moment + LONGEST_AHEAD,
        )
        for row, judge, name in session.execute(query)
    ]


def counts(session: Session, job_ids: Sequence[int]) -> dict[int, JobCounts]:
    """Return how far jobs are, in one query; a job without answers is left out."""
    outcome = JobItemRow.outcome
    query = (
        select(
            JobItemRow.job_id,
            func.sum(case((outcome == WAITING, 1), else_=0)),
            func.sum(case((outcome == JUDGED, 1), else_=0)),
            func.sum(case((outcome == UNSCORED, 1), else_=0)),
            func.sum(case((JobItemRow.is_cached, 1), else_=0)),
            func.sum(JobItemRow.tokens_in),
            func.sum(JobItemRow.tokens_out),
        )
        .where(JobItemRow.job_id.in_(job_ids))
        .group_by(JobItemRow.job_id)
    )
    return {job_id: JobCounts(*map(int, figures)) for job_id, *figures in session.execute(query)}


def ended_since(session: Session, job_id: int, moment: datetime, seconds: float) -> float:
    """Return how many answers a second have ended in so many seconds before a moment."""
    query = select(func.count(), func.min(JobItemRow.ended_at)).where(
        JobItemRow.job_id == job_id, JobItemRow.ended_at > moment - timedelta(seconds=seconds)
    )
    count, first = session.execute(query).one()
    since = (moment - first).total_seconds() if first is not None else 0.0
    return count / max(since, 1.0)


def waiting(session: Session, job_id: int, after: int, limit: int) -> list[int]:
    """Return the next answers of a job that wait, those with ids above `after`, oldest first."""
    query = select(JobItemRow.answer_id).where(
        JobItemRow.job_id == job_id, JobItemRow.outcome == WAITING, JobItemRow.answer_id > after
    )
    return list(session.scalars(query.order_by(JobItemRow.answer_id).limit(limit)))


def take(session: Session, job_id: int, worker: str) -> bool:
    """Take a job, or keep it for longer; False when another worker drives it or it no longer runs."""
    moment = now()
    taken = session.execute(
        update(JobRow)
        .where(
            JobRow.id == job_id,
            JobRow.state == JobState.RUNNING,
            (JobRow.worker == worker)
            | JobRow.leased_until.is_(None)
            | (JobRow.leased_until <= moment)
            | (JobRow.leased_until > moment + LONGEST_AHEAD),
        )
        .values(worker=worker, leased_until=moment + LEASE)
        .returning(JobRow.id)
    )
    return taken.first() is not None


def let_go(session: Session, job_id: int, worker: str) -> None:
    """Leave a job to whoever takes it next."""
    session.execute(
        update(JobRow).where(JobRow.id == job_id, JobRow.worker == worker).values(leased_until=None)
    )


def finish(
    session: Session, job_id: int, answer_id: int, verdict: NewJudgement, cost: tuple[int, int]
) -> None:
    """Note that an answer needs nothing more in this job, and the tokens, read and written, that it took."""
    is_scored = verdict.label is not None or verdict.score is not None
    session.execute(
        update(JobItemRow)
        .where(JobItemRow.job_id == job_id, JobItemRow.answer_id == answer_id)
        .values(
            outcome=JUDGED if is_scored else UNSCORED,
            is_cached=verdict.is_cached,
            tokens_in=JobItemRow.tokens_in + cost[0],
            tokens_out=JobItemRow.tokens_out + cost[1],
            ended_at=now(),
        )
    )


def set_state(session: Session, job_id: int, state: JobState, note: str = "") -> None:
    """Let a job run, or end it for the time being."""
    ended_at = None if state is JobState.RUNNING else now()
    session.execute(
        update(JobRow).where(JobRow.id == job_id).values(state=state, note=note, ended_at=ended_at)
    )
