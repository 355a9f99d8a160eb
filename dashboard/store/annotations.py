"""What people say of answers: append-only events of which the newest counts."""

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import ColumnElement, and_, exists, select
from sqlalchemy.orm import Session, aliased

from dashboard.errors import N_, NotFound
from dashboard.labels import Label
from dashboard.models import Annotation, NewAnnotation, Phase
from dashboard.responses import RESPONSES, Flag, Kind
from dashboard.store.base import now
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotationRow, AnnotatorRow, AnswerRow, QuestionRow


def add_annotation(session: Session, answer_id: int, annotation: NewAnnotation) -> bool:
    """Append an event to an answer's history.

    Returns:
        False when the event is there already, which a double click or a repeated request causes.

    Raises:
        NotFound: There is no such answer.
    """
    if session.get(AnswerRow, answer_id) is None:
        raise NotFound(N_("The answer {found} is not in this project, so it got no label."), found=answer_id)
    if session.scalar(select(exists().where(AnnotationRow.event_id == annotation.event_id))):
        return False
    session.add(
        AnnotationRow(
            event_id=annotation.event_id,
            answer_id=answer_id,
            annotator_id=annotator_id(session, annotation.annotator),
            kind=annotation.kind.value,
            label=annotation.label.value if annotation.label else None,
            also=annotation.also.value if annotation.also else None,
            reason=annotation.reason,
            flags=",".join(flag.value for flag in annotation.flags),
            campaign=annotation.campaign,
            guideline_version=annotation.guideline_version,
            is_repeat=annotation.is_repeat,
            phase=annotation.phase.value,
            note=annotation.note,
            seconds=annotation.seconds,
            created_at=annotation.created_at or now(),
        )
    )
    session.flush()
    return True


def is_newest(phase: Phase | None = None, campaign: str | None = None) -> ColumnElement[bool]:
    """Return the condition that an `AnnotationRow` is its annotator's newest on that answer.

    Hidden repeats are never the newest: they measure a person against the first label, which stays.

    Args:
        phase: Consider only what was said in this phase; None for any.
        campaign: Consider only what was said in this campaign; None for anywhere.
    """
    found = [~AnnotationRow.is_repeat]
    if phase is not None:
        found.append(AnnotationRow.phase == phase.value)
    if campaign is not None:
        found.append(AnnotationRow.campaign == campaign)
    return and_(*found, ~has_newer(phase, campaign))


def has_newer(phase: Phase | None = None, campaign: str | None = None) -> ColumnElement[bool]:
    """Return the condition that an `AnnotationRow` has a newer one of those that `is_newest` considers."""
    newer = aliased(AnnotationRow)
    later = [
        newer.answer_id == AnnotationRow.answer_id,
        newer.annotator_id == AnnotationRow.annotator_id,
        newer.sequence > AnnotationRow.sequence,
        ~newer.is_repeat,
    ]
    if phase is not None:
        later.append(newer.phase == phase.value)
    if campaign is not None:
        later.append(newer.campaign == campaign)
    return exists().where(*later)


def gives_label() -> ColumnElement[bool]:
    """Return the condition that an `AnnotationRow` is a label, and not a skip or the like."""
    return AnnotationRow.kind == Kind.LABEL.value


def is_response() -> ColumnElement[bool]:
    """Return the condition that an `AnnotationRow` answers what was asked: a label, or "cannot tell"."""
    return AnnotationRow.kind.in_([kind.value for kind in RESPONSES])


def history(session: Session, answer_id: int) -> list[Annotation]:
    """Return everything that people said of an answer, oldest first."""
    return histories(session, [answer_id]).get(answer_id, [])


def histories(session: Session, answer_ids: Sequence[int]) -> dict[int, list[Annotation]]:
    """Return everything that people said of each of the answers, oldest first, in one query."""
    found: dict[int, list[Annotation]] = {}
    for answer_id, event in _read(session, AnnotationRow.answer_id.in_(answer_ids)):
        found.setdefault(answer_id, []).append(event)
    return found


