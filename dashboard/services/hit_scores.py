"""How the scores of hits are spread: of the first hit by people's label, and by rank."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.agreement.table import MISSING
from dashboard.labels import FIRST_KEY_IS_BEST, ORDERED, Label
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.agreement import side_by_side
from dashboard.services.project import Project
from dashboard.store import hit_scores as stored

MOST_ANSWERS = 5_000
"""A run's newest answers, whose scores are read."""

FIRST_RANK = 1


@dataclass(frozen=True, slots=True)
class Spread:
    """Lowest and highest of `n` scores, median and quartiles (linear between neighbours)."""

    n: int
    low: float
    first_quarter: float
    median: float
    third_quarter: float
    high: float


@dataclass(frozen=True, slots=True)
class ScoreSpreads:
    """The scores of one run.

    Attributes:
        answers: Answers that are counted.
        of: Answers of the run that have hits.
        by_label: Spread of the first hit's score by people's label, best first; None stands for no label.
            Labels that no answer has are left out.
        by_rank: Spread of the scores at each rank.
    """

    answers: int
    of: int
    by_label: dict[Label | None, Spread]
    by_rank: dict[int, Spread]


@needs(Role.RESEARCHER)
def score_spreads(project: Project, run_id: int) -> ScoreSpreads:
    """Return how a run's scores are spread; people's label is the agreed one, else the majority's."""
    with project.store.read() as session:
        scores = stored.hit_scores(session, run_id, MOST_ANSWERS)
        of = stored.count_answers(session, run_id)
    labels = side_by_side(project, None, phase=None)
    given = {
        answer_id: ORDERED[at]
        for answer_id, at in zip(labels.answer_ids.tolist(), labels.human.tolist(), strict=True)
        if at != MISSING
    }
    by_rank: dict[int, list[float]] = {}
    by_label: dict[Label | None, list[float]] = {label: [] for label in (*FIRST_KEY_IS_BEST, None)}
    for one in scores:
        by_rank.setdefault(one.rank, []).append(one.score)
        if one.rank == FIRST_RANK:
            by_label[given.get(one.answer_id)].append(one.score)
    return ScoreSpreads(
        answers=len({one.answer_id for one in scores}),
        of=of,
        by_label={label: spread(found) for label, found in by_label.items() if found},
        by_rank={rank: spread(found) for rank, found in sorted(by_rank.items())},
    )


def spread(scores: Sequence[float]) -> Spread:
    """Return how scores, at least one, are spread."""
    low, first, median, third, high = np.percentile(scores, [0, 25, 50, 75, 100]).tolist()
    return Spread(len(scores), low, first, median, third, high)
