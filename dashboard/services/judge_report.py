"""What a judge costs and how it behaves, and what another version of it does differently."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.agreement.spearman import rank_correlation
from dashboard.jobs import Prices, money
from dashboard.labels import ORDERED, Label, code
from dashboard.models import Judge
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import browse, judge_figures
from dashboard.store.browse import AnswerSummary
from dashboard.store.judge_figures import Tally, Tokens

BINS = 4
"""Answers are put into this many groups by their length, each with about as many answers."""

UNSCORED = len(ORDERED)
"""Row and column of the unscored in a table of changes, after the labels in their order."""


@dataclass(frozen=True, slots=True)
class LengthBin:
    """The scored answers of `low` to `high` characters, and their mean score."""

    low: int
    high: int
    n: int
    mean_score: float


@dataclass(frozen=True, slots=True)
class JudgeReport:
    """What one judge costs and how it behaves. None stands for what cannot be known.

    Attributes:
        judged: Answers that it judged, the unscored among them.
        labels: How often it gave each label.
        unscored: Answers that it left without a label.
        reasons: How often it did so for each reason, an `Unscored` code, the most frequent first; empty for
            imported ones.
        cached: Judgements for which nothing was asked.
        suspicious: Answers in whose texts something looks like an attempt to sway it.
        tokens_in: Tokens to the model, in the unscored tries that were replaced, too; those of cached
            judgements were not spent again and do not count.
        tokens_out: The same from the model.
        untold: Judgements that were not cached and of which no tokens are known, so that they are missing in
            the tokens and in the money.
        money: What the tokens cost; None where they are not known, or the model has no price.
        timed: Judgements that were not cached and whose latency is known.
        p50_ms: Their median latency in milliseconds.
        p95_ms: The latency that 95 % of them do not exceed.
        lengths: The scored answers from short to long in up to four groups.
        length_n: How many scored answers there are.
        length_rho: Spearman's correlation between an answer's characters and its score. It says that length
            and score go together, not why: long answers may be better.
    """

    judge: Judge
    judged: int
    labels: Mapping[Label, int]
    unscored: int
    reasons: Mapping[str, int]
    cached: int
    suspicious: int
    tokens_in: int
    tokens_out: int
    untold: int
    money: float | None
    timed: int
    p50_ms: float | None
    p95_ms: float | None
    lengths: tuple[LengthBin, ...]
    length_n: int
    length_rho: float | None


@dataclass(frozen=True, slots=True)
class Changes:
    """What a second judge says of the answers that a first one judged, too.

    Attributes:
        table: Answers by the first judge's label (rows) and the second one's (columns), I, P, C, unscored.
        n: Answers that both judged.
        labelled: Those to which both gave a label.
        changed: Share of these whose label differs; None when there are none.
        scored: Answers to which both gave a score.
        mean_difference: Mean of the second judge's scores less the first one's; None when there are none.
    """

    table: tuple[tuple[int, ...], ...]
    n: int
    labelled: int
    changed: float | None
    scored: int
    mean_difference: float | None


@needs(Role.RESEARCHER)
def judge_report(project: Project, judge: Judge, prices: Prices) -> JudgeReport:
    """Return what a judge costs and how it behaves.

    Args:
        project: Where the judgements are.
        judge: The judge.
        prices: What models cost.
    """
    with project.store.read() as session:
        counted = judge_figures.tallies(session, judge.judge_id)
        earlier = judge_figures.earlier_tokens(session, judge.judge_id)
        latencies = judge_figures.latencies(session, judge.judge_id)
        lengths = judge_figures.lengths_and_scores(session, judge.judge_id)
    asked = [one for one in counted if not one.is_cached]
    spent = Tokens(
        earlier.tokens_in + sum(one.tokens_in for one in asked),
        earlier.tokens_out + sum(one.tokens_out for one in asked),
    )
    untold = sum(one.answers - one.told for one in asked)
    if any(spent):
        cost = money(prices, judge.config.model, *spent)
    else:
        cost = None if untold else 0.0
    p50, p95 = (float(one) for one in np.percentile(latencies, [50, 95])) if latencies else (None, None)
    rho = rank_correlation([length for length, _ in lengths], [score for _, score in lengths])
    return JudgeReport(
        judge=judge,
        judged=sum(one.answers for one in counted),
        labels={label: sum(one.answers for one in counted if one.label == label) for label in ORDERED},
        unscored=sum(one.answers for one in counted if one.label is None),
        reasons=_reasons(counted),
        cached=sum(one.answers for one in counted if one.is_cached),
        suspicious=sum(one.suspicious for one in counted),
        tokens_in=spent.tokens_in,
        tokens_out=spent.tokens_out,
        untold=untold,
        money=cost,
        timed=len(latencies),
        p50_ms=p50,
        p95_ms=p95,
        lengths=_bins(lengths),
        length_n=len(lengths),
        length_rho=None if np.isnan(rho) else rho,
    )


@needs(Role.RESEARCHER)
def suspicious_answers(
    project: Project, judge: Judge, limit: int
) -> list[tuple[AnswerSummary, tuple[str, ...]]]:
    """Return answers whose texts may try to sway this judge, each with its signs, newest first."""
    with project.store.read() as session:
        signs = judge_figures.suspicious(session, judge.judge_id, limit)
        lines = browse.summaries(session, list(signs))
    return [(line, signs[line.answer_id]) for line in lines]


@needs(Role.RESEARCHER)
def changes(project: Project, before: Judge, after: Judge) -> Changes:
    """Compare two judges, such as two prompt versions of one rubric, on the answers that both judged.

    Going to or from unscored is in the table but no change of label, because unscored is no label.
    """
    with project.store.read() as session:
        found = judge_figures.transitions(session, before.judge_id, after.judge_id)
    table = np.zeros((UNSCORED + 1, UNSCORED + 1), dtype=np.int64)
    for one in found:
        table[_place(one.before), _place(one.after)] = one.answers
    labels = table[:UNSCORED, :UNSCORED]
    labelled, scored = int(labels.sum()), sum(one.scored for one in found)
    return Changes(
        table=tuple(tuple(int(count) for count in row) for row in table),
        n=int(table.sum()),
        labelled=labelled,
        changed=1.0 - float(labels.trace()) / labelled if labelled else None,
        scored=scored,
        mean_difference=sum(one.difference for one in found) / scored if scored else None,
    )


def _place(label: Label | None) -> int:
    return UNSCORED if label is None else code(label)


def _reasons(counted: Sequence[Tally]) -> dict[str, int]:
    reasons: Counter[str] = Counter()
    for one in counted:
        if one.label is None:
            reasons[one.reason] += one.answers
    return dict(sorted(reasons.items(), key=lambda found: (-found[1], found[0])))


def _bins(lengths: Sequence[tuple[int, float]]) -> tuple[LengthBin, ...]:
    """Group answers by the quartiles of their characters; equally long ones are never parted."""
    if not lengths:
        return ()
    characters, scores = np.array(lengths, dtype=np.float64).T
    edges = np.quantile(characters, np.arange(1, BINS) / BINS)
    group = np.searchsorted(edges, characters)
    return tuple(
        LengthBin(int(own.min()), int(own.max()), len(own), float(scores[group == at].mean()))
        for at in range(BINS)
        if len(own := characters[group == at])
    )
