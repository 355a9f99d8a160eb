"""Three parts by question: one to learn from, one to stop by, one for the figure that is reported."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from dashboard.errors import N_, TuningError

TEST_SHARE = 0.5
"""Half is held out: the reported interval is only as narrow as this part is large."""

VALIDATION_SHARE = 0.15
FEWEST = 10
"""Questions below which no part would say anything."""


@dataclass(frozen=True, slots=True)
class Split:
    """Question ids of each part, ascending. No question is in two parts, and no text is.

    Attributes:
        train: What the encoder learns from.
        validation: What says when to stop; it is looked at after every epoch.
        test: What gives the reported figure; it is looked at once, after training.
    """

    train: tuple[int, ...]
    validation: tuple[int, ...]
    test: tuple[int, ...]


def split_questions(
    questions: Mapping[int, str],
    seed: int,
    *,
    test_share: float = TEST_SHARE,
    validation_share: float = VALIDATION_SHARE,
) -> Split:
    """Share questions out by chance; those that read the same go together.

    The order in which they are drawn depends on seed and text alone, so that a question mostly stays in its
    part when others are added.

    Args:
        questions: The text of each question.
        seed: Another seed gives another split.
        test_share: Share of the held-out part.
        validation_share: Share of the part that says when to stop.

    Raises:
        TuningError: There are too few distinct questions.
    """
    groups: dict[str, list[int]] = {}
    for question, text in questions.items():
        groups.setdefault(_same(text), []).append(question)
    if len(groups) < FEWEST:
        raise TuningError(
            N_(
                "Only {found} different questions have a relevant segment; {fewest} are needed to learn from "
                "some and measure on others. Grade the evidence of more questions first."
            ),
            found=len(groups),
            fewest=FEWEST,
        )
    drawn = sorted(groups, key=lambda text: hashlib.sha256(f"{seed}:{text}".encode()).digest())
    test = max(1, round(test_share * len(drawn)))
    stop = test + max(1, round(validation_share * len(drawn)))
    parts = (drawn[stop:], drawn[test:stop], drawn[:test])
    train, validation, held_out = (
        tuple(sorted(question for text in part for question in groups[text])) for part in parts
    )
    return Split(train, validation, held_out)


def _same(text: str) -> str:
    """Return what two questions share that a person would call the same."""
    return " ".join(text.casefold().split()).rstrip("?!. ")
