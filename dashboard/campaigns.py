"""Campaigns as plain values: which answers are labelled, how often, by whom and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from dashboard.errors import N_
from dashboard.labels import Label
from dashboard.responses import Flag


class Order(StrEnum):
    """In which order a person gets the answers of a campaign."""

    RANDOM = "random"
    QUESTION = "question"
    UNSURE = "unsure"
    DISAGREE = "disagree"
    TAG = "tag"


ORDER_TEXTS: dict[Order, str] = {
    Order.RANDOM: N_("random, another for each person"),
    Order.QUESTION: N_("by question number"),
    Order.UNSURE: N_("where judges are unsure first"),
    Order.DISAGREE: N_("where judges disagree first"),
    Order.TAG: N_("stratified by tag"),
}


@dataclass(frozen=True, slots=True)
class NewCampaign:
    """A campaign before it is stored; nothing of it changes afterwards but its guidelines and its end.

    Attributes:
        name: Unique; events carry it.
        labels_per_answer: How many independent labels each answer needs, 1 or more.
        is_blind: Whether judges, other people, model and run stay hidden until a person has labelled.
        order: In which order people get the answers.
        seed: From which random orders and hidden repeats are drawn.
        repeat_share: Share of a person's answers, 0 to 0.5, that come a second time unannounced.
        members: Who takes part; empty for whoever comes.
        is_assigned: Whether each answer is given to certain members beforehand, evenly and in turn.
        guidelines: Markdown, the first version.
    """

    name: str
    labels_per_answer: int = 1
    is_blind: bool = True
    order: Order = Order.RANDOM
    seed: int = 0
    repeat_share: float = 0.0
    members: tuple[str, ...] = ()
    is_assigned: bool = False
    guidelines: str = ""


@dataclass(frozen=True, slots=True)
class Campaign:
    """A stored campaign.

    Attributes:
        members: Who was invited, and who came.
        guideline_version: The newest version of its guidelines, counted from 1.
        closed_at: When it was ended by hand; None while it runs.
        is_open_to_all: Whether it names nobody, so that whoever comes takes part.
    """

    campaign_id: int
    name: str
    labels_per_answer: int
    is_blind: bool
    order: Order
    seed: int
    repeat_share: float
    members: tuple[str, ...]
    is_assigned: bool
    created_by: str
    created_at: datetime
    closed_at: datetime | None
    guideline_version: int
    is_open_to_all: bool


@dataclass(frozen=True, slots=True)
class Guidelines:
    """One version of a campaign's guidelines, in Markdown."""

    version: int
    text: str
    annotator: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Turn:
    """A place in a person's queue: an answer that this person is to label, or to label again.

    Attributes:
        position: Counted from 1 within the person's queue; with campaign and person it identifies the turn.
        is_repeat: Whether it is a hidden repeat of an answer that this person has labelled.
    """

    campaign: Campaign
    position: int
    answer_id: int
    is_repeat: bool


@dataclass(frozen=True, slots=True)
class Draft:
    """What a person has entered for an answer and not yet sent.

    `label` is what an undone response had said; it is shown, not given.
    """

    note: str = ""
    flags: tuple[Flag, ...] = ()
    also: Label | None = None
    label: Label | None = None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to keep."""
        return self == Draft()

    def to_json(self) -> dict[str, Any]:
        """Return JSON values."""
        return {
            "note": self.note,
            "flags": [flag.value for flag in self.flags],
            "also": self.also.value if self.also else None,
            "label": self.label.value if self.label else None,
        }

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Draft":
        """Return the draft that `to_json` gave."""
        also, label = value.get("also"), value.get("label")
        return cls(
            note=str(value.get("note", "")),
            flags=tuple(Flag(flag) for flag in value.get("flags", ())),
            also=Label(also) if also else None,
            label=Label(label) if label else None,
        )