def events_of_campaign(
    session: Session, campaign: str, annotator: str = ""
) -> Iterator[tuple[int, Annotation]]:
    """Yield the answer and the event of everything that was said in a campaign, oldest first."""
    conditions = [AnnotationRow.campaign == campaign]
    if annotator:
        conditions.append(AnnotatorRow.name == annotator)
    return _read(session, *conditions)


def _read(session: Session, *conditions: ColumnElement[bool]) -> Iterator[tuple[int, Annotation]]:
    columns = (
        AnnotationRow.answer_id,
        AnnotationRow.sequence,
        AnnotationRow.event_id,
        AnnotatorRow.name,
        AnnotationRow.label,
        AnnotationRow.phase,
        AnnotationRow.note,
        AnnotationRow.seconds,
        AnnotationRow.created_at,
        AnnotationRow.kind,
        AnnotationRow.also,
        AnnotationRow.reason,
        AnnotationRow.flags,
        AnnotationRow.campaign,
        AnnotationRow.guideline_version,
        AnnotationRow.is_repeat,
    )
    query = select(*columns).join(AnnotatorRow, AnnotatorRow.id == AnnotationRow.annotator_id)
    for row in session.execute(query.where(*conditions).order_by(AnnotationRow.sequence)):
        answer_id, sequence, event_id, name, label, phase, note, seconds, moment, kind, also, *rest = row
        reason, flags, campaign, version, is_repeat = rest
        yield (
            answer_id,
            Annotation(
                sequence,
                event_id,
                name,
                Label(label) if label else None,
                Phase(phase),
                note,
                seconds,
                moment,
                Kind(kind),
                Label(also) if also else None,
                reason,
                tuple(Flag(flag) for flag in flags.split(",")) if flags else (),
                campaign,
                version,
                is_repeat,
            ),
        )


def standing_of(
    session: Session, annotator: str, answer_id: int, campaign: str = "", is_repeat: bool = False
) -> Annotation | None:
    """Return what stands of one person on an answer in a campaign, or outside of any; None when nothing."""
    events = [
        event
        for _, event in _read(session, AnnotationRow.answer_id == answer_id, AnnotatorRow.name == annotator)
        if event.is_repeat == is_repeat and (not campaign or event.campaign == campaign)
    ]
    return events[-1] if events and events[-1].kind in RESPONSES else None


def last_said(session: Session, annotator: str, campaign: str) -> tuple[int, int, Annotation] | None:
    """Return what a person said last in a campaign and has not taken back since.

    Returns:
        The answer, its question's number, and the event; None when there is none.
    """
    newer = aliased(AnnotationRow)
    later = exists().where(
        newer.answer_id == AnnotationRow.answer_id,
        newer.annotator_id == AnnotationRow.annotator_id,
        newer.is_repeat == AnnotationRow.is_repeat,
        newer.campaign == AnnotationRow.campaign,
        newer.sequence > AnnotationRow.sequence,
    )
    query = (
        select(AnnotationRow.sequence, QuestionRow.number)
        .join(AnnotatorRow, AnnotatorRow.id == AnnotationRow.annotator_id)
        .join(AnswerRow, AnswerRow.id == AnnotationRow.answer_id)
        .join(QuestionRow, QuestionRow.id == AnswerRow.question_id)
        .where(
            AnnotatorRow.name == annotator,
            AnnotationRow.campaign == campaign,
            AnnotationRow.kind != Kind.WITHDRAWN.value,
            ~later,
        )
        .order_by(AnnotationRow.sequence.desc())
        .limit(1)
    )
    found = session.execute(query).first()
    if found is None:
        return None
    ((answer_id, event),) = _read(session, AnnotationRow.sequence == found[0])
    return answer_id, found[1], event


def standing(events: Iterable[Annotation]) -> dict[str, Annotation]:
    """Return what each annotator's newest event of a history says, where it is a response.

    Hidden repeats, and what was skipped or taken back since, are left out.
    """
    newest = {event.annotator: event for event in events if not event.is_repeat}
    return {name: event for name, event in newest.items() if event.kind in RESPONSES}
