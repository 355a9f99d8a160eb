"""Whose turn it is: each person's queue in a campaign, and the leases that keep two from one label.

Every write waits for the one before it (see `Store.write`), so what is read inside a write holds until its
end. Two people therefore never hold the same label of an answer.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, Update, and_, exists, func, insert, or_, select, update
from sqlalchemy.orm import Session, aliased

from dashboard.campaigns import Campaign, Turn
from dashboard.store.campaign_schema import ItemRow, MemberRow, TurnRow
from dashboard.store.schema import AnnotatorRow

LEASE = timedelta(minutes=10)
"""How long an answer stays with a person who gives no sign of life."""

LONGEST_AHEAD = 2 * LEASE
"""A lease that ends later than this was made before the clock was set back, and holds nothing. Twice the
lease, because the clocks of two servers may differ a little."""

WAITING, SKIPPED, DONE, CLOSED = "waiting", "skipped", "done", "closed"
OPEN = (WAITING, SKIPPED)


def has_joined(session: Session, campaign_id: int, person: int) -> bool:
    """Return whether a person's queue was made."""
    member = session.get(MemberRow, (campaign_id, person))
    return member is not None and member.joined_at is not None


def is_invited(session: Session, campaign_id: int, person: int) -> bool:
    """Return whether a campaign names this person, or nobody, so that all may come."""
    named = select(MemberRow.annotator_id).where(MemberRow.campaign_id == campaign_id, MemberRow.is_invited)
    people = set(session.scalars(named))
    return not people or person in people


def join(
    session: Session, campaign_id: int, person: int, queue: Iterable[tuple[int, bool]], moment: datetime
) -> None:
    """Give a person a queue.

    Args:
        session: A write.
        campaign_id: The campaign.
        person: Whose queue it is.
        queue: Answers in the order in which they come, each with whether it is a repeat.
        moment: Now.
    """
    member = session.get(MemberRow, (campaign_id, person))
    if member is None:
        member = MemberRow(campaign_id=campaign_id, annotator_id=person, is_invited=False)
        session.add(member)
    member.joined_at = moment
    session.flush()
    full = set(
        session.scalars(
            select(ItemRow.answer_id).where(ItemRow.campaign_id == campaign_id, ItemRow.labels_left <= 0)
        )
    )
    rows = [
        {
            "campaign_id": campaign_id,
            "annotator_id": person,
            "position": position,
            "answer_id": answer_id,
            "is_repeat": is_repeat,
            "state": CLOSED if answer_id in full else WAITING,
        }
        for position, (answer_id, is_repeat) in enumerate(queue, start=1)
    ]
    if rows:
        session.execute(insert(TurnRow), rows)


def held(session: Session, campaign_id: int, person: int) -> tuple[int, datetime] | None:
    """Return the position of the turn that a person holds, or held last, and when its lease ends."""
    row = session.execute(
        select(TurnRow.position, TurnRow.leased_until)
        .where(*_of(campaign_id, person), TurnRow.leased_until.is_not(None), TurnRow.state.in_(OPEN))
        .order_by(TurnRow.leased_until.desc())
        .limit(1)
    ).first()
    return (row[0], row[1]) if row and row[1] else None


def is_fresh(until: datetime, moment: datetime) -> bool:
    """Return whether a lease that ends then needs no renewal yet."""
    return LEASE / 2 < until - moment <= LONGEST_AHEAD


def next_free(
    session: Session, campaign_id: int, person: int, moment: datetime, after: int = 0
) -> int | None:
    """Return the position of the turn to hand out next.

    First come the turns that wait, those above `after` before the others, then the skipped ones, the one that
    was skipped longest ago first. A label of an answer is free when fewer people hold the answer than it
    still needs labels. None means that nothing is free for this person.
    """
    free = _free(campaign_id, person, moment)
    waiting = free.where(TurnRow.state == WAITING).order_by(TurnRow.position).limit(1)
    found = session.scalar(waiting.where(TurnRow.position > after))
    if found is None and after:
        found = session.scalar(waiting.where(TurnRow.position <= after))
    if found is None:
        skipped = free.where(TurnRow.state == SKIPPED).order_by(TurnRow.last_at, TurnRow.position)
        found = session.scalar(skipped.limit(1))
    return found


