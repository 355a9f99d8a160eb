"""Answers with everything under them, in a handful of queries however many there are.

Columns are read instead of mapped rows: a long export spends most of its time here.
"""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from dashboard.models import Answer, Hit, Question, Reference, Run, Segment
from dashboard.store.runs import to_run
from dashboard.store.schema import (
    AnswerRow,
    HitRow,
    QuestionRow,
    QuestionTagRow,
    ReferenceRow,
    RunRow,
    SegmentRow,
    VideoRow,
)


def read_answers(session: Session, answer_ids: Sequence[int]) -> list[Answer]:
    """Return answers with everything under them, in the order of the ids; unknown ids are left out."""
    columns = (
        AnswerRow.id,
        AnswerRow.key,
        AnswerRow.question_id,
        AnswerRow.run_id,
        AnswerRow.text,
        AnswerRow.model,
        AnswerRow.queued_at,
        AnswerRow.created_at,
        AnswerRow.latency_ms,
        AnswerRow.tokens_in,
        AnswerRow.tokens_out,
        AnswerRow.layout,
    )
    rows = {row.id: row for row in session.execute(select(*columns).where(AnswerRow.id.in_(answer_ids)))}
    questions = _questions(session, {row.question_id for row in rows.values()})
    runs = _runs(session, {row.run_id for row in rows.values()})
    hits, references = _hits(session, answer_ids), _references(session, answer_ids)
    return [
        Answer(
            answer_id=row.id,
            key=row.key,
            question=questions[row.question_id],
            run=runs[row.run_id],
            text=row.text,
            model=row.model,
            hits=tuple(hits.get(row.id, ())),
            references=tuple(references.get(row.id, ())),
            queued=row.queued_at is not None,
            created_at=row.created_at,
            latency_ms=row.latency_ms,
            tokens_in=row.tokens_in,
            tokens_out=row.tokens_out,
            layout=row.layout,
        )
        for row in (rows[answer_id] for answer_id in answer_ids if answer_id in rows)
    ]


def _questions(session: Session, ids: set[int]) -> dict[int, Question]:
    tags: dict[int, list[str]] = {}
    tagged = select(QuestionTagRow.question_id, QuestionTagRow.tag).where(QuestionTagRow.question_id.in_(ids))
    for question_id, tag in session.execute(tagged.order_by(QuestionTagRow.position)):
        tags.setdefault(question_id, []).append(tag)
    asked = select(QuestionRow.id, QuestionRow.number, QuestionRow.text, QuestionRow.reference_answer)
    return {
        question_id: Question(question_id, number, text, tuple(tags.get(question_id, ())), reference)
        for question_id, number, text, reference in session.execute(asked.where(QuestionRow.id.in_(ids)))
    }


def _runs(session: Session, ids: set[int]) -> dict[int, Run]:
    return {row.id: to_run(row) for row in session.scalars(select(RunRow).where(RunRow.id.in_(ids)))}


def _hits(session: Session, answer_ids: Sequence[int]) -> dict[int, list[Hit]]:
    query = (
        select(
            HitRow.answer_id,
            HitRow.segment_id,
            HitRow.rank,
            HitRow.score,
            HitRow.score_text,
            HitRow.url_hidden,
        )
        .where(HitRow.answer_id.in_(answer_ids))
        .order_by(HitRow.answer_id, HitRow.rank)
    )
    rows = session.execute(query).all()
    segments = _segments(session, answer_ids)
    found: dict[int, list[Hit]] = {}
    for answer_id, segment_id, rank, score, score_text, url_hidden in rows:
        found.setdefault(answer_id, []).append(Hit(rank, segments[segment_id], score, score_text, url_hidden))
    return found


def _segments(session: Session, answer_ids: Sequence[int]) -> dict[int, Segment]:
    """Return the segments that the answers' hits name, each once, although many hits share one."""
    wanted = select(HitRow.segment_id).where(HitRow.answer_id.in_(answer_ids))
    query = (
        select(
            SegmentRow.id,
            SegmentRow.corpus_id,
            SegmentRow.video_id,
            VideoRow.title,
            SegmentRow.url,
            VideoRow.url,
            SegmentRow.start_s,
            SegmentRow.end_s,
            SegmentRow.text,
            SegmentRow.content_hash,
        )
        .join(VideoRow, VideoRow.video_id == SegmentRow.video_id, isouter=True)
        .where(SegmentRow.id.in_(wanted))
    )
    found = {}
    for key, corpus_id, video_id, title, url, video_url, start_s, end_s, text, content in session.execute(
        query
    ):
        address = url or video_url or ""
        found[key] = Segment(
            key, corpus_id, video_id or "", title or "", address, start_s, end_s, text, content
        )
    return found


def _references(session: Session, answer_ids: Sequence[int]) -> dict[int, list[Reference]]:
    query = (
        select(ReferenceRow.answer_id, ReferenceRow.title, ReferenceRow.url, ReferenceRow.rank)
        .where(ReferenceRow.answer_id.in_(answer_ids))
        .order_by(ReferenceRow.answer_id, ReferenceRow.position)
    )
    found: dict[int, list[Reference]] = {}
    for answer_id, title, url, rank in session.execute(query):
        found.setdefault(answer_id, []).append(Reference(title, url, rank))
    return found
