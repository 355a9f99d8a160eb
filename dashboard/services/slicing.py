"""Agreement in parts: by tag, run, lecture, annotator, length, retrieval quality, day, phase and judge."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from dashboard.agreement.figure import Figure, Undefined
from dashboard.agreement.intervals import bootstrap, bootstrap_clusters
from dashboard.agreement.kappa import kappa_linear
from dashboard.agreement.table import cluster_tables, count_table
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.agreement import SideBySide, codes_of
from dashboard.services.narrowing import Choice, campaign_name
from dashboard.services.project import Project
from dashboard.store import facts
from dashboard.store.facts import AnswerFacts

Where = npt.NDArray[np.bool_]

SMALL = 30
"""Answers with both labels below which a part says little."""

MOST = 30
"""Parts that are computed; those with most answers come first."""


class Kind(StrEnum):
    """By what answers are parted."""

    TAG = "tag"
    RUN = "run"
    LECTURE = "lecture"
    ANNOTATOR = "annotator"
    LENGTH = "length"
    RETRIEVAL = "retrieval"


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the answers.

    Attributes:
        name: What the part has in common, such as a tag; empty where nothing is known.
        kappa: Linear-weighted kappa there.
        percent: Share of equal labels there, without interval; NaN where there is none.
        low: Lower end of a part of lengths, else None.
        high: Its upper end.
        start: When the part begins, for parts of time.
    """

    name: str
    kappa: Figure
    percent: float
    low: int | None = None
    high: int | None = None
    start: datetime | None = None

    @property
    def is_small(self) -> bool:
        """Whether there are too few answers to say much."""
        return self.kappa.n < SMALL


def part(labels: SideBySide, where: Where, name: str = "") -> Slice:
    """Return the agreement on some of the answers."""
    k = len(labels.categories)
    here = where & labels.both
    human, judge, questions = labels.human[here], labels.judge[here], labels.question_ids[here]
    n = int(here.sum())
    if not n:
        return Slice(name, Figure.undefined(0, Undefined.NO_PAIRS), math.nan)
    table = count_table(human, judge, k)
    percent = float((human == judge).mean())
    value = float(kappa_linear(table))
    if math.isnan(value):
        return Slice(name, Figure.undefined(n, Undefined.ONE_CATEGORY), percent)
    if len(np.unique(questions)) < n:
        interval = bootstrap_clusters(cluster_tables(human, judge, questions, k), kappa_linear)
    else:
        interval = bootstrap(table, kappa_linear)
    return Slice(name, Figure(value, interval.low, interval.high, n, interval.reason), percent)


@needs(Role.RESEARCHER)
def slices(project: Project, labels: SideBySide, kind: Kind) -> tuple[list[Slice], int]:
    """Return the parts by a kind, and how many more there are that are not among them."""
    if kind is Kind.ANNOTATOR:
        return _cut(_by_annotator(labels))
    with project.store.read() as session:
        known = {one.answer_id: one for one in facts.answer_facts(session)}
        tags = facts.tags_of_questions(session) if kind is Kind.TAG else {}
        grades = facts.best_grades(session) if kind is Kind.RETRIEVAL else {}
    of_answer: Callable[[AnswerFacts], str]
    if kind is Kind.TAG:
        return _cut(_by_tag(labels, tags))
    if kind is Kind.LENGTH:
        return _thirds(labels, known)
    if kind is Kind.RETRIEVAL and not grades:
        return _cut(_best_first(_groups(labels, _thirds_of_scores(labels, known))))
    if kind is Kind.RETRIEVAL:
        names = [_grade(grades.get(int(one))) for one in labels.answer_ids]
        return _cut(_best_first(_groups(labels, names)))
    of_answer = (lambda one: str(one.run_id)) if kind is Kind.RUN else (lambda one: one.lecture)
    return _cut(_groups(labels, [_known(known, int(one), of_answer) for one in labels.answer_ids]))


@needs(Role.RESEARCHER)
def by_time(project: Project, labels: SideBySide, choice: Choice) -> list[Slice]:
    """Return agreement by the day, week or month in which people labelled."""
    name = campaign_name(project, choice)
    with project.store.read() as session:
        days = facts.label_days(session, choice.of_phase, name)
    given = [days.get(int(one)) for one in labels.answer_ids[labels.both]]
    moments = [moment for moment in given if moment is not None]
    if not moments:
        return []
    span = max(moments) - min(moments)
    starts = [_start(days.get(int(one)), span) for one in labels.answer_ids]
    found = [
        replace(part(labels, np.array([one == start for one in starts])), start=start)
        for start in sorted({one for one in starts if one is not None})
    ]
    return [one for one in found if one.kappa.n][-MOST:]


