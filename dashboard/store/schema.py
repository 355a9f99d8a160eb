"""The tables, one typed class per noun. Migrations create them; nothing else does."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from dashboard.store.base import SERIAL, Base, now


class ProjectFact(Base):
    """A fact about the whole project, such as its identity or that it is the demonstration."""

    __tablename__ = "project_fact"
    name: Mapped[str] = mapped_column(String(50), primary_key=True)
    value: Mapped[str]


class Revision(Base):
    """A counter that every write raises, so that cached reads know when they are stale.

    `all` counts every write, `corpus` those that change which segments can be found.
    """

    __tablename__ = "revision"
    name: Mapped[str] = mapped_column(String(20), primary_key=True)
    value: Mapped[int] = mapped_column(BigInteger)


class VideoRow(Base):
    """A lecture and what it was read from."""

    __tablename__ = "video"
    video_id: Mapped[str] = mapped_column(String(200), primary_key=True)
    title: Mapped[str]
    title_en: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    year: Mapped[int | None]
    language: Mapped[str] = mapped_column(String(20), default="")
    caption_kind: Mapped[str] = mapped_column(String(50), default="")
    source_name: Mapped[str] = mapped_column(default="")
    source_hash: Mapped[str] = mapped_column(String(64), default="")
    duration_s: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class SegmentRow(Base):
    """A stretch of a transcript. `active` ones can be found; the others live on for what refers to them.

    An id is never given twice, so that an index from before a deletion cannot point to another text.
    """

    __tablename__ = "segment"
    __table_args__ = (
        Index(None, "corpus_id"),
        Index(None, "video_id", "position"),
        Index(None, "active", "id"),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    corpus_id: Mapped[int] = mapped_column(BigInteger)
    video_id: Mapped[str | None] = mapped_column(ForeignKey("video.video_id"))
    position: Mapped[int] = mapped_column(default=0)
    start_s: Mapped[float | None]
    end_s: Mapped[float | None]
    text: Mapped[str]
    content_hash: Mapped[str] = mapped_column(String(64))
    url: Mapped[str] = mapped_column(default="")
    tokens: Mapped[int | None]
    active: Mapped[bool] = mapped_column(default=True)
    video: Mapped[VideoRow | None] = relationship(lazy="joined")


class QuestionRow(Base):
    """A question with its number. Imports may bring a number that is taken, so it is not an identity."""

    __tablename__ = "question"
    __table_args__ = (Index(None, "text_hash"), Index(None, "number"))
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
    text: Mapped[str]
    text_hash: Mapped[str] = mapped_column(String(64))
    reference_answer: Mapped[str] = mapped_column(default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    tags: Mapped[list["QuestionTagRow"]] = relationship(order_by="QuestionTagRow.position")


class QuestionTagRow(Base):
    """A tag on a question."""

    __tablename__ = "question_tag"
    __table_args__ = (Index(None, "tag"),)
    question_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("question.id"), primary_key=True)
    tag: Mapped[str] = mapped_column(String(200), primary_key=True)
    position: Mapped[int] = mapped_column(default=0)


class RunRow(Base):
    """A frozen configuration that produced answers; `key` is the hash of all that defines it."""

    __tablename__ = "run"
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    retriever: Mapped[str]
    encoder: Mapped[str]
    k: Mapped[int]
    answerer: Mapped[str]
    prompt_version: Mapped[str]
    bank: Mapped[str]
    details: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class AnswerRow(Base):
    """An answer of one run to one question. `queued_at` is when it was sent to annotation."""

    __tablename__ = "answer"
    __table_args__ = (Index(None, "question_id"), Index(None, "run_id"), Index(None, "queued_at", "id"))
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    question_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("question.id"))
    run_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("run.id"))
    text: Mapped[str]
    model: Mapped[str]
    latency_ms: Mapped[float | None]
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    layout: Mapped[dict[str, Any]] = mapped_column(default=dict)
    queued_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    hits: Mapped[list["HitRow"]] = relationship(order_by="HitRow.rank")
    references: Mapped[list["ReferenceRow"]] = relationship(order_by="ReferenceRow.position")


class HitRow(Base):
    """A segment at a rank under an answer, with its score as the retriever gave it."""

    __tablename__ = "hit"
    __table_args__ = (Index(None, "segment_id"),)
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"), primary_key=True)
    rank: Mapped[int] = mapped_column(primary_key=True)
    segment_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("segment.id"))
    score: Mapped[float]
    score_text: Mapped[str] = mapped_column(default="")
    url_hidden: Mapped[bool] = mapped_column(default=False)


class ReferenceRow(Base):
    """A source that an answer names; `rank` is the cited hit's rank where it is known."""

    __tablename__ = "reference"
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    url: Mapped[str]
    rank: Mapped[int | None]


