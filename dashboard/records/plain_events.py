"""What people said, as plain JSON values."""

from typing import Any

from dashboard.errors import N_, RecordError
from dashboard.labels import Label
from dashboard.models import NewAnnotation, Phase
from dashboard.records.plain_values import Fields, write_moment
from dashboard.records.record import RecordAdjudication, RecordRelevance, RecordSupport
from dashboard.responses import Flag, Kind, Reason, Verdict


def write_annotation(event: NewAnnotation) -> dict[str, Any]:
    """Return a person's label."""
    return {
        "event_id": event.event_id,
        "annotator": event.annotator,
        "label": event.label.value if event.label else None,
        "phase": event.phase.value,
        "note": event.note,
        "seconds": event.seconds,
        "created_at": write_moment(event.created_at),
        "kind": event.kind.value,
        "also": event.also.value if event.also else None,
        "reason": event.reason,
        "flags": [flag.value for flag in event.flags],
        "campaign": event.campaign,
        "guideline_version": event.guideline_version,
        "is_repeat": event.is_repeat,
    }


def read_annotation(fields: Fields) -> NewAnnotation:
    """Return what a person said; only a label has a label."""
    event = NewAnnotation(
        event_id=fields.text("event_id"),
        annotator=fields.text("annotator"),
        label=fields.optional_member("label", Label),
        phase=fields.member("phase", Phase),
        note=fields.text("note", ""),
        seconds=fields.optional_number("seconds"),
        created_at=fields.moment("created_at"),
        kind=fields.optional_member("kind", Kind) or Kind.LABEL,
        also=fields.optional_member("also", Label),
        reason=_reason(fields),
        flags=fields.members("flags", Flag),
        campaign=fields.text("campaign", ""),
        guideline_version=fields.optional_integer("guideline_version"),
        is_repeat=fields.flag("is_repeat"),
    )
    if (event.kind is Kind.LABEL) != (event.label is not None):
        raise RecordError(
            N_("{field}: expected one of {expected} just where the kind is “label”, found {found}."),
            field=fields.name("label"),
            expected=", ".join(Label),
            found=event.label,
        )
    return event


def _reason(fields: Fields) -> str:
    reason = fields.text("reason", "")
    return fields.member("reason", Reason).value if reason else ""


def write_support(event: RecordSupport) -> dict[str, Any]:
    """Return a verdict on a citation."""
    return {
        "citation": event.citation,
        "rank": event.rank,
        "annotator": event.annotator,
        "verdict": event.verdict.value,
        "event_id": event.event_id,
        "phase": event.phase.value,
        "seconds": event.seconds,
        "created_at": write_moment(event.created_at),
    }


def read_support(fields: Fields) -> RecordSupport:
    """Return a verdict on a citation."""
    return RecordSupport(
        citation=fields.integer("citation", low=0, high=10**6),
        rank=fields.integer("rank", low=1, high=10**6),
        annotator=fields.text("annotator"),
        verdict=fields.member("verdict", Verdict),
        event_id=fields.text("event_id"),
        created_at=fields.moment("created_at"),
        phase=fields.optional_member("phase", Phase) or Phase.BLIND,
        seconds=fields.optional_number("seconds"),
    )


def write_adjudication(event: RecordAdjudication) -> dict[str, Any]:
    """Return the event that settled a label."""
    return {
        "event_id": event.event_id,
        "annotator": event.annotator,
        "label": event.label.value,
        "reason": event.reason,
        "phase": event.phase.value,
        "seconds": event.seconds,
        "created_at": write_moment(event.created_at),
    }


def read_adjudication(fields: Fields) -> RecordAdjudication:
    """Return the event that settled a label."""
    return RecordAdjudication(
        event_id=fields.text("event_id"),
        annotator=fields.text("annotator"),
        label=fields.member("label", Label),
        reason=fields.text("reason", ""),
        created_at=fields.moment("created_at"),
        phase=fields.optional_member("phase", Phase) or Phase.REVEALED,
        seconds=fields.optional_number("seconds"),
    )


def write_relevance(event: RecordRelevance) -> dict[str, Any]:
    """Return a relevance grade."""
    return {
        "corpus_id": event.corpus_id,
        "annotator": event.annotator,
        "grade": event.grade,
        "event_id": event.event_id,
        "phase": event.phase.value,
        "seconds": event.seconds,
        "created_at": write_moment(event.created_at),
    }


def read_relevance(fields: Fields) -> RecordRelevance:
    """Return a relevance grade from 0 to 3."""
    return RecordRelevance(
        corpus_id=fields.integer("corpus_id"),
        annotator=fields.text("annotator"),
        grade=fields.integer("grade", low=0, high=3),
        event_id=fields.text("event_id"),
        created_at=fields.moment("created_at"),
        phase=fields.optional_member("phase", Phase) or Phase.BLIND,
        seconds=fields.optional_number("seconds"),
    )
