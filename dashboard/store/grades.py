"""What retrieval is measured with: relevance grades, known lectures, and the rankings that runs stored."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from dashboard.store.schema import (
    AnswerRow,
    HitRow,
    JudgementRow,
    QuestionRow,
    QuestionTagRow,
    RelevanceRow,
    SegmentRow,
    VideoRow,
)

BATCH = 500
"""Ids in one query: below every database's limit of bound variables."""


class StoredRanking(NamedTuple):
    """What a run found for a question: the segments best first, and the retriever's score of each."""

    answer_id: int
    segments: tuple[int, ...]
    scores: tuple[float, ...]


def peoples_grades(session: Session) -> dict[tuple[int, int], list[int]]:
    """Return each person's newest grade of every graded question and segment."""
    columns = (
        RelevanceRow.question_id,
        RelevanceRow.segment_id,
        RelevanceRow.annotator_id,
        RelevanceRow.grade,
    )
    newest: dict[tuple[int, int], dict[int, int]] = {}
    for question_id, segment_id, person, grade in session.execute(
        select(*columns).order_by(RelevanceRow.sequence)
    ):
        newest.setdefault((question_id, segment_id), {})[person] = grade
    return {place: list(grades.values()) for place, grades in newest.items()}


def middle_grade(given: Sequence[int]) -> int:
    """Return the middle one of several grades; of two, the lower, as a judge in doubt is told to give."""
    return sorted(given)[(len(given) - 1) // 2]


def judges_grades(session: Session, judge_id: int) -> dict[tuple[int, int], list[int]]:
    """Return a judge's grades of every question and segment, one for each answer under which it stood.

    Grades are kept in the order of the hits. Where they are not as many, none can be told whose it is.
    """
    query = (
        select(AnswerRow.id, AnswerRow.question_id, JudgementRow.details)
        .join(AnswerRow, AnswerRow.id == JudgementRow.answer_id)
        .where(JudgementRow.judge_id == judge_id)
        .order_by(JudgementRow.id)
    )
    given = {
        answer_id: (question_id, details["grades"])
        for answer_id, question_id, details in session.execute(query)
        if details.get("grades")
    }
    found: dict[tuple[int, int], list[int]] = {}
    hits = _hits(session, list(given))
    for answer_id, (question_id, grades) in given.items():
        segments = [segment_id for segment_id, _ in hits.get(answer_id, ())]
        if len(segments) == len(grades):
            for segment_id, grade in zip(segments, grades, strict=True):
                found.setdefault((question_id, segment_id), []).append(int(grade))
    return found


def question_texts(session: Session, ids: Sequence[int]) -> dict[int, str]:
    """Return the text of each question, in ascending order of id."""
    found: dict[int, str] = {}
    for batch in _batches(sorted(ids)):
        query = select(QuestionRow.id, QuestionRow.text).where(QuestionRow.id.in_(batch))
        found.update(dict(session.execute(query.order_by(QuestionRow.id)).all()))
    return found


def question_numbers(session: Session, ids: Sequence[int]) -> dict[int, int]:
    """Return the number of each question."""
    query = select(QuestionRow.id, QuestionRow.number).where(QuestionRow.id.in_(ids))
    return dict(session.execute(query).all())


def answers_to(session: Session, question_ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the answers to each question, oldest first."""
    found: dict[int, list[int]] = {}
    query = select(AnswerRow.question_id, AnswerRow.id).where(AnswerRow.question_id.in_(question_ids))
    for question_id, answer_id in session.execute(query.order_by(AnswerRow.id)):
        found.setdefault(question_id, []).append(answer_id)
    return found


def is_anything_graded(session: Session) -> bool:
    """Return whether a person has graded a segment."""
    return bool(session.scalar(select(exists().select_from(RelevanceRow))))


def tagged_questions(session: Session) -> list[tuple[int, str, str]]:
    """Return id and text of every question with each of its tags."""
    query = (
        select(QuestionRow.id, QuestionRow.text, QuestionTagRow.tag)
        .join(QuestionTagRow, QuestionTagRow.question_id == QuestionRow.id)
        .order_by(QuestionRow.id, QuestionTagRow.position)
    )
    return [(question_id, text, tag) for question_id, text, tag in session.execute(query)]


def video_titles(session: Session) -> list[tuple[str, str]]:
    """Return id and title of every lecture in which something can be found, by title."""
    has_segments = select(SegmentRow.id).where(SegmentRow.video_id == VideoRow.video_id, SegmentRow.active)
    query = select(VideoRow.video_id, VideoRow.title).where(has_segments.exists())
    return [
        (video_id, title)
        for video_id, title in session.execute(query.order_by(VideoRow.title, VideoRow.video_id))
    ]


def segments_by_video(session: Session) -> dict[str, list[int]]:
    """Return the segments that can be found of each lecture."""
    found: dict[str, list[int]] = {}
    query = select(SegmentRow.video_id, SegmentRow.id).where(SegmentRow.active).order_by(SegmentRow.id)
    for video_id, segment_id in session.execute(query):
        if video_id:
            found.setdefault(video_id, []).append(segment_id)
    return found


def rankings_of_run(session: Session, run_id: int) -> dict[int, StoredRanking]:
    """Return what a run found for each question; of several answers to a question the newest counts."""
    query = (
        select(AnswerRow.question_id, AnswerRow.id).where(AnswerRow.run_id == run_id).order_by(AnswerRow.id)
    )
    answers: dict[int, int] = dict(session.execute(query).all())
    hits = _hits(session, list(answers.values()))
    found = {}
    for question_id, answer_id in answers.items():
        pairs = hits.get(answer_id, [])
        found[question_id] = StoredRanking(
            answer_id, tuple(segment for segment, _ in pairs), tuple(score for _, score in pairs)
        )
    return found


def _hits(session: Session, answer_ids: Sequence[int]) -> dict[int, list[tuple[int, float]]]:
    found: dict[int, list[tuple[int, float]]] = {}
    for batch in _batches(answer_ids):
        query = (
            select(HitRow.answer_id, HitRow.segment_id, HitRow.score)
            .where(HitRow.answer_id.in_(batch))
            .order_by(HitRow.answer_id, HitRow.rank)
        )
        for answer_id, segment_id, score in session.execute(query):
            found.setdefault(answer_id, []).append((segment_id, score))
    return found


def _batches(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for first in range(0, len(ids), BATCH):
        yield ids[first : first + BATCH]
