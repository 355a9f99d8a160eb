"""Labelling: what lies before a person, and keeping what the person says."""

from dataclasses import dataclass, replace
from datetime import datetime
from types import EllipsisType
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from dashboard.campaigns import Draft, Turn
from dashboard.errors import N_, ChangedMeanwhile, RecordError
from dashboard.labels import Label
from dashboard.models import Annotation, NewAnnotation, Phase
from dashboard.responses import RESPONSES, Flag, Kind
from dashboard.roles import Role
from dashboard.services import access
from dashboard.services.access import needs
from dashboard.services.desk import Place
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import annotations, answers, drafts, exposure, turns
from dashboard.store.audit import add_event
from dashboard.store.base import now
from dashboard.store.people import annotator_id, find_annotator

_SAID = ("kind", "label", "also", "reason", "flags", "note", "phase", "guideline_version")
"""What makes one response another than that before it."""


@dataclass(frozen=True, slots=True)
class Response:
    """What a person says of an answer. Fields as in `NewAnnotation`."""

    kind: Kind = Kind.LABEL
    label: Label | None = None
    also: Label | None = None
    reason: str = ""
    flags: tuple[Flag, ...] = ()
    note: str = ""


@needs(Role.ANNOTATOR, own="annotator")
def respond(
    project: Project,
    place: Place,
    response: Response,
    *,
    event_id: str,
    annotator: str,
    seconds: float | None = None,
    guideline_version: int | None = None,
    seen: str | None | EllipsisType = ...,
) -> bool:
    """Keep what a person says of an answer; False when this very event was kept before.

    Saying again what stands is no second event: an answer comes back when its page is loaded anew while the
    label is on its way, and the key is then pressed a second time.

    It is `blind` as long as this person has not been shown what a judge, or anybody else, said of the answer.
    A response that comes after its lease has run out is kept all the same.

    Args:
        project: Where the answer is.
        place: Where it is said.
        response: What is said.
        event_id: Made by the client, so that a repeated request stores one event.
        annotator: Who says it.
        seconds: How long it took.
        guideline_version: Under which version of the guidelines.
        seen: The event that stood when the page was drawn, None for none: what the same person has said
            since, in another tab, is not replaced unseen, and a skip then changes nothing. Left out, it is
            replaced.

    Raises:
        ChangedMeanwhile: Something else stands than what was seen.
        NotFound: The answer is not there.
        RecordError: The name, the note or the response cannot be stored; the message says why.
        StoreError: It could not be kept; nothing was changed.
    """
    new = NewAnnotation(
        event_id,
        annotator,
        response.label,
        Phase.BLIND,
        response.note,
        seconds,
        kind=response.kind,
        also=response.also if response.also != response.label else None,
        reason=response.reason,
        flags=response.flags,
        campaign=place.campaign_name,
        guideline_version=guideline_version,
        is_repeat=place.is_repeat,
    )
    access.check_reach(project, [place.answer_id], "labelling.respond")
    check_entered(new)
    if response.kind is Kind.CANNOT_TELL and not response.reason:
        raise RecordError(N_("“Cannot tell” needs its reason. Choose one."))
    return project.store.write_repeatable(lambda session: _say(session, project, place, new, seen))


def _say(
    session: Session,
    project: Project,
    place: Place,
    said: NewAnnotation,
    seen: str | None | EllipsisType = ...,
) -> bool:
    """Append what was said and put it on record; False when this very event was kept before."""
    is_new = _append(session, place, said, seen)
    if is_new:
        details = {"event": said.event_id, "label": said.label, "campaign": place.campaign_id}
        who = project.actor.named(said.annotator)
        add_event(session, who, said.kind.value, "answer", place.answer_id, details=details)
    return is_new


def _append(
    session: Session, place: Place, new: NewAnnotation, seen: str | None | EllipsisType = ...
) -> bool:
    if exposure.has_seen(session, new.annotator, place.answer_id):
        new = _revealed(new)
    own = annotations.standing_of(
        session, new.annotator, place.answer_id, place.campaign_name, place.is_repeat
    )
    if own is not None and all(getattr(own, name) == getattr(new, name) for name in _SAID):
        return own.event_id != new.event_id
    stands = own.event_id if own else None
    if not isinstance(seen, EllipsisType) and stands not in (seen, new.event_id):
        if new.kind is Kind.SKIP:
            return False
        raise ChangedMeanwhile(
            N_("In another tab you have changed what you say of this answer, so nothing was replaced.")
        )
    if not annotations.add_annotation(session, place.answer_id, new):
        return False
    person = annotator_id(session, new.annotator)
    if new.kind in RESPONSES:
        drafts.put_draft(session, person, place.answer_id, place.campaign_name, place.is_repeat, Draft())
    if place.turn is not None:
        if new.kind in RESPONSES:
            turns.finish(session, place.turn, person, now())
        elif new.kind is Kind.SKIP:
            turns.skip(session, place.turn, person, now())
    return True


