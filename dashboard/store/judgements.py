"""Judges and their verdicts."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from dashboard.labels import Label
from dashboard.models import Judge, JudgeConfig, Judgement, NewJudgement
from dashboard.store.base import now
from dashboard.store.hashing import key_of
from dashboard.store.schema import JudgementRow, JudgeRow


def judge_key(config: JudgeConfig) -> str:
    """Return a judge's identity: the hash of rubric, prompt version, model and parameters with its name."""
    return key_of(asdict(config))


def to_judge(row: JudgeRow) -> Judge:
    """Return a stored judge as a plain value."""
    config = JudgeConfig(row.name, row.rubric, row.prompt_version, row.model, row.parameters)
    return Judge(row.id, row.key, config)


def put_judge(session: Session, config: JudgeConfig) -> int:
    """Return the id of the judge with this configuration, which is added when new."""
    key = judge_key(config)
    found = session.scalar(select(JudgeRow.id).where(JudgeRow.key == key))
    if found is not None:
        return found
    row = JudgeRow(key=key, **asdict(config))
    session.add(row)
    session.flush()
    return row.id


def add_judgement(session: Session, answer_id: int, judge_id: int, verdict: NewJudgement) -> bool:
    """Store a judge's verdict on an answer; False when it has one already, which stays."""
    there = exists().where(JudgementRow.answer_id == answer_id, JudgementRow.judge_id == judge_id)
    if session.scalar(select(there)):
        return False
    session.add(
        JudgementRow(
            answer_id=answer_id,
            judge_id=judge_id,
            raw_score=verdict.raw_score,
            score=verdict.score,
            label=verdict.label.value if verdict.label else None,
            reasoning=verdict.reasoning,
            raw_reply=verdict.raw_reply,
            error=verdict.error,
            tokens_in=verdict.tokens_in,
            tokens_out=verdict.tokens_out,
            latency_ms=verdict.latency_ms,
            created_at=verdict.created_at or now(),
        )
    )
    session.flush()
    return True


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
    )
    query = select(*columns).where(JudgementRow.answer_id.in_(answer_ids)).order_by(JudgementRow.id)
    found: dict[int, list[Judgement]] = {}
    for answer_id, judge_id, raw_score, score, label, *rest in session.execute(query):
        if judge_id not in judges:
            judges[judge_id] = to_judge(session.get_one(JudgeRow, judge_id))
        verdict = NewJudgement(raw_score, score, Label(label) if label else None, *rest)
        found.setdefault(answer_id, []).append(Judgement(judges[judge_id], verdict))
    return found


def list_judges(session: Session) -> list[tuple[Judge, int]]:
    """Return every judge with its number of judgements, the one with most first."""
    count = select(func.count()).where(JudgementRow.judge_id == JudgeRow.id).scalar_subquery()
    query = select(JudgeRow, count).order_by(count.desc(), JudgeRow.id)
    return [(to_judge(row), number) for row, number in session.execute(query)]
