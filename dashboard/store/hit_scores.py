"""The scores of hits, run by run: scores of different retrievers cannot be compared."""

from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dashboard.store.schema import AnswerRow, HitRow


class HitScore(NamedTuple):
    """The score of an answer's hit."""

    answer_id: int
    rank: int
    score: float


def count_answers(session: Session, run_id: int) -> int:
    """Return how many answers of a run have hits."""
    query = select(func.count(HitRow.answer_id.distinct())).join(AnswerRow, AnswerRow.id == HitRow.answer_id)
    return session.scalar(query.where(AnswerRow.run_id == run_id)) or 0


def hit_scores(session: Session, run_id: int, limit: int) -> list[HitScore]:
    """Return the scores of a run's newest answers."""
    newest = select(AnswerRow.id).where(AnswerRow.run_id == run_id).order_by(AnswerRow.id.desc()).limit(limit)
    query = select(HitRow.answer_id, HitRow.rank, HitRow.score).where(HitRow.answer_id.in_(newest))
    return [HitScore(*row) for row in session.execute(query.order_by(HitRow.answer_id, HitRow.rank))]
