"""How far a campaign and its people are, counted from the events alone."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from statistics import median
from typing import NamedTuple, TypeVar

import numpy as np

from dashboard.agreement.figure import Figure
from dashboard.agreement.humans import human_report
from dashboard.agreement.report import agreement_report
from dashboard.agreement.result import AgreementReport
from dashboard.labels import ORDERED, Label, code
from dashboard.models import Annotation, Phase
from dashboard.responses import RESPONSES, Flag, Kind
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.services.queues import count_waiting
from dashboard.store import annotations, campaigns, ordering
from dashboard.store.base import now
from dashboard.store.campaigns import Needs

PAUSE = timedelta(minutes=30)
"""A longer time between two responses is a pause and not work."""

RECENT = timedelta(days=7)
"""The stretch from which the expected end is drawn."""

SHORTEST = timedelta(hours=1)
"""A rate is never drawn from less time than this."""

CATEGORIES = [label.value for label in ORDERED]
MISSING = -1

_Key = TypeVar("_Key")


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a person, or a whole campaign, is.

    Attributes:
        annotator: The person; empty for the whole campaign.
        done: Answers with a label or a "cannot tell" that stands; of the whole campaign, all people's.
        repeats: Hidden repeats with one, which `done` does not count.
        left: Turns that wait for the person; of the whole campaign, labels that answers still need.
        skipped: Answers that were skipped and not labelled since.
        flagged: Answers whose response, or skip, carries a flag.
        cannot_tell: Answers of `done` that have no label.
        median_seconds: Of the responses that stand, None where no time is known.
        labels: How often each label stands.
        pace: Responses an hour of work, pauses over 30 minutes left out; None before there are two.
        expected_end: When nothing is left if people go on as in the last seven days; None where unknown, or
            where the campaign was ended.
        with_others: Linear-weighted kappa between the person's labels and the majority of the others'; of the
            whole campaign the mean over the pairs of people. None where it was not asked for.
        consistency: Share of hidden repeats that got the first label again. None where it was not asked for.
    """

    annotator: str
    done: int
    repeats: int
    left: int
    skipped: int
    flagged: int
    cannot_tell: int
    median_seconds: float | None
    labels: Mapping[Label, int]
    pace: float | None
    expected_end: datetime | None
    with_others: Figure | None = None
    consistency: Figure | None = None


class Raised(NamedTuple):
    """A person's flags on an answer."""

    annotator: str
    flags: tuple[Flag, ...]


@dataclass(frozen=True, slots=True)
class CampaignProgress:
    """How far a campaign is.

    Attributes:
        needs: How many labels were wanted and are left.
        whole: All people together; None where one person's part was asked for.
        people: Everybody's part, in alphabetical order, or that person's.
        flagged: The answers that carry a flag, with who set which, or with what that person set.
    """

    needs: Needs
    whole: Progress | None
    people: tuple[Progress, ...]
    flagged: Mapping[int, tuple[Raised, ...]]


Said = tuple[int, Annotation]
"""An answer, and what was said of it."""

Newest = Mapping[tuple[str, int, bool], Annotation]
"""What each person said last of each answer, and of each hidden repeat of one."""

Given = Mapping[int, Mapping[str, Label]]
"""Each answer's labels by person."""


@needs(Role.RESEARCHER)
def campaign_progress(project: Project, campaign_id: int, annotator: str = "") -> CampaignProgress:
    """Return how far a campaign is.

    Args:
        project: Where the campaign is.
        campaign_id: The campaign.
        annotator: Only this person's part; empty for everybody's.

    Raises:
        NotFound: There is no such campaign.
    """
    moment = now()
    with project.store.read() as session:
        campaign = campaigns.get_campaign(session, campaign_id)
        needs = campaigns.needs(session, campaign_id)
        said = list(annotations.events_of_campaign(session, campaign.name))
        everybody = {event.annotator for _, event in said} | set(campaign.members)
        names = sorted(name for name in everybody if annotator in ("", name))
        left = {name: count_waiting(session, campaign, name) for name in names}
        questions = ordering.question_numbers(session, sorted({answer_id for answer_id, _ in said}))
    newest = _newest(said)
    given = _labels(said, Phase.BLIND if campaign.is_blind else None)
    people = []
    for name in names:
        own = [one for one in said if one[1].annotator == name]
        counted = _counted(name, own, left[name], moment, is_open=campaign.closed_at is None)
        people.append(
            replace(
                counted,
                with_others=_with_others(name, given, questions),
                consistency=_consistency(_newest(own), questions),
            )
        )
    if annotator:
        return CampaignProgress(needs, None, tuple(people), _flagged(newest, annotator))
    whole = replace(
        _counted("", said, needs.left, moment, is_open=campaign.closed_at is None),
        with_others=_among_all(given, questions),
        consistency=_consistency(newest, questions),
    )
    return CampaignProgress(needs, whole, tuple(people), _flagged(newest))


