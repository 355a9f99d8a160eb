"""The evidence of answers that people labelled, and what people flagged about them."""

from typing import NamedTuple

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from dashboard.responses import Flag
from dashboard.store.annotations import gives_label, is_newest, is_response
from dashboard.store.schema import AdjudicationRow, AnnotationRow, AnswerRow, HitRow


class Evidence(NamedTuple):
    """An answer's question and run, and the segments that it was given, best first."""

    question_id: int
    run_id: int
    segments: tuple[int, ...]


def evidence_of_labelled(session: Session) -> dict[int, Evidence]:
    """Return the evidence of each answer that anybody labelled or adjudicated, in one query."""
    labelled = exists().where(AnnotationRow.answer_id == AnswerRow.id, gives_label())
    agreed = exists().where(AdjudicationRow.answer_id == AnswerRow.id)
    query = (
        select(AnswerRow.id, AnswerRow.question_id, AnswerRow.run_id, HitRow.segment_id)
        .outerjoin(HitRow, HitRow.answer_id == AnswerRow.id)
        .where(or_(labelled, agreed))
        .order_by(AnswerRow.id, HitRow.rank)
    )
    places: dict[int, tuple[int, int]] = {}
    segments: dict[int, list[int]] = {}
    for answer_id, question_id, run_id, segment_id in session.execute(query):
        places[answer_id] = (question_id, run_id)
        if segment_id is not None:
            segments.setdefault(answer_id, []).append(segment_id)
    return {
        answer_id: Evidence(*place, tuple(segments.get(answer_id, ()))) for answer_id, place in places.items()
    }


def flags_of_answers(session: Session) -> dict[int, frozenset[Flag]]:
    """Return what people flagged about each answer that has any flag; of each person the newest counts."""
    query = select(AnnotationRow.answer_id, AnnotationRow.flags).where(
        AnnotationRow.flags != "", is_newest(), is_response()
    )
    found: dict[int, frozenset[Flag]] = {}
    for answer_id, flags in session.execute(query):
        given = frozenset(Flag(flag) for flag in flags.split(","))
        found[answer_id] = found.get(answer_id, frozenset()) | given
    return found
