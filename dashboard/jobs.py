"""Judging jobs as plain values: what is to be judged within which limits, and how far it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from dashboard.models import Judge

Prices = Mapping[str, tuple[float, float]]
"""What a million tokens cost, read and written, by model; the currency is whatever the operator counts in."""


class JobState(StrEnum):
    """Where a job is. All but `DONE` can be continued."""

    RUNNING = "running"
    STOPPED = "stopped"
    EXHAUSTED = "exhausted"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class JobLimits:
    """How fast a job may go, and what it may cost; None stands for no limit.

    Attributes:
        concurrency: Answers judged at the same time, 1 or more.
        requests_a_minute: Requests to the model server in any minute.
        tokens_a_minute: Tokens in any minute, estimated before each request.
        budget_tokens: Tokens, read and written, of the whole job.
        budget_money: Money of the whole job, by the price table of the settings.
    """

    concurrency: int = 8
    requests_a_minute: int | None = None
    tokens_a_minute: int | None = None
    budget_tokens: int | None = None
    budget_money: float | None = None


@dataclass(frozen=True, slots=True)
class JobCounts:
    """How many answers of a job wait or have ended, and what the ended ones took."""

    waiting: int = 0
    judged: int = 0
    unscored: int = 0
    cached: int = 0
    tokens_in: int = 0
    tokens_out: int = 0

    @property
    def ended(self) -> int:
        """Answers that need nothing more."""
        return self.judged + self.unscored

    @property
    def total(self) -> int:
        """All answers of the job."""
        return self.waiting + self.ended

    @property
    def tokens(self) -> int:
        """Tokens read and written."""
        return self.tokens_in + self.tokens_out


@dataclass(frozen=True, slots=True)
class Job:
    """A stored job; `is_driven` while a worker shows its life, `note` says why it ended before its time."""

    job_id: int
    judge: Judge
    state: JobState
    limits: JobLimits
    note: str
    created_by: str
    created_at: datetime
    ended_at: datetime | None
    is_driven: bool


def money(prices: Prices, model: str, tokens_in: float, tokens_out: float) -> float | None:
    """Return what tokens of a model cost; None when the price table does not name the model."""
    price = prices.get(model)
    return None if price is None else (tokens_in * price[0] + tokens_out * price[1]) / 1_000_000
