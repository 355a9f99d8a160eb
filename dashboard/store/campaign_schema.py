"""The tables of campaigns: who labels what, how often, and who holds what at this moment."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from dashboard.store.base import SERIAL, Base, now


class CampaignRow(Base):
    """A set of answers that certain people label under certain rules, which never change."""

    __tablename__ = "campaign"
    id: Mapped[int] = mapped_column(SERIAL, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    labels_per_answer: Mapped[int]
    is_blind: Mapped[bool]
    order: Mapped[str] = mapped_column("ordering", String(20))
    seed: Mapped[int]
    repeat_share: Mapped[float]
    is_assigned: Mapped[bool]
    created_by: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)
    closed_at: Mapped[datetime | None]


class GuidelinesRow(Base):
    """A version of a campaign's guidelines; a change is another version."""

    __tablename__ = "guidelines"
    campaign_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("campaign.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"))
    created_at: Mapped[datetime] = mapped_column(default=now)


class MemberRow(Base):
    """A person who was invited to a campaign, or who came. `joined_at` is when the queue was made."""

    __tablename__ = "member"
    campaign_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("campaign.id"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"), primary_key=True)
    is_invited: Mapped[bool]
    joined_at: Mapped[datetime | None]


class ItemRow(Base):
    """An answer of a campaign, at its place in the campaign's order, and the labels it still needs."""

    __tablename__ = "item"
    __table_args__ = (Index(None, "campaign_id", "labels_left"), Index(None, "campaign_id", "position"))
    campaign_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("campaign.id"), primary_key=True)
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"), primary_key=True)
    position: Mapped[int]
    labels_left: Mapped[int]


class TurnRow(Base):
    """A place in a person's queue.

    While `leased_until` lies ahead nobody else gets this label of the answer. It is `closed` when others gave
    all the labels that the answer needs. `last_at` is when it was done or skipped.
    """

    __tablename__ = "turn"
    __table_args__ = (
        Index(None, "campaign_id", "annotator_id", "state", "position"),
        Index(None, "campaign_id", "answer_id", "leased_until"),
        Index(None, "annotator_id", "answer_id"),
        UniqueConstraint("campaign_id", "annotator_id", "answer_id", "is_repeat"),
        CheckConstraint("state IN ('waiting', 'skipped', 'done', 'closed')", name="state"),
    )
    campaign_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("campaign.id"), primary_key=True)
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"))
    is_repeat: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    leased_until: Mapped[datetime | None]
    last_at: Mapped[datetime | None]


class DraftRow(Base):
    """What a person has entered for an answer and not yet sent; `campaign` is empty outside of any."""

    __tablename__ = "draft"
    annotator_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("annotator.id"), primary_key=True)
    answer_id: Mapped[int] = mapped_column(SERIAL, ForeignKey("answer.id"), primary_key=True)
    campaign: Mapped[str] = mapped_column(String(200), primary_key=True)
    is_repeat: Mapped[bool] = mapped_column(primary_key=True)
    content: Mapped[dict[str, Any]]
    changed_at: Mapped[datetime] = mapped_column(default=now)
