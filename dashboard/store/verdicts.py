"""Everybody's labels side by side, as the agreement figures need them."""

from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased

from dashboard.labels import Label
from dashboard.models import Phase
from dashboard.store.annotations import gives_label, is_newest
from dashboard.store.schema import AdjudicationRow, AnnotationRow, AnnotatorRow, AnswerRow, JudgementRow


class PersonLabel(NamedTuple):
    """A person's label that counts, on one answer."""

    answer_id: int
    annotator: str
    label: Label


class JudgeLabel(NamedTuple):
    """A judge's label and score (0 to 1) on one answer; None when its reply could not be read (unscored)."""

    answer_id: int
    label: Label | None
    score: float | None


def person_labels(
    session: Session,
    phase: Phase | None = Phase.BLIND,
    annotator: str = "",
    campaign: str | None = None,
) -> list[PersonLabel]:
    """Return each person's newest label on each answer; who could not tell, or took it back, has none.

    Args:
        session: A read.
        phase: Only labels given in this phase; None for the newest of any.
        annotator: Only this person; empty for all.
        campaign: Only labels given in this campaign; None for all.
    """
    query = (
        select(AnnotationRow.answer_id, AnnotatorRow.name, AnnotationRow.label)
        .join(AnnotatorRow, AnnotatorRow.id == AnnotationRow.annotator_id)
        .where(is_newest(phase, campaign), gives_label())
        .order_by(AnnotationRow.answer_id, AnnotatorRow.name)
    )
    if annotator:
        query = query.where(AnnotatorRow.name == annotator)
    return [
        PersonLabel(answer_id, name, Label(str(label))) for answer_id, name, label in session.execute(query)
    ]


def agreed_labels(session: Session) -> dict[int, Label]:
    """Return the newest adjudication of each answer that has one."""
    newer = aliased(AdjudicationRow)
    later = exists().where(
        newer.answer_id == AdjudicationRow.answer_id, newer.sequence > AdjudicationRow.sequence
    )
    query = select(AdjudicationRow.answer_id, AdjudicationRow.label).where(~later)
    return {answer_id: Label(label) for answer_id, label in session.execute(query)}


def judge_labels(session: Session, judge_id: int) -> list[JudgeLabel]:
    """Return one judge's label on each answer that it judged."""
    query = (
        select(JudgementRow.answer_id, JudgementRow.label, JudgementRow.score)
        .where(JudgementRow.judge_id == judge_id)
        .order_by(JudgementRow.answer_id)
    )
    return [
        JudgeLabel(answer_id, Label(label) if label else None, score)
        for answer_id, label, score in session.execute(query)
    ]


def questions_of_answers(session: Session) -> dict[int, int]:
    """Return the question of each answer that anybody labelled or judged."""
    labelled = exists().where(AnnotationRow.answer_id == AnswerRow.id)
    judged = exists().where(JudgementRow.answer_id == AnswerRow.id)
    query = select(AnswerRow.id, AnswerRow.question_id).where(labelled | judged)
    return dict(session.execute(query).all())