@needs(Role.RESEARCHER)
def by_judge(project: Project, labels: SideBySide, judge_ids: Sequence[int]) -> list[Slice]:
    """Return how far each judge agrees with the same people; a part is named by the judge's number."""
    found = []
    for judge_id in judge_ids[:MOST]:
        codes = codes_of(project, labels, judge_id)
        found.append(part(replace(labels, judge=codes), np.ones(len(codes), dtype=np.bool_), str(judge_id)))
    return found


def _by_annotator(labels: SideBySide) -> list[Slice]:
    everywhere = np.ones(len(labels.answer_ids), dtype=np.bool_)
    return [
        part(replace(labels, human=labels.ratings[:, column]), everywhere, name)
        for column, name in enumerate(labels.people)
    ]


def _by_tag(labels: SideBySide, tags: Mapping[int, list[str]]) -> list[Slice]:
    members: dict[str, list[int]] = {}
    for at, question_id in enumerate(labels.question_ids.tolist()):
        for tag in tags.get(question_id, [""]):
            members.setdefault(tag, []).append(at)
    return _parts(labels, members)


def _groups(labels: SideBySide, names: list[str]) -> list[Slice]:
    members: dict[str, list[int]] = {}
    for at, name in enumerate(names):
        members.setdefault(name, []).append(at)
    return _parts(labels, members)


def _parts(labels: SideBySide, members: Mapping[str, list[int]]) -> list[Slice]:
    both = labels.both
    sized = {name: int(both[places].sum()) for name, places in members.items()}
    # Only as many as are shown cost anything; the others are counted.
    largest = sorted(sized, key=lambda name: (-sized[name], name))
    found: list[Slice] = []
    for name in largest:
        if not sized[name]:
            continue
        if len(found) >= MOST:
            found.append(Slice(name, Figure.undefined(sized[name], Undefined.NO_PAIRS), math.nan))
            continue
        where = np.zeros(len(both), dtype=np.bool_)
        where[members[name]] = True
        found.append(part(labels, where, name))
    return found


def _best_first(found: list[Slice]) -> list[Slice]:
    return sorted(found, key=lambda one: one.name, reverse=True)


def _cut(found: list[Slice]) -> tuple[list[Slice], int]:
    return found[:MOST], max(0, len(found) - MOST)


def _thirds(labels: SideBySide, known: Mapping[int, AnswerFacts]) -> tuple[list[Slice], int]:
    lengths = np.array([known[one].length if one in known else 0 for one in labels.answer_ids.tolist()])
    if not labels.both.any():
        return [], 0
    ends = np.unique(np.quantile(lengths[labels.both], (1 / 3, 2 / 3, 1), method="inverted_cdf"))
    found: list[Slice] = []
    low = 0
    for end in ends.astype(int).tolist():
        where = (lengths > low) & (lengths <= end) if low else lengths <= end
        found.append(replace(part(labels, where), low=low, high=end))
        low = end
    return found, 0


def _thirds_of_scores(labels: SideBySide, known: Mapping[int, AnswerFacts]) -> list[str]:
    """Return in which third of its own run the first hit's score of each answer lies, "1" the lowest."""
    of_run: dict[int, list[float]] = {}
    for one in labels.answer_ids.tolist():
        if one in known and known[one].score is not None:
            of_run.setdefault(known[one].run_id, []).append(float(known[one].score or 0.0))
    limits = {run: np.quantile(scores, (1 / 3, 2 / 3)) for run, scores in of_run.items()}

    def third(answer: AnswerFacts) -> str:
        if answer.score is None:
            return ""
        return str(1 + int(np.searchsorted(limits[answer.run_id], answer.score, side="left")))

    return [_known(known, one, third) for one in labels.answer_ids.tolist()]


def _grade(best: int | None) -> str:
    return "" if best is None else f"g{best}"


def _known(known: Mapping[int, AnswerFacts], answer_id: int, of_answer: Callable[[AnswerFacts], str]) -> str:
    return of_answer(known[answer_id]) if answer_id in known else ""


def _start(moment: datetime | None, span: timedelta) -> datetime | None:
    """Return the beginning of the day, week or month, whichever gives a handful of parts."""
    if moment is None:
        return None
    day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    if span <= timedelta(days=14):
        return day
    if span <= timedelta(days=92):
        return day - timedelta(days=day.weekday())
    return day.replace(day=1)