class AnnotatorRow(Base):
    """A person who labels."""

    __tablename__ = "annotator"
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class Event:
    """What every append-only event of a person carries. `sequence` orders them whatever the clocks say."""

    sequence: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    event_id: Mapped[str] = mapped_column(String(64), unique=True)
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    phase: Mapped[str] = mapped_column(String(10))
    seconds: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class AnnotationRow(Event, Base):
    """What a person said of an answer. The newest event of a person, repeats aside, is what counts."""

    __tablename__ = "annotation"
    __table_args__ = (
        Index(None, "answer_id", "annotator_id", "sequence"),
        Index(None, "annotator_id", "answer_id"),
        Index(None, "campaign", "annotator_id", "sequence"),
        CheckConstraint("label IN ('I', 'P', 'C')", name="label"),
        CheckConstraint("also IN ('I', 'P', 'C')", name="also"),
        CheckConstraint("kind IN ('label', 'cannot_tell', 'skip', 'withdrawn')", name="kind"),
        CheckConstraint("(kind = 'label') = (label IS NOT NULL)", name="kind_label"),
        CheckConstraint("phase IN ('blind', 'revealed')", name="phase"),
    )
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"))
    kind: Mapped[str] = mapped_column(String(12), default="label")
    label: Mapped[str | None] = mapped_column(String(1))
    also: Mapped[str | None] = mapped_column(String(1))
    reason: Mapped[str] = mapped_column(String(20), default="")
    flags: Mapped[str] = mapped_column(String(200), default="")
    note: Mapped[str] = mapped_column(default="")
    campaign: Mapped[str] = mapped_column(String(200), default="")
    guideline_version: Mapped[int | None]
    is_repeat: Mapped[bool] = mapped_column(default=False)


class RelevanceRow(Event, Base):
    """A person's grade, 0 to 3, of a segment for a question."""

    __tablename__ = "relevance"
    __table_args__ = (
        Index(None, "question_id", "segment_id", "annotator_id", "sequence"),
        CheckConstraint("grade BETWEEN 0 AND 3", name="grade"),
        CheckConstraint("phase IN ('blind', 'revealed')", name="phase"),
    )
    question_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("question.id"))
    segment_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("segment.id"))
    grade: Mapped[int]


class SupportRow(Event, Base):
    """A person's verdict on whether a cited moment supports the sentence that cites it."""

    __tablename__ = "support"
    __table_args__ = (
        Index(None, "answer_id", "annotator_id", "sequence"),
        CheckConstraint("verdict IN ('yes', 'partly', 'no')", name="verdict"),
        CheckConstraint("phase IN ('blind', 'revealed')", name="phase"),
    )
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"))
    citation: Mapped[int]
    rank: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))


class AdjudicationRow(Event, Base):
    """The agreed label of an answer; the newest event counts."""

    __tablename__ = "adjudication"
    __table_args__ = (
        Index(None, "answer_id", "sequence"),
        CheckConstraint("label IN ('I', 'P', 'C')", name="label"),
        CheckConstraint("phase IN ('blind', 'revealed')", name="phase"),
    )
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"))
    label: Mapped[str] = mapped_column(String(1))
    reason: Mapped[str] = mapped_column(default="")


class ExposureRow(Base):
    """A person was shown what judges, or others, said of an answer; a later label is `revealed`."""

    __tablename__ = "exposure"
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"), primary_key=True)
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class JudgeRow(Base):
    """Rubric, prompt version, model and parameters; `key` is their hash."""

    __tablename__ = "judge"
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str]
    rubric: Mapped[str]
    prompt_version: Mapped[str]
    model: Mapped[str]
    parameters: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


class JudgementRow(Base):
    """A judge's verdict on an answer. Without a label it is unscored and `error` says why."""

    __tablename__ = "judgement"
    __table_args__ = (
        UniqueConstraint("answer_id", "judge_id"),
        Index(None, "judge_id", "answer_id"),
        CheckConstraint("label IN ('I', 'P', 'C')", name="label"),
    )
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"))
    judge_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("judge.id"))
    raw_score: Mapped[float | None]
    score: Mapped[float | None]
    label: Mapped[str | None] = mapped_column(String(1))
    reasoning: Mapped[str] = mapped_column(default="")
    raw_reply: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    latency_ms: Mapped[float | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    reason: Mapped[str] = mapped_column(String(20), default="")
    is_cached: Mapped[bool] = mapped_column(default=False)
    suspicions: Mapped[list[str]] = mapped_column(default=list)
    details: Mapped[dict[str, Any]] = mapped_column(default=dict)


APPEND_ONLY = (AnnotationRow, RelevanceRow, SupportRow, AdjudicationRow)
"""Tables whose rows the database itself refuses to change or delete."""
