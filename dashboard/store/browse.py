"""Finding answers by what is known of them, a page at a time, in the database."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVarTuple

from sqlalchemy import ColumnElement, Row, Select, exists, func, select, union
from sqlalchemy.orm import Session

from dashboard.labels import Label
from dashboard.store.annotations import gives_label, is_newest, is_response
from dashboard.store.full_text import matches
from dashboard.store.schema import (
    AnnotationRow,
    AnnotatorRow,
    AnswerRow,
    JudgementRow,
    QuestionRow,
    QuestionTagRow,
)

Columns = TypeVarTuple("Columns")

UNLABELLED = "none"
"""Stands for "has no label" among label filters."""

UNSCORED = "unscored"
"""Stands for "the judge's reply gave no label" among judge label filters."""


@dataclass(frozen=True, slots=True)
class AnswerFilter:
    """What the answers of a list have in common; an empty field asks for nothing.

    Attributes:
        label: Some person's newest label, or `UNLABELLED`.
        judge_label: Some judge's label, `UNSCORED`, or `UNLABELLED` for answers without a judgement.
        annotator: Narrows `label` to one person.
        text: Its words must occur in the question or in the answer, as in `full_text.matches`.
    """

    label: str = ""
    judge_label: str = ""
    annotator: str = ""
    run_id: int | None = None
    tag: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class AnswerSummary:
    """A line of a list of answers.

    Attributes:
        labels: The newest label of each person, from worst to best, such as "IPP".
        judge_labels: The judges' labels, "?" for unscored.
    """

    answer_id: int
    number: int
    question: str
    answer: str
    run_id: int
    labels: str
    judge_labels: str


def count_answers(session: Session, chosen: AnswerFilter) -> int:
    """Return how many answers pass the filter."""
    return session.scalar(narrowed(select(func.count(AnswerRow.id)), chosen)) or 0


def find_answers(
    session: Session, chosen: AnswerFilter, offset: int = 0, limit: int = 25
) -> list[AnswerSummary]:
    """Return a page of the answers that pass the filter, oldest first."""
    query = _lines(chosen).order_by(AnswerRow.id).offset(offset).limit(limit)
    return _summaries(session, session.execute(query).all())


def find_by_number(session: Session, number: int, limit: int) -> list[AnswerSummary]:
    """Return answers to the question with a number, oldest first."""
    query = _lines(AnswerFilter()).where(QuestionRow.number == number).order_by(AnswerRow.id).limit(limit)
    return _summaries(session, session.execute(query).all())


def summaries(session: Session, answer_ids: Sequence[int]) -> list[AnswerSummary]:
    """Return the lines of certain answers, in the order of the ids; unknown ids are left out."""
    query = _lines(AnswerFilter()).where(AnswerRow.id.in_(answer_ids))
    found = {line.answer_id: line for line in _summaries(session, session.execute(query).all())}
    return [found[answer_id] for answer_id in answer_ids if answer_id in found]


def _lines(chosen: AnswerFilter) -> Select[int, int, str, str, int]:
    lines = select(AnswerRow.id, QuestionRow.number, QuestionRow.text, AnswerRow.text, AnswerRow.run_id)
    return narrowed(lines, chosen)


def _summaries(session: Session, rows: Sequence[Row[int, int, str, str, int]]) -> list[AnswerSummary]:
    ids = [row[0] for row in rows]
    labels = _letters(
        session.execute(
            select(AnnotationRow.answer_id, AnnotationRow.label).where(
                AnnotationRow.answer_id.in_(ids), is_newest(), gives_label()
            )
        )
    )
    verdicts = _letters(
        session.execute(
            select(JudgementRow.answer_id, JudgementRow.label).where(JudgementRow.answer_id.in_(ids))
        )
    )
    return [
        AnswerSummary(
            answer_id,
            number,
            question,
            answer,
            run_id,
            labels.get(answer_id, ""),
            verdicts.get(answer_id, ""),
        )
        for answer_id, number, question, answer, run_id in rows
    ]


def all_answers(session: Session, chosen: AnswerFilter) -> list[int]:
    """Return every answer that passes the filter, in ascending order."""
    return list(session.scalars(narrowed(select(AnswerRow.id), chosen).order_by(AnswerRow.id)))


def answers_after(session: Session, chosen: AnswerFilter, after: int, limit: int) -> list[int]:
    """Return the first answers above `after` that pass the filter, in ascending order."""
    query = narrowed(select(AnswerRow.id), chosen).where(AnswerRow.id > after)
    return list(session.scalars(query.order_by(AnswerRow.id).limit(limit)))


def neighbours(session: Session, chosen: AnswerFilter, answer_id: int) -> tuple[int | None, int | None]:
    """Return the answers before and after one in the filtered list."""
    before = session.scalar(narrowed(select(func.max(AnswerRow.id)), chosen).where(AnswerRow.id < answer_id))
    after = session.scalar(narrowed(select(func.min(AnswerRow.id)), chosen).where(AnswerRow.id > answer_id))
    return before, after


def _letters(rows: Iterable[Row[int, str] | Row[int, str | None]]) -> dict[int, str]:
    found: dict[int, list[str]] = {}
    for answer_id, label in rows:
        found.setdefault(answer_id, []).append(label or "?")
    order = "?" + "".join(Label)
    return {answer_id: "".join(sorted(letters, key=order.index)) for answer_id, letters in found.items()}


def narrowed(query: Select[*Columns], chosen: AnswerFilter) -> Select[*Columns]:
    """Return a query of answers that gives only those that pass a filter."""
    query = query.join_from(AnswerRow, QuestionRow, QuestionRow.id == AnswerRow.question_id)
    return query.where(*_conditions(chosen))


def _conditions(chosen: AnswerFilter) -> Iterator[ColumnElement[bool]]:
    if chosen.label or chosen.annotator:
        yield _label_condition(chosen)
    if chosen.judge_label:
        yield _judge_condition(chosen)
    if chosen.run_id is not None:
        yield AnswerRow.run_id == chosen.run_id
    if chosen.tag:
        yield exists().where(
            QuestionTagRow.question_id == AnswerRow.question_id, QuestionTagRow.tag == chosen.tag
        )
    if chosen.text:
        yield _says(chosen.text)


def _says(typed: str) -> ColumnElement[bool]:
    # Two lists of answers put together are looked up; an OR over two tables would be tried on every answer.
    in_answer = select(AnswerRow.id).where(matches(AnswerRow.text, typed))
    in_question = (
        select(AnswerRow.id)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .where(matches(QuestionRow.text, typed))
    )
    return AnswerRow.id.in_(union(in_answer.correlate(None), in_question.correlate(None)))


def _label_condition(chosen: AnswerFilter) -> ColumnElement[bool]:
    labelled = exists().where(AnnotationRow.answer_id == AnswerRow.id, is_response(), is_newest())
    if chosen.annotator:
        person = select(AnnotatorRow.id).where(AnnotatorRow.name == chosen.annotator).scalar_subquery()
        labelled = labelled.where(AnnotationRow.annotator_id == person)
    if chosen.label == UNLABELLED:
        return ~labelled
    if chosen.label:
        labelled = labelled.where(AnnotationRow.label == chosen.label)
    return labelled


def _judge_condition(chosen: AnswerFilter) -> ColumnElement[bool]:
    judged = exists().where(JudgementRow.answer_id == AnswerRow.id)
    if chosen.judge_label == UNLABELLED:
        return ~judged
    if chosen.judge_label == UNSCORED:
        return judged.where(JudgementRow.label.is_(None))
    if chosen.judge_label:
        return judged.where(JudgementRow.label == chosen.judge_label)
    return judged
