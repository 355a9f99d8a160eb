"""What the reports on judges need: counts, and single columns where counts do not do."""

from typing import NamedTuple

from sqlalchemy import and_, case, func, select
from sqlalchemy.orm import Session, aliased

from dashboard.labels import Label
from dashboard.store.judgements import EARLIER
from dashboard.store.schema import AnswerRow, JudgementRow


class Tally(NamedTuple):
    """How many of a judge's judgements share a label, a reason and whether they were cached.

    Tokens are summed where they are known, which they are for `told` of the judgements.
    """

    label: Label | None
    reason: str
    is_cached: bool
    answers: int
    suspicious: int
    told: int
    tokens_in: int
    tokens_out: int


class Tokens(NamedTuple):
    """Tokens that went to a model and came from it."""

    tokens_in: int
    tokens_out: int


class Transition(NamedTuple):
    """How many answers went from one judge's label to another judge's; None is unscored.

    `difference` sums the second judge's scores less the first one's, over the `scored` answers that have
    both.
    """

    before: Label | None
    after: Label | None
    answers: int
    scored: int
    difference: float


def tallies(session: Session, judge_id: int) -> list[Tally]:
    """Return a judge's judgements counted by label, reason and whether they were cached."""
    row = JudgementRow
    query = (
        select(
            row.label,
            row.reason,
            row.is_cached,
            func.count(),
            func.sum(case((func.json_array_length(row.suspicions) > 0, 1), else_=0)),
            func.count(func.coalesce(row.tokens_in, row.tokens_out)),
            func.coalesce(func.sum(row.tokens_in), 0),
            func.coalesce(func.sum(row.tokens_out), 0),
        )
        .where(row.judge_id == judge_id)
        .group_by(row.label, row.reason, row.is_cached)
    )
    return [Tally(_label(label), *rest) for label, *rest in session.execute(query)]


def earlier_tokens(session: Session, judge_id: int) -> Tokens:
    """Return the tokens that went into the unscored tries that later judgements replaced."""
    earlier = JudgementRow.details[EARLIER]
    query = select(earlier).where(JudgementRow.judge_id == judge_id, earlier.as_string().is_not(None))
    tries = [one for found in session.scalars(query) for one in found if not one.get("is_cached")]
    return Tokens(
        sum(one.get("tokens_in") or 0 for one in tries), sum(one.get("tokens_out") or 0 for one in tries)
    )


def latencies(session: Session, judge_id: int) -> list[float]:
    """Return the known latencies in milliseconds of the judgements for which a model was asked."""
    query = select(JudgementRow.latency_ms).where(
        JudgementRow.judge_id == judge_id,
        JudgementRow.is_cached.is_(False),
        JudgementRow.latency_ms.is_not(None),
    )
    return [float(latency) for latency in session.scalars(query) if latency is not None]


def lengths_and_scores(session: Session, judge_id: int) -> list[tuple[int, float]]:
    """Return characters and score of each answer that the judge scored."""
    query = (
        select(func.length(AnswerRow.text), JudgementRow.score)
        .join(AnswerRow, AnswerRow.id == JudgementRow.answer_id)
        .where(JudgementRow.judge_id == judge_id, JudgementRow.score.is_not(None))
    )
    return [(length, score) for length, score in session.execute(query) if score is not None]


def suspicious(session: Session, judge_id: int, limit: int) -> dict[int, tuple[str, ...]]:
    """Return answers, newest first, in whose texts something looks like an attempt to sway a judge."""
    query = (
        select(JudgementRow.answer_id, JudgementRow.suspicions)
        .where(JudgementRow.judge_id == judge_id, func.json_array_length(JudgementRow.suspicions) > 0)
        .order_by(JudgementRow.answer_id.desc())
        .limit(limit)
    )
    return {answer_id: tuple(codes) for answer_id, codes in session.execute(query)}


def transitions(session: Session, before_id: int, after_id: int) -> list[Transition]:
    """Count the pairs of labels that two judges gave to the same answers."""
    before, after = aliased(JudgementRow), aliased(JudgementRow)
    change = after.score - before.score
    query = (
        select(
            before.label,
            after.label,
            func.count(),
            func.count(change),
            func.sum(change),
        )
        .join(after, and_(after.answer_id == before.answer_id, after.judge_id == after_id))
        .where(before.judge_id == before_id)
        .group_by(before.label, after.label)
    )
    return [
        Transition(_label(first), _label(second), answers, scored, difference or 0.0)
        for first, second, answers, scored, difference in session.execute(query)
    ]


def _label(found: str | None) -> Label | None:
    return Label(found) if found else None