def is_done(session: Session, turn: Turn, person: int) -> bool:
    """Return whether a turn is done."""
    return session.scalar(select(TurnRow.state).where(*_this(turn, person))) == DONE


def is_free(session: Session, campaign_id: int, person: int, position: int, moment: datetime) -> bool:
    """Return whether a turn can be handed to its person now."""
    found = _free(campaign_id, person, moment).where(TurnRow.position == position, TurnRow.state.in_(OPEN))
    return session.scalar(found) is not None


def take(session: Session, campaign_id: int, person: int, position: int, until: datetime) -> None:
    """Lease a turn to its person, who lets go of every other."""
    session.execute(
        update(TurnRow)
        .where(*_of(campaign_id, person), TurnRow.leased_until.is_not(None), TurnRow.position != position)
        .values(leased_until=None)
    )
    session.execute(
        update(TurnRow)
        .where(*_of(campaign_id, person), TurnRow.position == position, TurnRow.state.in_(OPEN))
        .values(leased_until=until)
    )


def skip(session: Session, turn: Turn, person: int, moment: datetime) -> None:
    """Leave a turn for later and let go of it."""
    session.execute(
        update(TurnRow)
        .where(*_this(turn, person), TurnRow.state != DONE)
        .values(state=SKIPPED, leased_until=None, last_at=moment)
    )


def finish(session: Session, turn: Turn, person: int, moment: datetime) -> None:
    """Note that a turn is done; the answer then needs one label less. A second time changes nothing."""
    done = session.execute(
        update(TurnRow)
        .where(*_this(turn, person), TurnRow.state != DONE)
        .values(state=DONE, leased_until=None, last_at=moment)
        .returning(TurnRow.position)
    ).all()
    if done and not turn.is_repeat and _change_need(session, turn, -1) <= 0:
        session.execute(_turns_of_others(turn, OPEN).values(state=CLOSED))


def reopen(session: Session, turn: Turn, person: int, until: datetime) -> None:
    """Give a turn that was done or skipped back to its person."""
    was_done = is_done(session, turn, person)
    session.execute(update(TurnRow).where(*_this(turn, person)).values(state=WAITING))
    take(session, turn.campaign.campaign_id, person, turn.position, until)
    if was_done and not turn.is_repeat and _change_need(session, turn, +1) > 0:
        session.execute(_turns_of_others(turn, (CLOSED,)).values(state=WAITING))


def close_repeats(session: Session, person: int, answer_ids: Sequence[int]) -> None:
    """Drop a person's coming repeats of these answers: who has been shown the verdicts would repeat those."""
    session.execute(
        update(TurnRow)
        .where(
            TurnRow.annotator_id == person,
            TurnRow.answer_id.in_(answer_ids),
            TurnRow.is_repeat,
            TurnRow.state.in_(OPEN),
        )
        .values(state=CLOSED)
    )


def get_turn(session: Session, campaign: Campaign, person: int, position: int) -> Turn | None:
    """Return a turn, None when the person has no such."""
    row = session.get(TurnRow, (campaign.campaign_id, person, position))
    return Turn(campaign, position, row.answer_id, row.is_repeat) if row else None


def find_turn(
    session: Session, campaign: Campaign, person: int, answer_id: int, is_repeat: bool
) -> Turn | None:
    """Return a person's turn for an answer, None when there is none."""
    position = session.scalar(
        select(TurnRow.position).where(
            *_of(campaign.campaign_id, person),
            TurnRow.answer_id == answer_id,
            TurnRow.is_repeat == is_repeat,
        )
    )
    return None if position is None else Turn(campaign, position, answer_id, is_repeat)


