"""The three labels: their order, number, colour, shortcut and text, here and nowhere else."""

from dataclasses import dataclass
from enum import StrEnum

from dashboard.errors import N_


class Label(StrEnum):
    """A verdict on an answer, ordered I < P < C."""

    INCORRECT = "I"
    PARTIAL = "P"
    CORRECT = "C"


@dataclass(frozen=True, slots=True)
class LabelStyle:
    """How a label counts and how it is shown.

    Attributes:
        number: Numeric value in [0, 1], as in Inspect AI (I 0, P 0.5, C 1).
        colour: Hex colour; the three differ in lightness as well as in hue, so that they can be told apart
            with any colour vision (after Okabe and Ito, 2008).
        shortcut: The key that gives this label.
        text: Message id of the label's name.
    """

    number: float
    colour: str
    shortcut: str
    text: str


ORDERED: tuple[Label, ...] = (Label.INCORRECT, Label.PARTIAL, Label.CORRECT)
"""The categories from worst to best: the axis order of every table and chart."""

FIRST_KEY_IS_BEST: tuple[Label, ...] = ORDERED[::-1]
"""The order of the label buttons: key 1 is correct."""

STYLES: dict[Label, LabelStyle] = {
    Label.CORRECT: LabelStyle(1.0, "#0072B2", "1", N_("Correct")),
    Label.PARTIAL: LabelStyle(0.5, "#E69F00", "2", N_("Partial")),
    Label.INCORRECT: LabelStyle(0.0, "#A6325B", "3", N_("Incorrect")),
}


def code(label: Label) -> int:
    """Return the label's position in `ORDERED`: 0, 1 or 2."""
    return ORDERED.index(label)
