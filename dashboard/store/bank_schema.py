"""The tables of the question bank: where answers are known, and what a run is to answer."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import SERIAL, Base


class QuestionLinkRow(Base):
    """The lecture, or the moment of it, in which a question's answer is known."""

    __tablename__ = "question_link"
    __table_args__ = (Index(None, "video_id"),)
    question_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("question.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    video_id: Mapped[str | None] = mapped_column(ForeignKey("video.video_id"))
    start_s: Mapped[float | None]


class RunQuestionRow(Base):
    """A question that a run is to answer. `error` says why the last try failed, empty where none did."""

    __tablename__ = "run_question"
    __table_args__ = (Index(None, "question_id"),)
    run_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("run.id"), primary_key=True)
    question_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("question.id"), primary_key=True)
    position: Mapped[int]
    error: Mapped[str] = mapped_column(default="")
