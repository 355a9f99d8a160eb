"""Campaigns: making them, their guidelines, their members and how much they still need."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import Row, Select, case, exists, func, insert, or_, select
from sqlalchemy.orm import Session

from dashboard.campaigns import Campaign, Guidelines, NewCampaign, Order
from dashboard.errors import N_, NotFound, RecordError
from dashboard.store.base import now
from dashboard.store.campaign_schema import CampaignRow, GuidelinesRow, ItemRow, MemberRow
from dashboard.store.people import annotator_id
from dashboard.store.schema import AnnotatorRow


class Needs(NamedTuple):
    """How many answers a campaign has, and how many labels it wanted at first and wants still."""

    answers: int
    wanted: int
    left: int


def add_campaign(session: Session, new: NewCampaign, answer_ids: Sequence[int], creator: str) -> int:
    """Store a campaign over these answers, whose order is the campaign's, and return its id.

    Raises:
        RecordError: There is a campaign of that name.
    """
    check_name(session, new.name)
    row = CampaignRow(
        name=new.name,
        labels_per_answer=new.labels_per_answer,
        is_blind=new.is_blind,
        order=new.order.value,
        seed=new.seed,
        repeat_share=new.repeat_share,
        is_assigned=new.is_assigned,
        created_by=annotator_id(session, creator),
    )
    session.add(row)
    session.flush()
    for name in new.members:
        session.add(MemberRow(campaign_id=row.id, annotator_id=annotator_id(session, name), is_invited=True))
    items = [
        {
            "campaign_id": row.id,
            "answer_id": answer_id,
            "position": position,
            "labels_left": new.labels_per_answer,
        }
        for position, answer_id in enumerate(answer_ids, start=1)
    ]
    session.execute(insert(ItemRow), items)
    _add_version(session, row.id, 1, new.guidelines, creator)
    return row.id


def get_campaign(session: Session, campaign_id: int) -> Campaign:
    """Return a campaign.

    Raises:
        NotFound: There is no such campaign.
    """
    found = _to_campaigns(session, _campaigns().where(CampaignRow.id == campaign_id))
    if not found:
        raise NotFound(
            N_("There is no campaign {found} in this project. Choose one under Campaigns."), found=campaign_id
        )
    return found[0]


def list_campaigns(session: Session) -> list[Campaign]:
    """Return every campaign, the newest first."""
    return _to_campaigns(session, _campaigns().order_by(CampaignRow.id.desc()))


def campaigns_of(session: Session, annotator: str) -> list[Campaign]:
    """Return the campaigns that run and that a person takes part in or may join, the newest first."""
    invited = exists().where(MemberRow.campaign_id == CampaignRow.id, MemberRow.is_invited)
    mine = exists().where(
        MemberRow.campaign_id == CampaignRow.id,
        MemberRow.annotator_id == AnnotatorRow.id,
        AnnotatorRow.name == annotator,
    )
    query = _campaigns().where(CampaignRow.closed_at.is_(None), or_(~invited, mine))
    return _to_campaigns(session, query.order_by(CampaignRow.id.desc()))


def close_campaign(session: Session, campaign_id: int) -> None:
    """End a campaign; nothing of what was said is touched."""
    row = session.get(CampaignRow, campaign_id)
    if row is not None and row.closed_at is None:
        row.closed_at = now()


def reopen_campaign(session: Session, campaign_id: int) -> None:
    """Let an ended campaign go on."""
    row = session.get(CampaignRow, campaign_id)
    if row is not None:
        row.closed_at = None


def guidelines(session: Session, campaign_id: int) -> list[Guidelines]:
    """Return every version of a campaign's guidelines, oldest first."""
    query = (
        select(GuidelinesRow, AnnotatorRow.name)
        .join(AnnotatorRow, AnnotatorRow.id == GuidelinesRow.annotator_id)
        .where(GuidelinesRow.campaign_id == campaign_id)
        .order_by(GuidelinesRow.version)
    )
    return [Guidelines(row.version, row.text, name, row.created_at) for row, name in session.execute(query)]


