"""What an encoder learns from: questions, segments, and how relevant people found them for each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Segments:
    """The segments that can be found.

    Attributes:
        ids: Their ids, ascending.
        hashes: The content hash of each; equal texts have equal hashes.
        lectures: The lecture of each, empty where none is known.
    """

    ids: npt.NDArray[np.int64]
    hashes: Sequence[str]
    lectures: Sequence[str]

    @cached_property
    def places(self) -> Mapping[int, int]:
        """Where each id is."""
        return {int(segment): place for place, segment in enumerate(self.ids)}

    def hash_of(self, segment: int) -> str:
        """Return the content hash of a segment."""
        return self.hashes[self.places[segment]]

    def lecture_of(self, segment: int) -> str:
        """Return the lecture of a segment."""
        return self.lectures[self.places[segment]]


@dataclass(frozen=True)
class Material:
    """Questions with the grades of their segments.

    Attributes:
        questions: The text of each question.
        grades: For each question the grade of every segment that was judged; only segments that can be found.
        relevant_from: The grade from which a segment counts as relevant.
        segments: All segments that can be found.
        source: Where the grades come from, such as `people` or `known-items:titles`.
    """

    questions: Mapping[int, str]
    grades: Mapping[int, Mapping[int, int]]
    relevant_from: int
    segments: Segments
    source: str

    def relevant(self, question: int) -> list[int]:
        """Return the relevant segments of a question, the best grade first."""
        found = [
            (-grade, segment)
            for segment, grade in self.grades[question].items()
            if grade >= self.relevant_from
        ]
        return [segment for _grade, segment in sorted(found)]