@needs(Role.ANNOTATOR, own="annotator")
def own_progress(project: Project, campaign_id: int, annotator: str) -> Progress:
    """Return how far one person is, without the figures that need other people's labels or take long.

    Raises:
        NotFound: There is no such campaign.
    """
    with project.store.read() as session:
        campaign = campaigns.get_campaign(session, campaign_id)
        said = list(annotations.events_of_campaign(session, campaign.name, annotator)) if annotator else []
        left = count_waiting(session, campaign, annotator) if annotator else 0
    return _counted(annotator, said, left, now(), is_open=campaign.closed_at is None)


def _counted(name: str, said: Sequence[Said], left: int, moment: datetime, *, is_open: bool) -> Progress:
    newest = _newest(said)
    first = [event for (_, _, is_repeat), event in newest.items() if not is_repeat]
    again = [event for (_, _, is_repeat), event in newest.items() if is_repeat and event.kind in RESPONSES]
    standing = [event for event in first if event.kind in RESPONSES]
    # A person's turns hold the repeats; what a whole campaign lacks does not.
    finished = [event.created_at for event in (standing + again if name else standing)]
    seconds = [event.seconds for event in standing if event.seconds is not None]
    return Progress(
        annotator=name,
        done=len(standing),
        repeats=len(again),
        left=left,
        skipped=sum(event.kind is Kind.SKIP for event in first),
        flagged=len({key[1] for key, event in newest.items() if _is_flagged(key, event)}),
        cannot_tell=sum(event.kind is Kind.CANNOT_TELL for event in standing),
        median_seconds=median(seconds) if seconds else None,
        labels=Counter(event.label for event in standing if event.label is not None),
        pace=_pace(sorted(event.created_at for _, event in said if event.kind in RESPONSES)),
        expected_end=_expected_end(sorted(finished), left, moment) if is_open else None,
    )


def _newest(said: Iterable[Said]) -> Newest:
    return {(event.annotator, answer_id, event.is_repeat): event for answer_id, event in said}


def _is_flagged(key: tuple[str, int, bool], event: Annotation) -> bool:
    return bool(event.flags) and not key[2] and event.kind is not Kind.WITHDRAWN


def _flagged(newest: Newest, annotator: str = "") -> dict[int, tuple[Raised, ...]]:
    found: dict[int, tuple[Raised, ...]] = {}
    for key, event in sorted(newest.items(), key=lambda item: item[0]):
        name, answer_id, _ = key
        if _is_flagged(key, event) and annotator in ("", name):
            found[answer_id] = (*found.get(answer_id, ()), Raised(name, event.flags))
    return dict(sorted(found.items()))


def _labels(said: Iterable[Said], phase: Phase | None) -> Given:
    """Return each answer's labels by person, the last of the phase; repeats are left out."""
    found: dict[int, dict[str, Label]] = {}
    counted = [one for one in said if phase is None or one[1].phase is phase]
    for (name, answer_id, is_repeat), event in _newest(counted).items():
        if not is_repeat and event.label is not None:
            found.setdefault(answer_id, {})[name] = event.label
    return found


def _with_others(name: str, given: Given, questions: Mapping[int, float]) -> Figure:
    pairs = {}
    for answer_id, labels in given.items():
        votes = Counter(label for person, label in labels.items() if person != name).most_common(2)
        if name in labels and votes and (len(votes) == 1 or votes[0][1] > votes[1][1]):
            pairs[answer_id] = (votes[0][0], labels[name])
    return _report(pairs, questions).kappa_linear


def _among_all(given: Given, questions: Mapping[int, float]) -> Figure:
    names = sorted({name for labels in given.values() for name in labels})
    ratings = [
        [code(labels[name]) if name in labels else MISSING for name in names] for labels in given.values()
    ]
    return human_report(
        np.array(ratings, dtype=np.int64).reshape(len(given), len(names)),
        categories=CATEGORIES,
        clusters=np.array([questions[answer_id] for answer_id in given]),
    ).kappa_linear


def _consistency(newest: Newest, questions: Mapping[int, float]) -> Figure:
    pairs = {}
    for (name, answer_id, is_repeat), again in newest.items():
        first = newest.get((name, answer_id, False))
        if is_repeat and first is not None and first.label is not None and again.label is not None:
            pairs[name, answer_id] = (first.label, again.label)
    return _report(pairs, {key: questions[key[1]] for key in pairs}).percent


def _report(pairs: Mapping[_Key, tuple[Label, Label]], questions: Mapping[_Key, float]) -> AgreementReport:
    return agreement_report(
        np.array([code(one) for one, _ in pairs.values()], dtype=np.int64),
        np.array([code(other) for _, other in pairs.values()], dtype=np.int64),
        categories=CATEGORIES,
        clusters=np.array([questions[key] for key in pairs]),
    )


def _pace(times: Sequence[datetime]) -> float | None:
    gaps = [later - earlier for earlier, later in zip(times, times[1:], strict=False)]
    work = [gap for gap in gaps if gap <= PAUSE]
    hours = sum(work, timedelta()) / timedelta(hours=1)
    return len(work) / hours if hours > 0 else None


def _expected_end(times: Sequence[datetime], left: int, moment: datetime) -> datetime | None:
    recent = [time for time in times if moment - time <= RECENT]
    if not left or not recent:
        return None
    each = max(moment - recent[0], SHORTEST) / len(recent)
    return moment + left * each