def offered(session: Session, name: str, answer_ids: Sequence[int]) -> set[int]:
    """Return which of these answers are in a queue of the person of that name."""
    query = (
        select(TurnRow.answer_id)
        .join(AnnotatorRow, AnnotatorRow.id == TurnRow.annotator_id)
        .where(AnnotatorRow.name == name, TurnRow.answer_id.in_(answer_ids))
    )
    return set(session.scalars(query))


def before(session: Session, campaign_id: int, person: int, position: int) -> int | None:
    """Return the last turn before this one that the person has seen: done or skipped."""
    return session.scalar(
        select(func.max(TurnRow.position)).where(
            *_of(campaign_id, person), TurnRow.state != WAITING, TurnRow.position < position
        )
    )


def count_done(session: Session, campaign_id: int, person: int) -> int:
    """Return how many turns a person has done, repeats too, which the person must not tell apart."""
    return session.scalar(select(func.count()).where(*_of(campaign_id, person), TurnRow.state == DONE)) or 0


def count_left(session: Session, campaign_id: int, person: int) -> int:
    """Return how many turns wait for a person, unless others do them first."""
    query = select(func.count()).where(*_of(campaign_id, person), TurnRow.state.in_(OPEN))
    return session.scalar(query) or 0


def _of(campaign_id: int, person: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return TurnRow.campaign_id == campaign_id, TurnRow.annotator_id == person


def _this(turn: Turn, person: int) -> tuple[ColumnElement[bool], ...]:
    return *_of(turn.campaign.campaign_id, person), TurnRow.position == turn.position


def _same_item() -> ColumnElement[bool]:
    return and_(ItemRow.campaign_id == TurnRow.campaign_id, ItemRow.answer_id == TurnRow.answer_id)


def _turns_of_others(turn: Turn, states: Sequence[str]) -> Update:
    """Return the change of the turns of people who have not labelled the answer, their repeats with them."""
    first = aliased(TurnRow)
    labelled = exists().where(
        first.campaign_id == TurnRow.campaign_id,
        first.annotator_id == TurnRow.annotator_id,
        first.answer_id == TurnRow.answer_id,
        ~first.is_repeat,
        first.state == DONE,
    )
    return (
        update(TurnRow)
        .where(
            TurnRow.campaign_id == turn.campaign.campaign_id,
            TurnRow.answer_id == turn.answer_id,
            TurnRow.state.in_(states),
            ~labelled,
        )
        .execution_options(synchronize_session=False)
    )


def _free(campaign_id: int, person: int, moment: datetime) -> Select[int]:
    other, first = aliased(TurnRow), aliased(TurnRow)
    holders = (
        select(func.count())
        .select_from(other)
        .where(
            other.campaign_id == campaign_id,
            other.answer_id == TurnRow.answer_id,
            other.annotator_id != person,
            other.leased_until > moment,
            other.leased_until <= moment + LONGEST_AHEAD,
            other.state.in_(OPEN),
            ~other.is_repeat,
        )
        .scalar_subquery()
    )
    labelled = exists().where(
        first.campaign_id == campaign_id,
        first.annotator_id == person,
        first.answer_id == TurnRow.answer_id,
        ~first.is_repeat,
        first.state == DONE,
    )
    return (
        select(TurnRow.position)
        .join(ItemRow, _same_item())
        .where(
            *_of(campaign_id, person),
            or_(and_(~TurnRow.is_repeat, ItemRow.labels_left > holders), and_(TurnRow.is_repeat, labelled)),
        )
    )


def _change_need(session: Session, turn: Turn, by: int) -> int:
    """Change how many labels the answer needs, and return how many it needs now."""
    return session.execute(
        update(ItemRow)
        .where(ItemRow.campaign_id == turn.campaign.campaign_id, ItemRow.answer_id == turn.answer_id)
        .values(labels_left=ItemRow.labels_left + by)
        .returning(ItemRow.labels_left)
    ).scalar_one()
