"""By what the points of the map are coloured: lecture, people's label, a judge's score."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dashboard.labels import FIRST_KEY_IS_BEST, STYLES
from dashboard.services.map_marks import Marks
from dashboard.ui.i18n import _, number
from dashboard.ui.retrieval.map_chart import QUIET, Style

LECTURE_STYLES = (
    ("#0072B2", "circle"),
    ("#E69F00", "square"),
    ("#009E73", "diamond"),
    ("#CC79A7", "triangle-up"),
    ("#56B4E9", "triangle-down"),
    ("#D55E00", "star"),
    ("#8F8A00", "pentagon"),
    ("#9467BD", "hexagon"),
)
"""Colours after Okabe and Ito (2008), in the main, each with a sign; more could not be told apart."""

LABEL_SIGNS = ("circle", "square", "triangle-up")
_SCORES = (
    (0.25, "#B35806", "triangle-down"),
    (0.5, "#F1A340", "square"),
    (0.75, "#74A9CF", "diamond"),
    (1.0, "#2166AC", "triangle-up"),
)
"""Upper ends of the stretches of scores, from orange to blue."""


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The styles, the name of what has none of them, and each point's style."""

    styles: list[Style]
    quiet: str
    segments: npt.NDArray[np.int64]
    questions: npt.NDArray[np.int64]


def by_lecture(
    lectures: npt.NDArray[np.int64], titles: Mapping[int, str], chosen: Sequence[int], questions: int
) -> Grouping:
    """Group segments by the chosen lectures; questions belong to none.

    Args:
        lectures: Each segment's lecture.
        titles: Titles of the chosen lectures.
        chosen: The lectures that are coloured.
        questions: How many questions there are.
    """
    segments = np.full(len(lectures), QUIET, dtype=np.int64)
    for at, lecture in enumerate(chosen):
        segments[lectures == lecture] = at
    styles = [
        Style(titles[lecture], colour, sign)
        for lecture, (colour, sign) in zip(chosen, LECTURE_STYLES, strict=False)
    ]
    return Grouping(styles, _("other lectures"), segments, np.full(questions, QUIET, dtype=np.int64))


def by_label(segment_ids: Sequence[int], question_ids: Sequence[int], marks: Marks) -> Grouping:
    """Group by people's label."""
    styles = [
        Style(name, STYLES[label].colour, sign, says=name)
        for label, sign in zip(FIRST_KEY_IS_BEST, LABEL_SIGNS, strict=True)
        for name in (f"{label.value} {_(STYLES[label].text)}",)
    ]
    codes = {answer: FIRST_KEY_IS_BEST.index(label) for answer, label in marks.labels.items()}
    return _grouped(styles, _("no label"), segment_ids, question_ids, marks, codes)


def by_score(segment_ids: Sequence[int], question_ids: Sequence[int], marks: Marks) -> Grouping:
    """Group by the judge's score, in four stretches."""
    styles, low = [], 0.0
    for high, colour, sign in _SCORES:
        stretch = f"{number(low, 2)}–{number(high, 2)}"
        styles.append(Style(stretch, colour, sign, _("Score {score}").format(score=stretch)))
        low = high
    ends = [high for high, _colour, _sign in _SCORES[:-1]]
    codes = {
        answer: int(np.searchsorted(ends, score, side="right")) for answer, score in marks.scores.items()
    }
    return _grouped(styles, _("no score"), segment_ids, question_ids, marks, codes)


def _grouped(
    styles: list[Style],
    quiet: str,
    segment_ids: Sequence[int],
    question_ids: Sequence[int],
    marks: Marks,
    codes: Mapping[int, int],
) -> Grouping:
    def coded(ids: Sequence[int], answers: Mapping[int, int]) -> npt.NDArray[np.int64]:
        return np.array([codes[answers[one]] if one in answers else QUIET for one in ids], dtype=np.int64)

    return Grouping(styles, quiet, coded(segment_ids, marks.segments), coded(question_ids, marks.questions))
