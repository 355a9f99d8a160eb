"""The desk: which answer lies before a person now, with what that person has said and entered of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from dashboard.campaigns import Campaign, Draft, Turn
from dashboard.errors import N_, NotFound
from dashboard.models import Annotation, Answer
from dashboard.responses import Verdict
from dashboard.roles import Role
from dashboard.services import access
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.services.queues import person_queue
from dashboard.store import annotations, answers, campaigns, drafts, queue, relevance, supports, turns
from dashboard.store.base import now
from dashboard.store.people import annotator_id, find_annotator


@dataclass(frozen=True, slots=True)
class Place:
    """Where something is said: about which answer, and at which turn; None outside of any campaign."""

    answer_id: int
    turn: Turn | None = None

    @property
    def campaign_name(self) -> str:
        """The campaign's name, empty outside of any."""
        return self.turn.campaign.name if self.turn else ""

    @property
    def campaign_id(self) -> int | None:
        """The campaign, None outside of any."""
        return self.turn.campaign.campaign_id if self.turn else None

    @property
    def is_repeat(self) -> bool:
        """Whether the answer comes a second time, unannounced."""
        return self.turn is not None and self.turn.is_repeat

    @property
    def position(self) -> int:
        """What orders the places of a queue."""
        return self.turn.position if self.turn else self.answer_id


@dataclass(frozen=True, slots=True)
class LastEvent:
    """What a person said last, which can be taken back."""

    event: Annotation
    place: Place
    number: int


@dataclass(frozen=True, slots=True)
class Desk:
    """What lies before a person.

    Attributes:
        place: None when nothing waits for this person.
        answer: The answer at that place, None with it.
        own: What this person has said of it, None when nothing stands. Of a hidden repeat only what was said
            at the repeat.
        draft: What the person has entered and not yet sent.
        grades: The person's relevance grades, by segment.
        supports: The person's verdicts on citations, by the citation's number.
        last: What the person said last, None at the beginning.
        previous: The place before this one that the person has seen.
        done: How many places the person has done.
        left: How many wait for the person, unless others do them first. Where there are some and no place is
            given, other people hold them at this moment, or the campaign was ended.
    """

    place: Place | None
    answer: Answer | None = None
    own: Annotation | None = None
    draft: Draft = Draft()
    grades: Mapping[int, int] = field(default_factory=dict)
    supports: Mapping[int, Verdict] = field(default_factory=dict)
    last: LastEvent | None = None
    previous: int | None = None
    done: int = 0
    left: int = 0


@needs(Role.ANNOTATOR, own="annotator")
def sit_down(
    project: Project,
    annotator: str,
    campaign_id: int | None = None,
    *,
    position: int | None = None,
    after: int = 0,
) -> Desk:
    """Return what lies before a person now; in a campaign nobody else then gets the same label to give.

    Args:
        project: Where the answers are.
        annotator: Whose turn it is.
        campaign_id: The campaign; None for all answers that were sent to annotation.
        position: A certain place: a turn of the person's queue, or outside of campaigns an answer. None for
            the one that the person holds, else the next that waits.
        after: Look above this place first, so that a skipped one is not handed out again at once.

    Raises:
        NotFound: The campaign or the certain place is not there, or the person was not invited.
    """
    if campaign_id is None:
        access.check(project, Role.RESEARCHER, "desk.open_queue")
        return _sit_at_open_queue(project, annotator, position, after)
    turn, campaign = _turn(project, annotator, campaign_id, position, after)
    with project.store.read() as session:
        person = find_annotator(session, annotator)
        assert person is not None
        last = _last(session, annotator, campaign)
        done = turns.count_done(session, campaign_id, person)
        if turn is None:
            left = turns.count_left(session, campaign_id, person)
            return Desk(None, last=last, done=done, left=left)
        place = Place(turn.answer_id, turn)
        return _desk(
            session,
            annotator,
            place,
            last=last,
            previous=turns.before(session, campaign_id, person, turn.position),
            done=done,
            left=turns.count_left(session, campaign_id, person),
        )


@needs(Role.ANNOTATOR, own="annotator")
def peek(project: Project, annotator: str, place: Place) -> Answer | None:
    """Return the answer that would come next, without holding it; None when nothing would."""
    access.check_reach(project, [place.answer_id], "desk.peek")
    with project.store.read() as session:
        if place.turn is None:
            found = queue.next_unlabelled(session, annotator, place.answer_id)
            return answers.get_answer(session, found) if found not in (None, place.answer_id) else None
        campaign, person = place.turn.campaign, find_annotator(session, annotator)
        if person is None:
            return None
        position = turns.next_free(session, campaign.campaign_id, person, now(), place.position)
        if position is None or position == place.position:
            return None
        turn = turns.get_turn(session, campaign, person, position)
        return answers.get_answer(session, turn.answer_id) if turn is not None else None


