"""What answers can be ordered by, each read for many answers at once."""

from collections.abc import Callable, Iterator, Sequence

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from dashboard.labels import STYLES, Label
from dashboard.store.schema import AnswerRow, JudgementRow, QuestionRow, QuestionTagRow

BATCH = 500


def question_numbers(session: Session, answer_ids: Sequence[int]) -> dict[int, float]:
    """Return the number of each answer's question."""
    query = select(AnswerRow.id, QuestionRow.number)
    query = query.join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
    return _collect(session, lambda ids: query.where(AnswerRow.id.in_(ids)), answer_ids)


def distance_from_middle(session: Session, answer_ids: Sequence[int]) -> dict[int, float]:
    """Return how far the judge that is least sure of each judged answer scores from 0.5; 0 is least sure."""
    query = select(JudgementRow.answer_id, func.min(func.abs(JudgementRow.score - 0.5)))
    query = query.where(JudgementRow.score.is_not(None)).group_by(JudgementRow.answer_id)
    return _collect(session, lambda ids: query.where(JudgementRow.answer_id.in_(ids)), answer_ids)


def agreement_of_judges(session: Session, answer_ids: Sequence[int]) -> dict[int, float]:
    """Return for each answer with judges' labels minus the distance between the lowest and the highest."""
    query = select(JudgementRow.answer_id, JudgementRow.label).where(JudgementRow.label.is_not(None))
    numbers: dict[int, list[float]] = {}
    for ids in _batches(answer_ids):
        for answer_id, label in session.execute(query.where(JudgementRow.answer_id.in_(ids))):
            numbers.setdefault(answer_id, []).append(STYLES[Label(str(label))].number)
    return {answer_id: min(given) - max(given) for answer_id, given in numbers.items()}


def first_tags(session: Session, answer_ids: Sequence[int]) -> dict[int, str]:
    """Return the first tag of each answer's question that has one."""
    query = (
        select(AnswerRow.id, QuestionTagRow.tag)
        .join(QuestionTagRow, QuestionTagRow.question_id == AnswerRow.question_id)
        .where(QuestionTagRow.position == 0)
    )
    found: dict[int, str] = {}
    for ids in _batches(answer_ids):
        found.update(dict(session.execute(query.where(AnswerRow.id.in_(ids))).all()))
    return found


def _collect(
    session: Session, query: Callable[[list[int]], Select[int, float]], answer_ids: Sequence[int]
) -> dict[int, float]:
    found: dict[int, float] = {}
    for ids in _batches(answer_ids):
        found.update(dict(session.execute(query(ids)).all()))
    return found


def _batches(answer_ids: Sequence[int]) -> Iterator[list[int]]:
    for first in range(0, len(answer_ids), BATCH):
        yield list(answer_ids[first : first + BATCH])
