"""Answers with their hits and references."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.errors import N_, NotFound
from dashboard.models import Answer, Hit, NewAnswer
from dashboard.store.base import now
from dashboard.store.reading import read_answers
from dashboard.store.schema import AnswerRow, HitRow, QuestionRow, ReferenceRow


def put_answer(
    session: Session,
    *,
    key: str,
    question_id: int,
    run_id: int,
    answer: NewAnswer,
    hits: Sequence[Hit],
    queued: bool,
    layout: Mapping[str, Any] | None = None,
    created_at: datetime | None = None,
) -> tuple[int, bool]:
    """Store an answer, unless one with its key is there.

    Returns:
        Its id, and whether it is new.
    """
    found = session.scalar(select(AnswerRow.id).where(AnswerRow.key == key))
    if found is not None:
        return found, False
    row = AnswerRow(
        key=key,
        question_id=question_id,
        run_id=run_id,
        text=answer.text,
        model=answer.model,
        latency_ms=answer.latency_ms,
        tokens_in=answer.tokens_in,
        tokens_out=answer.tokens_out,
        layout=dict(layout or {}),
        queued_at=now() if queued else None,
        created_at=created_at or now(),
    )
    row.hits = [
        HitRow(
            rank=hit.rank,
            segment_id=hit.segment.segment_id,
            score=hit.score,
            score_text=hit.score_text,
            url_hidden=hit.url_hidden,
        )
        for hit in hits
    ]
    row.references = [
        ReferenceRow(position=position, title=reference.title, url=reference.url, rank=reference.rank)
        for position, reference in enumerate(answer.references)
    ]
    session.add(row)
    session.flush()
    return row.id, True


def find_by_key(session: Session, key: str) -> int | None:
    """Return the answer with a key, None when there is none."""
    return session.scalar(select(AnswerRow.id).where(AnswerRow.key == key))


def find_same(
    session: Session, question_id: int, text: str, ranked: Sequence[tuple[int, float]]
) -> int | None:
    """Return the answer to a question with just this text and these segments and scores by rank."""
    query = select(AnswerRow).where(AnswerRow.question_id == question_id, AnswerRow.text == text)
    for row in session.scalars(query.order_by(AnswerRow.id)).unique():
        if [(hit.segment_id, hit.score) for hit in row.hits] == list(ranked):
            return row.id
    return None


class Texts(NamedTuple):
    """An answer by its id, its key and the two texts that a judge saw."""

    answer_id: int
    key: str
    question: str
    answer: str


def texts_of_all(session: Session) -> Iterator[Texts]:
    """Yield every answer's texts, oldest first, without holding them all."""
    query = (
        select(AnswerRow.id, AnswerRow.key, QuestionRow.text, AnswerRow.text)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .order_by(AnswerRow.id)
    )
    for row in session.execute(query.execution_options(yield_per=1_000)):
        yield Texts(*row)


def get_answer(session: Session, answer_id: int) -> Answer:
    """Return one answer with everything under it.

    Raises:
        NotFound: There is no such answer.
    """
    found = read_answers(session, [answer_id])
    if not found:
        raise NotFound(
            N_("There is no answer {found} in this project. Choose one under Explore."), found=answer_id
        )
    return found[0]


def send_to_annotation(session: Session, answer_id: int) -> None:
    """Put an answer in the queue of those to be labelled; twice is the same as once."""
    row = session.get(AnswerRow, answer_id)
    if row is not None and row.queued_at is None:
        row.queued_at = now()