@needs(Role.ANNOTATOR, own="annotator")
def has_free(project: Project, annotator: str, campaign_id: int) -> bool:
    """Return whether a place of a campaign would be handed out to a person now; nothing is held by asking."""
    with project.store.read() as session:
        person = find_annotator(session, annotator)
        return person is not None and turns.next_free(session, campaign_id, person, now()) is not None


def _sit_at_open_queue(project: Project, annotator: str, answer_id: int | None, after: int) -> Desk:
    with project.store.read() as session:
        if answer_id is None:
            answer_id = queue.next_unlabelled(session, annotator, after)
        progress = queue.progress(session, annotator)
        last = _last(session, annotator, None)
        left = progress.total - progress.done
        if answer_id is None:
            previous = queue.previous_queued(session, 10**17)
            return Desk(None, last=last, previous=previous, done=progress.done, left=left)
        return _desk(
            session,
            annotator,
            Place(answer_id),
            last=last,
            previous=queue.previous_queued(session, answer_id),
            done=progress.done,
            left=left,
        )


def _desk(
    session: Session,
    annotator: str,
    place: Place,
    *,
    last: LastEvent | None,
    previous: int | None,
    done: int,
    left: int,
) -> Desk:
    answer = answers.get_answer(session, place.answer_id)
    person = find_annotator(session, annotator)
    draft = Draft()
    if person is not None:
        draft = drafts.get_draft(session, person, place.answer_id, place.campaign_name, place.is_repeat)
    return Desk(
        place,
        answer,
        own=_own(session, annotator, place),
        draft=draft,
        grades=relevance.grades_of(session, annotator, answer.question.question_id),
        supports=supports.verdicts_of(session, annotator, place.answer_id),
        last=last,
        previous=previous,
        done=done,
        left=left,
    )


def _turn(
    project: Project, annotator: str, campaign_id: int, position: int | None, after: int
) -> tuple[Turn | None, Campaign]:
    """Return the turn to show, which the person then holds, None when nothing is free, and its campaign."""
    moment = now()
    with project.store.read() as session:
        campaign = campaigns.get_campaign(session, campaign_id)
        person = find_annotator(session, annotator)
        if person is not None and turns.has_joined(session, campaign_id, person):
            lease = turns.held(session, campaign_id, person)
            wanted = position if position is not None else lease[0] if lease else None
            turn = turns.get_turn(session, campaign, person, wanted) if wanted is not None else None
            is_fresh = lease is not None and lease[0] == wanted and turns.is_fresh(lease[1], moment)
            if turn is not None and (is_fresh or turns.is_done(session, turn, person)):
                return turn, campaign
            if position is not None and turn is None:
                raise _no_such_turn(position)

    def hand_out(session: Session) -> tuple[Turn | None, Campaign]:
        person = annotator_id(session, annotator)
        if not turns.has_joined(session, campaign_id, person):
            if not turns.is_invited(session, campaign_id, person):
                raise NotFound(
                    N_("{found} is not among those invited to this campaign. Choose another one."),
                    found=annotator,
                )
            turns.join(session, campaign_id, person, person_queue(session, campaign, annotator), moment)
        chosen = _choose(session, campaign, person, position, after)
        if chosen is None:
            return None, campaign
        turns.take(session, campaign_id, person, chosen, moment + turns.LEASE)
        return turns.get_turn(session, campaign, person, chosen), campaign

    return project.store.write_repeatable(hand_out)


def _choose(
    session: Session, campaign: Campaign, person: int, position: int | None, after: int
) -> int | None:
    if campaign.closed_at is not None:
        return None
    moment, campaign_id = now(), campaign.campaign_id
    lease = turns.held(session, campaign_id, person)
    for wanted in (position, lease[0] if lease else None):
        if wanted is not None and turns.is_free(session, campaign_id, person, wanted, moment):
            return wanted
    return turns.next_free(session, campaign_id, person, moment, after)


def _last(session: Session, annotator: str, campaign: Campaign | None) -> LastEvent | None:
    found = annotations.last_said(session, annotator, campaign.name if campaign else "")
    if found is None:
        return None
    answer_id, number, event = found
    turn = None
    if campaign is not None:
        person = find_annotator(session, annotator)
        turn = turns.find_turn(session, campaign, person or 0, answer_id, event.is_repeat)
    return LastEvent(event, Place(answer_id, turn), number)


def _no_such_turn(position: int) -> NotFound:
    return NotFound(N_("There is no place {found} in this person's queue. Go on without it."), found=position)


def _own(session: Session, annotator: str, place: Place) -> Annotation | None:
    return annotations.standing_of(session, annotator, place.answer_id, place.campaign_name, place.is_repeat)
