"""A panel: the verdicts of several judges on an answer, as one verdict."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from statistics import median_low

from dashboard.judging.unscored import Unscored
from dashboard.labels import ORDERED, Label, code
from dashboard.models import NewJudgement


class Rule(StrEnum):
    """How a panel comes to its label."""

    MAJORITY = "majority"
    """The label with more than half of the votes; without one the answer is unscored."""

    MEDIAN = "median"
    """The middle label in the order I < P < C; of an even number of votes the lower middle one."""


@dataclass(frozen=True, slots=True)
class Vote:
    """A member's label and its score in [0, 1]."""

    label: Label
    score: float


def panel_verdict(votes: Sequence[Vote | None], rule: Rule) -> NewJudgement:
    """Return the panel's own verdict; it carries no details, which are the caller's to add.

    A member that left the answer unscored does not vote. The score is the median of the members' scores,
    of an even number the lower middle one: like the label it errs on the strict side, and it is a score
    that a member gave. It is the raw score, too, because a panel has no scale of its own.

    Args:
        votes: Each member's vote, None where it left the answer unscored.
        rule: How the label is found.
    """
    given = [vote for vote in votes if vote is not None]
    if not given or 2 * len(given) < len(votes):
        return _unscored(
            Unscored.MEMBERS_UNSCORED, f"Only {len(given)} of {len(votes)} members of the panel gave a label."
        )
    if rule == Rule.MEDIAN:
        label = ORDERED[median_low(code(vote.label) for vote in given)]
    else:
        counts = Counter(vote.label for vote in given)
        label, most = counts.most_common(1)[0]
        if 2 * most <= len(given):
            found = ", ".join(f"{one} {counts[one]}" for one in ORDERED)
            return _unscored(
                Unscored.NO_MAJORITY, f"No label has more than half of the {len(given)} votes: {found}."
            )
    score = median_low(vote.score for vote in given)
    return NewJudgement(raw_score=score, score=score, label=label)


def _unscored(reason: Unscored, error: str) -> NewJudgement:
    return NewJudgement(raw_score=None, score=None, label=None, error=error, reason=reason.value)