def _revealed(new: NewAnnotation) -> NewAnnotation:
    return replace(new, phase=Phase.REVEALED)


@needs(Role.ANNOTATOR)
def undo(project: Project, last: Annotation, place: Place) -> None:
    """Take back what a person said last, and let the person stand at that place again.

    A first response, or a skip, is withdrawn: the answer waits for this person again, and a draft holds
    what had been said. A changed mind goes back to what was said before it, as a new event. Nothing is
    overwritten, and undoing the same event twice, as a double click does, undoes it once.

    Args:
        project: Where it was said.
        last: The event to take back.
        place: Where it was said.

    Raises:
        ChangedMeanwhile: The person has said something else there since, in another tab.
    """
    access.check(project, Role.ANNOTATOR, "labelling.undo", last.annotator)
    access.check_reach(project, [place.answer_id], "labelling.undo")
    project.store.write_repeatable(lambda session: _take_back(session, project, last, place))


def _take_back(session: Session, project: Project, last: Annotation, place: Place) -> None:
    event_id = uuid5(NAMESPACE_URL, f"urn:veredito:undo:{last.event_id}").hex
    said = [
        event
        for event in annotations.history(session, place.answer_id)
        if event.annotator == last.annotator
        and event.is_repeat == last.is_repeat
        and event.campaign == last.campaign
    ]
    if any(event.event_id == event_id for event in said):
        return
    if said[-1].event_id != last.event_id:
        raise ChangedMeanwhile(
            N_("In another tab you have said something else of this answer since. Nothing was undone.")
        )
    earlier = said[:-1]
    before = earlier[-1] if earlier and earlier[-1].kind in RESPONSES else None
    source = before or last
    back = NewAnnotation(
        event_id,
        last.annotator,
        before.label if before else None,
        Phase.BLIND,
        source.note if before else "",
        kind=before.kind if before else Kind.WITHDRAWN,
        also=before.also if before else None,
        reason=before.reason if before else "",
        flags=before.flags if before else (),
        campaign=last.campaign,
        guideline_version=last.guideline_version,
        is_repeat=last.is_repeat,
    )
    if _say(session, project, place, back) and before is None:
        person = annotator_id(session, last.annotator)
        if last.kind in RESPONSES:
            draft = Draft(last.note, last.flags, last.also, last.label)
            drafts.put_draft(session, person, place.answer_id, last.campaign, last.is_repeat, draft)
        if place.turn is not None:
            turns.reopen(session, place.turn, person, _lease_end())


@needs(Role.ANNOTATOR, own="annotator")
def keep_draft(project: Project, place: Place, annotator: str, draft: Draft) -> None:
    """Keep what a person has entered and not yet sent.

    Raises:
        RecordError: The note cannot be stored; the message says why.
        StoreError: It could not be kept.
    """
    access.check_reach(project, [place.answer_id], "labelling.keep_draft")
    check_entered(draft.note, "note")

    def put(session: Session) -> None:
        person = annotator_id(session, annotator)
        drafts.put_draft(session, person, place.answer_id, place.campaign_name, place.is_repeat, draft)

    project.store.write_repeatable(put)


@needs(Role.ANNOTATOR, own="annotator")
def renew(project: Project, place: Place, annotator: str) -> None:
    """Hold a turn for longer, because its person is at work on it."""
    if place.turn is None:
        return
    campaign_id = place.turn.campaign.campaign_id
    with project.store.read() as session:
        person = find_annotator(session, annotator)
        lease = turns.held(session, campaign_id, person) if person is not None else None
    if person is not None and lease is not None and _is_running_out(lease, place.turn):
        with project.store.write() as session:
            if turns.is_free(session, campaign_id, person, place.turn.position, now()):
                turns.take(session, campaign_id, person, place.turn.position, _lease_end())


@needs(Role.RESEARCHER)
def send_to_annotation(project: Project, answer_id: int) -> None:
    """Put an answer among those that wait for labels."""
    with project.store.write() as session:
        answers.send_to_annotation(session, answer_id)


def _is_running_out(lease: tuple[int, datetime], turn: Turn) -> bool:
    return lease[0] == turn.position and not turns.is_fresh(lease[1], now())


def _lease_end() -> datetime:
    return now() + turns.LEASE
