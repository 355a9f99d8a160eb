"""How many more labels would make an interval narrow enough."""

from __future__ import annotations

import math

from .figure import Figure

HALF_WIDTH = 0.10
"""Half the width of the interval that is aimed at."""


def labels_needed(figure: Figure, half_width: float = HALF_WIDTH) -> Figure:
    """Return how many more labelled answers would bring an interval down to a half-width.

    The projection takes further labels to be like those there are, with the same label
    frequencies, the same agreement and as many answers to a question, so that the half-width
    shrinks with the square root of their number. It is itself uncertain while labels are few.

    Args:
        figure: A figure with its interval now.
        half_width: Half the width aimed at.

    Returns:
        The number of labels still missing, 0 where the interval is narrow enough; undefined for
        the figure's own reason where it has no interval.
    """
    now = (figure.high - figure.low) / 2.0
    if math.isnan(now):
        return Figure(math.nan, math.nan, math.nan, figure.n, figure.reason)
    wanted = math.ceil(figure.n * (now / half_width) ** 2 - 1e-9)
    return Figure.without_interval(float(max(0, wanted - figure.n)), figure.n)
