"""The newest answer to each question, of a run or of whatever used a retriever."""

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dashboard.store.schema import AnswerRow, RunRow


def newest_of_run(session: Session, run_id: int) -> dict[int, int]:
    """Return the newest answer of a run to each question that it answered."""
    return _newest(session, AnswerRow.run_id == run_id)


def newest_of_retriever(session: Session, retriever: str, encoder: str) -> dict[int, int]:
    """Return the newest answer to each question that rests on a retriever, and on an encoder if any."""
    runs = select(RunRow.id).where(RunRow.retriever == retriever, RunRow.encoder.in_((encoder, "")))
    return _newest(session, AnswerRow.run_id.in_(runs))


def _newest(session: Session, which: ColumnElement[bool]) -> dict[int, int]:
    newest = func.max(AnswerRow.id)
    rows = session.execute(select(AnswerRow.question_id, newest).where(which).group_by(AnswerRow.question_id))
    return dict(rows.all())
