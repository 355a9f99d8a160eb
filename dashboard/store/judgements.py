"""Judges and their verdicts."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.labels import Label
from dashboard.models import Judge, JudgeConfig, Judgement, NewJudgement
from dashboard.store.base import now
from dashboard.store.hashing import key_of
from dashboard.store.schema import JudgementRow, JudgeRow

EARLIER = "earlier"
"""Under this name a judgement's details hold the unscored tries before it."""


def judge_key(config: JudgeConfig) -> str:
    """Return a judge's identity: the hash of rubric, prompt version, model and parameters with its name."""
    return key_of(asdict(config))


def to_judge(row: JudgeRow) -> Judge:
    """Return a stored judge as a plain value."""
    config = JudgeConfig(row.name, row.rubric, row.prompt_version, row.model, row.parameters)
    return Judge(row.id, row.key, config)


def put_judge(session: Session, config: JudgeConfig) -> int:
    """Return the id of the judge with this configuration, which is added when new."""
    found = find_judge_id(session, config)
    if found is not None:
        return found
    row = JudgeRow(key=judge_key(config), **asdict(config))
    session.add(row)
    session.flush()
    return row.id


def find_judge_id(session: Session, config: JudgeConfig) -> int | None:
    """Return the id of the judge with this configuration, None when there is none."""
    return session.scalar(select(JudgeRow.id).where(JudgeRow.key == judge_key(config)))


def get_judge(session: Session, judge_id: int) -> Judge | None:
    """Return a judge, None when there is none with this id."""
    row = session.get(JudgeRow, judge_id)
    return to_judge(row) if row is not None else None


def find_judges(session: Session, name: str) -> list[Judge]:
    """Return the judges of a name, the newest first."""
    rows = session.scalars(select(JudgeRow).where(JudgeRow.name == name).order_by(JudgeRow.id.desc()))
    return [to_judge(row) for row in rows]


def add_judgement(session: Session, answer_id: int, judge_id: int, verdict: NewJudgement) -> bool:
    """Store a judge's verdict on an answer; False when it has one already, which stays.

    An unscored answer is no verdict yet: whatever comes later takes its place and keeps it among its details.
    """
    row = session.scalar(
        select(JudgementRow).where(JudgementRow.answer_id == answer_id, JudgementRow.judge_id == judge_id)
    )
    details = dict(verdict.details)
    if row is None:
        row = JudgementRow(answer_id=answer_id, judge_id=judge_id)
        session.add(row)
    elif row.label is not None or row.score is not None or _same_try(row, verdict):
        return False
    else:
        details[EARLIER] = [*row.details.get(EARLIER, []), _try_of(row)]
    row.raw_score, row.score = verdict.raw_score, verdict.score
    row.label = verdict.label.value if verdict.label else None
    row.reasoning, row.raw_reply = verdict.reasoning, verdict.raw_reply
    row.error, row.reason = verdict.error, verdict.reason
    row.tokens_in, row.tokens_out = verdict.tokens_in, verdict.tokens_out
    row.latency_ms = verdict.latency_ms
    row.is_cached, row.suspicions, row.details = verdict.is_cached, list(verdict.suspicions), details
    row.created_at = verdict.created_at or now()
    session.flush()
    return True


def _try_of(row: JudgementRow) -> dict[str, Any]:
    return {
        "error": row.error,
        "reason": row.reason,
        "raw_reply": row.raw_reply,
        "tokens_in": row.tokens_in,
        "tokens_out": row.tokens_out,
        "is_cached": row.is_cached,
        "created_at": row.created_at.isoformat(),
    }


def _same_try(row: JudgementRow, verdict: NewJudgement) -> bool:
    """Return whether an import brings an unscored try again."""
    is_unscored = verdict.label is None and verdict.score is None
    return is_unscored and verdict.created_at is not None and verdict.created_at == row.created_at


def judgements_of(session: Session, answer_ids: Sequence[int]) -> dict[int, list[Judgement]]:
    """Return every judge's verdict on each of the answers, in the order in which they came, in one query."""
    judges: dict[int, Judge] = {}
    columns = (
        JudgementRow.answer_id,
        JudgementRow.judge_id,
        JudgementRow.raw_score,
        JudgementRow.score,
        JudgementRow.label,
        JudgementRow.reasoning,
        JudgementRow.raw_reply,
        JudgementRow.error,
        JudgementRow.tokens_in,
        JudgementRow.tokens_out,
        JudgementRow.latency_ms,
        JudgementRow.created_at,
        JudgementRow.reason,
        JudgementRow.is_cached,
        JudgementRow.suspicions,
        JudgementRow.details,
    )
    query = select(*columns).where(JudgementRow.answer_id.in_(answer_ids)).order_by(JudgementRow.id)
    found: dict[int, list[Judgement]] = {}
    for answer_id, judge_id, raw_score, score, label, *rest in session.execute(query):
        if judge_id not in judges:
            judges[judge_id] = to_judge(session.get_one(JudgeRow, judge_id))
        verdict = NewJudgement(raw_score, score, Label(label) if label else None, *rest)
        verdict = replace(verdict, suspicions=tuple(verdict.suspicions))
        found.setdefault(answer_id, []).append(Judgement(judges[judge_id], verdict))
    return found


def list_judges(session: Session) -> list[tuple[Judge, int]]:
    """Return every judge with its number of judgements, the one with most first."""
    count = select(func.count()).where(JudgementRow.judge_id == JudgeRow.id).scalar_subquery()
    query = select(JudgeRow, count).order_by(count.desc(), JudgeRow.id)
    return [(to_judge(row), number) for row, number in session.execute(query)]
