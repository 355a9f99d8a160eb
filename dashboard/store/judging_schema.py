"""The tables of judging: rubric texts, what model servers said and can do, and jobs with their items."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import SERIAL, Base, now


class RubricRow(Base):
    """A version of a rubric's text; a change is another version. Nobody wrote those that came along."""

    __tablename__ = "rubric"
    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    language: Mapped[str] = mapped_column(String(20), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    annotator_id: Mapped[int | None] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class ReplyRow(Base):
    """What a model said to a request, under the hash of model, messages and parameters."""

    __tablename__ = "reply"
    request_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    model: Mapped[str]
    text: Mapped[str]
    tokens_in: Mapped[int | None]
    tokens_out: Mapped[int | None]
    latency_ms: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(default=now)


class OutputModeRow(Base):
    """The strictest form of reply that a server can give with a model. Its address is kept as a hash only."""

    __tablename__ = "output_mode"
    server_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    model: Mapped[str] = mapped_column(String(200), primary_key=True)
    mode: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime] = mapped_column(default=now)


class JobRow(Base):
    """Answers that a judge is to judge, within limits. `note` says why it ended before its time.

    None stands for no limit: requests and tokens are those of a minute, `budget_tokens` and `budget_money`
    those of the whole job. One worker at a time drives it, which shows its life by moving `leased_until` on.
    """

    __tablename__ = "job"
    __table_args__ = (
        Index(None, "judge_id", "state"),
        CheckConstraint("state IN ('running', 'stopped', 'exhausted', 'failed', 'done')", name="state"),
    )
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    judge_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("judge.id"))
    state: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(default="")
    concurrency: Mapped[int]
    requests_a_minute: Mapped[int | None]
    tokens_a_minute: Mapped[int | None] = mapped_column(BigInteger)
    budget_tokens: Mapped[int | None] = mapped_column(BigInteger)
    budget_money: Mapped[float | None]
    worker: Mapped[str] = mapped_column(String(32), default="")
    leased_until: Mapped[datetime | None]
    annotator_id: Mapped[int | None] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]


class JobItemRow(Base):
    """An answer of a job, and what judging it cost. `outcome` is empty while it waits."""

    __tablename__ = "job_item"
    __table_args__ = (
        Index(None, "job_id", "outcome", "answer_id"),
        CheckConstraint("outcome IN ('', 'judged', 'unscored')", name="outcome"),
    )
    job_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("job.id"), primary_key=True)
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"), primary_key=True)
    outcome: Mapped[str] = mapped_column(String(10), default="")
    is_cached: Mapped[bool] = mapped_column(default=False)
    tokens_in: Mapped[int] = mapped_column(BigInteger, default=0)
    tokens_out: Mapped[int] = mapped_column(BigInteger, default=0)
    ended_at: Mapped[datetime | None]
