"""Cases: answers that several people labelled, which of them differ, and which were settled."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, exists, func, select
from sqlalchemy import case as sql_case
from sqlalchemy.orm import InstrumentedAttribute, Session

from dashboard.labels import Label
from dashboard.models import Annotation, Phase
from dashboard.responses import RESPONSES
from dashboard.store.annotations import has_newer, is_response
from dashboard.store.campaign_schema import ItemRow
from dashboard.store.schema import AdjudicationRow, AnnotationRow, AnnotatorRow, AnswerRow, QuestionRow

Columns = TypeVarTuple("Columns")


class Show(StrEnum):
    """Which cases a list holds: those to settle, the settled, or all that two people or more responded to."""

    OPEN = "open"
    SETTLED = "settled"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Scope:
    """Where cases come from, and what of people's responses counts there.

    Attributes:
        campaign_id: The campaign; None for the whole project, whose responses count wherever they were given.
        campaign: The campaign's name, None with it.
        phase: Each person's newest response of this phase counts; None for the newest of any.
    """

    campaign_id: int | None = None
    campaign: str | None = None
    phase: Phase | None = None

    def counts(self, event: Annotation) -> bool:
        """Return whether an event is of those of which each person's newest counts."""
        return (
            not event.is_repeat
            and self.campaign in (None, event.campaign)
            and self.phase in (None, event.phase)
        )

    def standing(self, events: list[Annotation]) -> dict[str, Annotation]:
        """Return each person's response that counts, from a history that is ordered oldest first."""
        newest = {event.annotator: event for event in events if self.counts(event)}
        return {name: event for name, event in newest.items() if event.kind in RESPONSES}


class Tally(NamedTuple):
    """How many cases wait, are settled, and are there at all, those included on which people agree."""

    open: int
    settled: int
    all: int


def tally(session: Session, scope: Scope) -> Tally:
    """Return how many cases there are; one pass through the responses."""
    _, settled = _cases(scope, Show.SETTLED)
    counted = select(AnnotationRow.answer_id, _differ().label("differ"))
    case = _together(counted, scope).having(func.count() >= 2).subquery()
    is_settled = exists().where(AdjudicationRow.answer_id == case.c.answer_id)
    is_open = and_(case.c.differ, ~is_settled)
    found = session.execute(select(func.count(), func.count(sql_case((is_open, 1)))).select_from(case)).one()
    return Tally(
        open=found[1],
        settled=session.scalar(select(func.count()).select_from(settled.subquery())) or 0,
        all=found[0],
    )


def find_cases(session: Session, scope: Scope, show: Show, offset: int, limit: int) -> list[int]:
    """Return a page of the answers of a list, in ascending order."""
    answer_id, query = _cases(scope, show)
    return list(session.scalars(query.order_by(answer_id).offset(offset).limit(limit)))


def case_after(session: Session, scope: Scope, show: Show, answer_id: int) -> int | None:
    """Return the first answer of a list above this one, None when there is none."""
    found, query = _cases(scope, show)
    return session.scalar(query.where(found > answer_id).order_by(found).limit(1))


def case_before(session: Session, scope: Scope, show: Show, answer_id: int) -> int | None:
    """Return the last answer of a list below this one, None when there is none."""
    found, query = _cases(scope, show)
    return session.scalar(query.where(found < answer_id).order_by(found.desc()).limit(1))


def last_settled(session: Session, annotator: str) -> tuple[int, int, Label] | None:
    """Return what a person settled last: the answer, its question's number and the label."""
    query = (
        select(AnswerRow.id, QuestionRow.number, AdjudicationRow.label)
        .join(AnnotatorRow, AnnotatorRow.id == AdjudicationRow.annotator_id)
        .join(AnswerRow, AnswerRow.id == AdjudicationRow.answer_id)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .where(AnnotatorRow.name == annotator)
        .order_by(AdjudicationRow.sequence.desc())
        .limit(1)
    )
    found = session.execute(query).first()
    return (found[0], found[1], Label(found[2])) if found else None


def newest_response(session: Session) -> int:
    """Return a number that grows with everything that people say of answers, and with nothing else."""
    return session.scalar(select(func.max(AnnotationRow.sequence))) or 0


def newest_adjudication(session: Session) -> int:
    """Return a number that grows with every adjudication."""
    return session.scalar(select(func.max(AdjudicationRow.sequence))) or 0


def _counted(scope: Scope) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions of `is_newest`, the campaign's so that no index serves it.

    By the campaign's index SQLite would collect and sort all of a campaign to find its next case; the
    index of the answers has them in order, and stops at the first.
    """
    yield ~AnnotationRow.is_repeat
    yield ~has_newer(scope.phase, scope.campaign)
    if scope.phase is not None:
        yield AnnotationRow.phase == scope.phase.value
    if scope.campaign is not None:
        yield AnnotationRow.campaign.concat("") == scope.campaign


def _cases(scope: Scope, show: Show) -> tuple[InstrumentedAttribute[int], Select[int]]:
    """Return the query of a list, each answer once, and its column."""
    if show is Show.SETTLED:
        settled = select(AdjudicationRow.answer_id).group_by(AdjudicationRow.answer_id)
        if scope.campaign_id is not None:
            settled = settled.where(
                exists().where(
                    ItemRow.campaign_id == scope.campaign_id, ItemRow.answer_id == AdjudicationRow.answer_id
                )
            )
        return AdjudicationRow.answer_id, settled
    query = _together(select(AnnotationRow.answer_id), scope)
    if show is Show.ALL:
        return AnnotationRow.answer_id, query.having(func.count() >= 2)
    is_settled = exists().where(AdjudicationRow.answer_id == AnnotationRow.answer_id)
    return AnnotationRow.answer_id, query.where(~is_settled).having(_differ())


def _together(query: Select[*Columns], scope: Scope) -> Select[*Columns]:
    """Return a query over responses that count, those to one answer together."""
    return query.where(*_counted(scope), is_response()).group_by(AnnotationRow.answer_id)


def _differ() -> ColumnElement[bool]:
    """Return the condition that responses to one answer differ; who cannot tell differs from any label."""
    said = func.coalesce(AnnotationRow.label, "?")
    return func.min(said) != func.max(said)
