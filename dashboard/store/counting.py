"""How many there are."""

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from dashboard.store.annotations import gives_label, is_newest
from dashboard.store.schema import AnnotationRow, AnswerRow, JudgementRow


def count_answers(session: Session) -> int:
    """Return how many answers there are."""
    return session.scalar(select(func.count()).select_from(AnswerRow)) or 0


def count_labelled(session: Session) -> int:
    """Return how many answers at least one person has labelled."""
    labelled = select(func.count(distinct(AnnotationRow.answer_id))).where(gives_label(), is_newest())
    return session.scalar(labelled) or 0


def count_judged(session: Session) -> int:
    """Return how many answers at least one judge has judged."""
    return session.scalar(select(func.count(distinct(JudgementRow.answer_id)))) or 0
