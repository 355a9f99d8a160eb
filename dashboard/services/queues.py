"""The orders in which a campaign's answers come: the campaign's own, and each person's."""

import heapq
import math
import random
from collections.abc import Iterator, Sequence

from sqlalchemy.orm import Session

from dashboard.campaigns import Campaign, NewCampaign, Order
from dashboard.store import campaigns, ordering, turns
from dashboard.store.people import find_annotator

REPEAT_AFTER = (10, 30)
"""A hidden repeat comes at least and at most so many answers after its first time, or at the end."""


def campaign_order(session: Session, new: NewCampaign, answer_ids: Sequence[int]) -> list[int]:
    """Return the answers in the campaign's order.

    Ties, and everything where the order is random, are broken by the campaign's seed. Where judges are
    unsure, a score lies near the middle of 0 to 1; where they disagree, their labels lie far apart.
    Stratified by tag, each tag comes in turn, so that any beginning of the queue holds all of them alike.
    """
    shuffled = list(answer_ids)
    random.Random(new.seed).shuffle(shuffled)
    if new.order is Order.RANDOM:
        return shuffled
    if new.order is Order.TAG:
        return list(_in_turn(shuffled, ordering.first_tags(session, shuffled)))
    rank = {
        Order.QUESTION: ordering.question_numbers,
        Order.UNSURE: ordering.distance_from_middle,
        Order.DISAGREE: ordering.agreement_of_judges,
    }[new.order](session, shuffled)
    last = float("inf")
    return sorted(shuffled, key=lambda answer_id: rank.get(answer_id, last))


def person_queue(session: Session, campaign: Campaign, annotator: str) -> list[tuple[int, bool]]:
    """Return the answers that a person is offered, in order, each with whether it is a hidden repeat."""
    answer_ids = campaigns.answers_of(session, campaign.campaign_id)
    draw = random.Random(f"{campaign.seed}/{annotator}")
    if campaign.is_assigned:
        answer_ids = _share_of(answer_ids, campaign, annotator)
    if campaign.order is Order.RANDOM:
        draw.shuffle(answer_ids)
    return list(_with_repeats(answer_ids, campaign.repeat_share, draw))


def count_waiting(session: Session, campaign: Campaign, annotator: str) -> int:
    """Return how many turns wait for a person, who need not have begun, unless others do them first."""
    person = find_annotator(session, annotator)
    if person is not None and turns.has_joined(session, campaign.campaign_id, person):
        return turns.count_left(session, campaign.campaign_id, person)
    if not turns.is_invited(session, campaign.campaign_id, person or 0):
        return 0
    needing = campaigns.needing_labels(session, campaign.campaign_id)
    return sum(answer_id in needing for answer_id, _ in person_queue(session, campaign, annotator))


def _share_of(answer_ids: Sequence[int], campaign: Campaign, annotator: str) -> list[int]:
    """Return the answers assigned to a member: each answer goes to the next so many members in turn.

    When everybody has had as many, the turn is drawn anew: else the same people would always share an answer,
    and where tags come in turn, one person would get one tag.
    """
    draw = random.Random(f"{campaign.seed}/shares")
    order, each = list(campaign.members), campaign.labels_per_answer
    round_length = len(order) // math.gcd(len(order), each)
    mine = []
    for number, answer_id in enumerate(answer_ids):
        place = number % round_length
        if place == 0:
            draw.shuffle(order)
        if (order.index(annotator) - place * each) % len(order) < each:
            mine.append(answer_id)
    return mine


def _with_repeats(answer_ids: Sequence[int], share: float, draw: random.Random) -> Iterator[tuple[int, bool]]:
    """Yield the answers, and a share of them a second time, some way behind the first."""
    repeated = set(draw.sample(list(answer_ids), round(share * len(answer_ids))))
    due: list[tuple[int, int]] = []
    for number, answer_id in enumerate(answer_ids):
        while due and due[0][0] <= number:
            yield heapq.heappop(due)[1], True
        yield answer_id, False
        if answer_id in repeated:
            heapq.heappush(due, (number + draw.randint(*REPEAT_AFTER), answer_id))
    while due:
        yield heapq.heappop(due)[1], True


def _in_turn(answer_ids: Sequence[int], tags: dict[int, str]) -> Iterator[int]:
    strata: dict[str, list[int]] = {}
    for answer_id in answer_ids:
        strata.setdefault(tags.get(answer_id, ""), []).append(answer_id)
    waiting = [iter(stratum) for _, stratum in sorted(strata.items())]
    while waiting:
        for stratum in list(waiting):
            try:
                yield next(stratum)
            except StopIteration:
                waiting.remove(stratum)
