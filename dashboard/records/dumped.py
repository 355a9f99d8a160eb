"""A judgement as a dump of some judge holds it, and how a score becomes a label where there is none."""

from dataclasses import dataclass, replace
from typing import NamedTuple

from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement

UNKNOWN = "unknown"
"""The model of a judge whose dump does not say."""


class Place(NamedTuple):
    """Where in a file something is: a line, or a path in a JSON document, such as `samples[2]`."""

    line: int = 0
    path: str = ""

    def name(self, key: str) -> str:
        """Return a field's full name for a message."""
        return f"{self.path}.{key}" if self.path else key


class Cuts(NamedTuple):
    """From which score on, to two decimals, a label is given."""

    correct: float
    partial: float

    def label(self, score: float) -> Label:
        """Return the label of a score."""
        rounded = round(score, 2)
        if rounded >= self.correct:
            return Label.CORRECT
        return Label.PARTIAL if rounded >= self.partial else Label.INCORRECT


RELEVANCE_CUTS = Cuts(1.0, 0.67)
"""Those of answer relevance: raw 3 is correct, raw 2 partial, and the score is a third of it."""


@dataclass(frozen=True, slots=True)
class Dumped:
    """A judgement with what says which answer it is on: its key, or the texts of question and answer.

    Attributes:
        reference_answer: The answer that was expected, empty where the dump has none.
        run: Name of what produced the answer, empty where the dump does not say; so for `model`.
        cuts: How a label is drawn from a score that has none, None where it cannot be.
    """

    place: Place
    judge: JudgeConfig
    judgement: NewJudgement
    key: str = ""
    question: str = ""
    answer: str = ""
    reference_answer: str = ""
    run: str = ""
    model: str = ""
    cuts: Cuts | None = RELEVANCE_CUTS

    @property
    def needs_label(self) -> bool:
        """Whether there is a score from which a label must be drawn."""
        return self.cuts is not None and self.judgement.score is not None and self.judgement.label is None


def labelled(dumped: Dumped) -> Dumped:
    """Return a judgement of a judge whose labels are drawn from its scores where it gives none.

    The judge's parameters say so, also with its other judgements: with other cuts it would be another judge.
    """
    if dumped.cuts is None:
        return dumped
    how = f"from score: C >= {dumped.cuts.correct:g}, P >= {dumped.cuts.partial:g}"
    judgement = dumped.judgement
    if dumped.needs_label and judgement.score is not None:
        judgement = replace(judgement, label=dumped.cuts.label(judgement.score))
    judge = replace(dumped.judge, parameters={**dumped.judge.parameters, "labels": how})
    return replace(dumped, judge=judge, judgement=judgement)
