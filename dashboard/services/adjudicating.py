"""Adjudication: the answers on which people differ, what could be agreed on, and what was."""

from collections.abc import Sequence
from dataclasses import dataclass
from types import EllipsisType
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from dashboard.agreement.dawid_skene import dawid_skene
from dashboard.agreement.majority import majority
from dashboard.errors import N_, ChangedMeanwhile
from dashboard.labels import ORDERED, Label, code
from dashboard.models import Adjudication, Annotation, Answer, Phase
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.entered import check_entered
from dashboard.services.exposure import note_exposure
from dashboard.services.project import Project
from dashboard.store import adjudications, annotations, answers, browse, campaigns, cases, verdicts
from dashboard.store.audit import add_event
from dashboard.store.base import now
from dashboard.store.browse import AnswerSummary
from dashboard.store.cases import Scope, Show, Tally

MISSING = -1


class Majority(NamedTuple):
    """The label that most people gave: `votes` of the `people` who gave any."""

    label: Label
    votes: int
    people: int


class Estimate(NamedTuple):
    """The most likely label of an answer under the model of Dawid and Skene, and its probability."""

    label: Label
    confidence: float


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person said of an answer.

    Attributes:
        counts: The response that counts, None where none does: it was taken back, or given elsewhere.
        others: Everything else the person said of it, oldest first.
    """

    annotator: str
    counts: Annotation | None
    others: tuple[Annotation, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """An answer before the adjudicator.

    Attributes:
        voices: Whose responses count, in alphabetical order, then the others.
        settled: Every adjudication, newest first; the first one holds.
        previous: The answer before it in the list, None at the beginning.
        next: The answer after it.
    """

    answer: Answer
    voices: tuple[Voice, ...]
    majority: Majority | None
    settled: tuple[Adjudication, ...]
    previous: int | None
    next: int | None


class Settled(NamedTuple):
    """What a person settled last."""

    answer_id: int
    number: int
    label: Label


@dataclass(frozen=True, slots=True)
class CaseLine:
    """A line of a list of cases.

    Attributes:
        said: What each person's response says, by name; None for "cannot tell".
        settled: The adjudication that holds, None where nobody settled it.
    """

    summary: AnswerSummary
    said: dict[str, Label | None]
    settled: Adjudication | None


@dataclass(frozen=True, slots=True)
class Estimates:
    """The estimate of every answer with a label, in ascending order of the answers.

    Attributes:
        answer_ids: Shape (n,).
        chosen: Codes 0..2, -1 where two labels are equally likely, shape (n,).
        confidence: The chosen label's probability, shape (n,).
        people: How many people gave labels at all.
    """

    answer_ids: npt.NDArray[np.int64]
    chosen: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    people: int

    def of(self, answer_id: int) -> Estimate | None:
        """Return the estimate of an answer, None where there is none."""
        place = int(np.searchsorted(self.answer_ids, answer_id))
        if place == len(self.answer_ids) or self.answer_ids[place] != answer_id:
            return None
        if self.chosen[place] == MISSING:
            return None
        return Estimate(ORDERED[self.chosen[place]], float(self.confidence[place]))


@needs(Role.ADJUDICATOR)
def list_scopes(project: Project) -> list[Scope]:
    """Return the campaigns whose cases can be settled, the newest first."""
    with project.store.read() as session:
        return [
            Scope(one.campaign_id, one.name, Phase.BLIND if one.is_blind else None)
            for one in campaigns.list_campaigns(session)
        ]


@needs(Role.ADJUDICATOR)
def tally(project: Project, scope: Scope) -> Tally:
    """Return how many cases there are."""
    with project.store.read() as session:
        return cases.tally(session, scope)


@needs(Role.ADJUDICATOR)
def versions(project: Project) -> tuple[int, int]:
    """Return what changes with each response, and what changes with each adjudication."""
    with project.store.read() as session:
        return cases.newest_response(session), cases.newest_adjudication(session)


@needs(Role.ADJUDICATOR, own="annotator")
def find_case(
    project: Project,
    annotator: str,
    scope: Scope,
    show: Show,
    answer_id: int | None = None,
    after: int = 0,
) -> Case | None:
    """Return a case, once it is on record that this person has been shown it; None where the list is empty.

    Args:
        project: Where the answers are.
        annotator: The adjudicator.
        scope: Where cases come from.
        show: The list.
        answer_id: A certain answer, whether it is in the list or not; None for the next one of the list.
        after: Look above this answer first, then from the beginning.

    Raises:
        NotFound: There is no such answer.
    """
    with project.store.read() as session:
        if answer_id is None:
            answer_id = cases.case_after(session, scope, show, after)
        if answer_id is None and after:
            answer_id = cases.case_after(session, scope, show, 0)
        if answer_id is None:
            return None
        answer = answers.get_answer(session, answer_id)
        voices = _voices(scope, annotations.history(session, answer_id))
        case = Case(
            answer=answer,
            voices=voices,
            majority=_majority([voice.counts for voice in voices if voice.counts is not None]),
            settled=tuple(reversed(adjudications.adjudications(session, [answer_id]).get(answer_id, []))),
            previous=cases.case_before(session, scope, show, answer_id),
            next=cases.case_after(session, scope, show, answer_id),
        )
    note_exposure(project, annotator, [answer_id])
    return case


@needs(Role.ADJUDICATOR, own="annotator")
def find_lines(
    project: Project, annotator: str, scope: Scope, show: Show, page: int, size: int
) -> list[CaseLine]:
    """Return a page, counted from 1, of a list of cases, once it is on record that they were shown."""
    with project.store.read() as session:
        ids = cases.find_cases(session, scope, show, (page - 1) * size, size)
        histories = annotations.histories(session, ids)
        settled = adjudications.adjudications(session, ids)
        lines = []
        for summary in browse.summaries(session, ids):
            standing = scope.standing(histories.get(summary.answer_id, []))
            said = {name: event.label for name, event in sorted(standing.items())}
            held = settled.get(summary.answer_id)
            lines.append(CaseLine(summary, said, held[-1] if held else None))
    note_exposure(project, annotator, ids)
    return lines


@needs(Role.ADJUDICATOR, own="annotator")
def last_settled(project: Project, annotator: str) -> Settled | None:
    """Return what a person settled last, None before anything."""
    with project.store.read() as session:
        found = cases.last_settled(session, annotator)
    return Settled(*found) if found else None


@needs(Role.ADJUDICATOR)
def estimate(project: Project, scope: Scope) -> Estimates:
    """Return the most likely label of every answer of a scope, by how reliable its people prove to be."""
    with project.store.read() as session:
        labels = verdicts.person_labels(session, scope.phase, campaign=scope.campaign)
    answer_ids, row = np.unique([one.answer_id for one in labels], return_inverse=True)
    names, column = np.unique([one.annotator for one in labels], return_inverse=True)
    ratings = np.full((len(answer_ids), len(names)), MISSING, dtype=np.int64)
    ratings[row, column] = [code(one.label) for one in labels]
    found = dawid_skene(ratings, len(ORDERED))
    return Estimates(answer_ids.astype(np.int64), found.chosen, found.confidence, len(names))


@needs(Role.ADJUDICATOR, own="annotator")
def settle(
    project: Project,
    answer_id: int,
    *,
    annotator: str,
    label: Label,
    event_id: str,
    reason: str = "",
    seconds: float | None = None,
    seen: str | None | EllipsisType = ...,
) -> bool:
    """Keep the label that an adjudicator settles on; False when this very event was kept before.

    It takes the place of an earlier one, which stays in the answer's history.

    Args:
        project: Where the answer is.
        answer_id: The answer.
        annotator: The adjudicator.
        label: What is settled on.
        event_id: Made by the client, so that a repeated request stores one event.
        reason: Why.
        seconds: How long it took.
        seen: The event that held when the page was drawn, None for none: what somebody has settled since is
            not replaced unseen. Left out, it is replaced.

    Raises:
        ChangedMeanwhile: Something else holds than what was seen.
        NotFound: The answer is not there.
        RecordError: The name or the reason cannot be stored; the message says why.
        StoreError: It could not be kept; nothing was changed.
    """
    new = Adjudication(event_id, annotator, label, reason, Phase.REVEALED, seconds, now())
    check_entered(new)
    return project.store.write_repeatable(lambda session: _settle(session, project, answer_id, new, seen))


def _settle(
    session: Session, project: Project, answer_id: int, new: Adjudication, seen: str | None | EllipsisType
) -> bool:
    events = adjudications.adjudications(session, [answer_id]).get(answer_id, [])
    holds = events[-1] if events else None
    if not isinstance(seen, EllipsisType) and holds is not None:
        is_same = (holds.label, holds.reason) == (new.label, new.reason)
        if holds.event_id not in (seen, new.event_id) and not is_same:
            raise ChangedMeanwhile(
                N_("{name} has settled this answer meanwhile, so nothing was replaced."),
                name=holds.annotator,
            )
    is_new = adjudications.add_adjudication(session, answer_id, new)
    if is_new:
        details = {"event": new.event_id, "label": new.label}
        who = project.actor.named(new.annotator)
        add_event(session, who, "adjudicate", "answer", answer_id, details=details)
    return is_new


def differ(events: Sequence[Annotation]) -> bool:
    """Return whether people's newest responses in an answer's history, oldest first, differ."""
    return len({event.label for event in Scope().standing(list(events)).values()}) > 1


def _voices(scope: Scope, events: list[Annotation]) -> tuple[Voice, ...]:
    standing = scope.standing(events)
    names = sorted({event.annotator for event in events}, key=lambda name: (name not in standing, name))
    return tuple(
        Voice(
            name,
            standing.get(name),
            tuple(event for event in events if event.annotator == name and event != standing.get(name)),
        )
        for name in names
    )


def _majority(responses: Sequence[Annotation]) -> Majority | None:
    codes = [code(one.label) for one in responses if one.label is not None]
    found = majority(np.array(codes, dtype=np.int64).reshape(1, -1), len(ORDERED))
    if found.chosen[0] == MISSING:
        return None
    return Majority(ORDERED[found.chosen[0]], codes.count(int(found.chosen[0])), len(codes))