def add_guidelines(session: Session, campaign_id: int, text: str, annotator: str) -> int:
    """Store a new version of the guidelines and return its number; the same text again is no new version."""
    newest = guidelines(session, campaign_id)[-1]
    if newest.text == text:
        return newest.version
    _add_version(session, campaign_id, newest.version + 1, text, annotator)
    return newest.version + 1


def needs(session: Session, campaign_id: int) -> Needs:
    """Return how much a campaign wanted and how much of it is left."""
    wanted, answers, left = session.execute(
        select(
            func.max(CampaignRow.labels_per_answer),
            func.count(ItemRow.answer_id),
            # A person may give more labels than were asked for, by a lease that ran out: nobody owes less.
            func.coalesce(func.sum(case((ItemRow.labels_left > 0, ItemRow.labels_left), else_=0)), 0),
        )
        .select_from(CampaignRow)
        .join(ItemRow, ItemRow.campaign_id == CampaignRow.id, isouter=True)
        .where(CampaignRow.id == campaign_id)
    ).one()
    return Needs(answers, answers * (wanted or 0), int(left))


def answers_of(session: Session, campaign_id: int) -> list[int]:
    """Return the answers of a campaign in its order."""
    query = select(ItemRow.answer_id).where(ItemRow.campaign_id == campaign_id).order_by(ItemRow.position)
    return list(session.scalars(query))


def needing_labels(session: Session, campaign_id: int) -> set[int]:
    """Return the answers of a campaign that have not all their labels yet."""
    query = select(ItemRow.answer_id).where(ItemRow.campaign_id == campaign_id, ItemRow.labels_left > 0)
    return set(session.scalars(query))


def check_name(session: Session, name: str) -> None:
    """Refuse a name that a campaign has.

    Raises:
        RecordError: There is a campaign of that name.
    """
    if session.scalar(select(exists().where(CampaignRow.name == name))):
        raise RecordError(N_("There is a campaign called {found} already. Choose another name."), found=name)


def _add_version(session: Session, campaign_id: int, version: int, text: str, annotator: str) -> None:
    session.add(
        GuidelinesRow(
            campaign_id=campaign_id, version=version, text=text, annotator_id=annotator_id(session, annotator)
        )
    )
    session.flush()


def _campaigns() -> Select[CampaignRow, str, int]:
    newest = (
        select(func.max(GuidelinesRow.version))
        .where(GuidelinesRow.campaign_id == CampaignRow.id)
        .scalar_subquery()
    )
    creator = select(AnnotatorRow.name).where(AnnotatorRow.id == CampaignRow.created_by).scalar_subquery()
    return select(CampaignRow, creator, newest)


def _to_campaigns(session: Session, query: Select[CampaignRow, str, int]) -> list[Campaign]:
    rows: Sequence[Row[CampaignRow, str, int]] = session.execute(query).all()
    members: dict[int, list[str]] = {}
    inviting = set()
    named = (
        select(MemberRow.campaign_id, AnnotatorRow.name, MemberRow.is_invited)
        .join(AnnotatorRow, AnnotatorRow.id == MemberRow.annotator_id)
        .where(MemberRow.campaign_id.in_([row.id for row, *_ in rows]))
        .order_by(AnnotatorRow.name)
    )
    for campaign_id, name, is_invited in session.execute(named):
        members.setdefault(campaign_id, []).append(name)
        if is_invited:
            inviting.add(campaign_id)
    return [
        Campaign(
            campaign_id=row.id,
            name=row.name,
            labels_per_answer=row.labels_per_answer,
            is_blind=row.is_blind,
            order=Order(row.order),
            seed=row.seed,
            repeat_share=row.repeat_share,
            members=tuple(members.get(row.id, ())),
            is_assigned=row.is_assigned,
            created_by=creator,
            created_at=row.created_at,
            closed_at=row.closed_at,
            guideline_version=version,
            is_open_to_all=row.id not in inviting,
        )
        for row, creator, version in rows
    ]
