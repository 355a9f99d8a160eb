"""Which strategy suits the data: how much there is, and how near the encoder's world is to the lectures'."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.errors import N_
from dashboard.retrieval.finetuning.settings import Strategy

FEW_QUESTIONS = 100
"""Below this, more weights than an adapter's learn the questions by heart."""

MANY_QUESTIONS = 1000

NEAR = 0.6
"""nDCG@10 of the encoder as it is, from which its world counts as near that of the lectures."""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A strategy and why: a translatable template and its fields, which are numbers."""

    strategy: Strategy
    message: str
    found: Mapping[str, float]


def recommend(questions: int, ndcg: float, *, is_trainable: bool) -> Recommendation:
    """Return the strategy that suits the data.

    The four cases of transfer learning, by amount of data and nearness of the domain (Yosinski et al.,
    2014, on how transferable the layers of a network are; Howard and Ruder, 2018, for unfreezing in steps).

    Args:
        questions: Questions with a relevant segment, to learn from.
        ndcg: nDCG@10 of the encoder as it is on these questions.
        is_trainable: Whether its weights can be trained here.
    """
    found: dict[str, float] = {"questions": questions, "ndcg": ndcg}
    if not is_trainable:
        return Recommendation(
            Strategy.ADAPTER,
            N_(
                "The weights of this encoder cannot be trained here, so only layers on top of its vectors "
                "can learn. There are {questions} questions to learn from."
            ),
            found,
        )
    if questions < FEW_QUESTIONS:
        return Recommendation(
            Strategy.ADAPTER,
            N_(
                "With {questions} questions to learn from, more weights than those of an adapter would learn "
                "them by heart."
            ),
            found,
        )
    is_near = not math.isnan(ndcg) and ndcg >= NEAR
    if questions < MANY_QUESTIONS:
        if is_near:
            return Recommendation(
                Strategy.LAST_LAYERS,
                N_(
                    "The encoder does well here already (nDCG@10 {ndcg}) and there are {questions} "
                    "questions: what its lower layers know of language stays, and only its last layers learn."
                ),
                found,
            )
        return Recommendation(
            Strategy.GRADUAL,
            N_(
                "The lectures are far from what the encoder knows (nDCG@10 {ndcg}) and there are only "
                "{questions} questions: a new layer learns first, then all of them, the lower the slower."
            ),
            found,
        )
    if is_near:
        return Recommendation(
            Strategy.GRADUAL,
            N_(
                "The encoder does well here already (nDCG@10 {ndcg}) and there are {questions} "
                "questions: all layers may learn, the lower the slower, so that nothing is forgotten."
            ),
            found,
        )
    return Recommendation(
        Strategy.FULL,
        N_(
            "The lectures are far from what the encoder knows (nDCG@10 {ndcg}), and {questions} "
            "questions are enough for all of its weights to learn."
        ),
        found,
    )
