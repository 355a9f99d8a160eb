"""What runs are to answer, and how far they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, exists, func, select, update
from sqlalchemy.orm import Session

from dashboard.models import Run
from dashboard.store.bank_schema import RunQuestionRow
from dashboard.store.runs import to_run
from dashboard.store.schema import AnswerRow, QuestionRow, RunRow


@dataclass(frozen=True, slots=True)
class RunProgress:
    """A run of a bank: how many questions it is to answer, has answered, and failed to answer so far."""

    run: Run
    total: int
    answered: int
    failed: int

    @property
    def is_done(self) -> bool:
        """Whether every question is answered."""
        return self.answered >= self.total


def plan(session: Session, run_id: int, question_ids: Sequence[int]) -> None:
    """Add questions to what a run is to answer; those that it has stay where they are."""
    query = select(RunQuestionRow.question_id).where(RunQuestionRow.run_id == run_id)
    there = set(session.scalars(query))
    new = [question_id for question_id in dict.fromkeys(question_ids) if question_id not in there]
    session.add_all(
        RunQuestionRow(run_id=run_id, question_id=question_id, position=position)
        for position, question_id in enumerate(new, start=len(there))
    )
    session.flush()


def waiting(session: Session, run_id: int) -> list[tuple[int, int, str]]:
    """Return id, number and text of the questions that a run has still to answer, in order."""
    query = (
        select(QuestionRow.id, QuestionRow.number, QuestionRow.text)
        .join(RunQuestionRow, RunQuestionRow.question_id == QuestionRow.id)
        .where(RunQuestionRow.run_id == run_id, ~_is_answered())
        .order_by(RunQuestionRow.position)
    )
    return [(question_id, number, text) for question_id, number, text in session.execute(query)]


def note_error(session: Session, run_id: int, question_id: int, error: str) -> None:
    """Remember why a question could not be answered; an empty text takes that back."""
    session.execute(
        update(RunQuestionRow)
        .where(RunQuestionRow.run_id == run_id, RunQuestionRow.question_id == question_id)
        .values(error=error)
    )


def errors(session: Session, run_id: int, limit: int) -> list[tuple[int, int, str]]:
    """Return id and number of the questions that a run failed to answer, and why."""
    query = (
        select(QuestionRow.id, QuestionRow.number, RunQuestionRow.error)
        .join(RunQuestionRow, RunQuestionRow.question_id == QuestionRow.id)
        .where(RunQuestionRow.run_id == run_id, RunQuestionRow.error != "", ~_is_answered())
        .order_by(RunQuestionRow.position)
        .limit(limit)
    )
    return [(question_id, number, error) for question_id, number, error in session.execute(query)]


def list_progress(session: Session, limit: int) -> list[RunProgress]:
    """Return how far the newest runs are that have a list of questions, the newest first."""
    query = (
        select(RunRow.id)
        .where(exists().where(RunQuestionRow.run_id == RunRow.id))
        .order_by(RunRow.id.desc())
        .limit(limit)
    )
    return progress_of(session, list(session.scalars(query)))


def progress_of(session: Session, run_ids: Sequence[int]) -> list[RunProgress]:
    """Return how far runs are, in the order of their ids' list; those without questions are left out."""
    answered = func.count().filter(_is_answered())
    failed = func.count().filter(RunQuestionRow.error != "", ~_is_answered())
    query = (
        select(RunQuestionRow.run_id, func.count(), answered, failed)
        .where(RunQuestionRow.run_id.in_(run_ids))
        .group_by(RunQuestionRow.run_id)
    )
    counts = {run_id: tuple(row) for run_id, *row in session.execute(query)}
    rows = {row.id: row for row in session.scalars(select(RunRow).where(RunRow.id.in_(run_ids)))}
    return [RunProgress(to_run(rows[run_id]), *counts[run_id]) for run_id in run_ids if run_id in counts]


def _is_answered() -> ColumnElement[bool]:
    return exists().where(
        AnswerRow.run_id == RunQuestionRow.run_id, AnswerRow.question_id == RunQuestionRow.question_id
    )
