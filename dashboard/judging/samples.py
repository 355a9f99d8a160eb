"""Several samples of one judge on one answer: the grade that stands, and how far they lie apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median_low, stdev


@dataclass(frozen=True, slots=True)
class Samples:
    """What a judge's samples of one answer say together. Figures are in the units of the raw scores.

    Attributes:
        wanted: How many samples were taken.
        readable: How many of them could be read; only these count.
        raw_score: Their median, of an even number the lower middle one, so that it is a grade that was
            given; None when none could be read.
        chosen: Position of the first sample with that raw score, whose reasoning stands for the verdict;
            None when none could be read.
        spread: Highest less lowest raw score; None with fewer than two readable samples, which show nothing
            of how steady the judge is.
        deviation: Standard deviation (of a sample, n - 1); None like the spread.
    """

    wanted: int
    readable: int
    raw_score: float | None
    chosen: int | None
    spread: float | None
    deviation: float | None

    @property
    def readable_share(self) -> float:
        """Share of the samples that could be read, 0 to 1."""
        return self.readable / self.wanted


def combine(raw_scores: Sequence[float | None]) -> Samples:
    """Put the samples of one answer together; rubric's score and label follow from the raw score.

    Args:
        raw_scores: Each sample's raw score in the order in which they were taken, None where the reply
            could not be read; at least one.

    Raises:
        ValueError: There is no sample.
    """
    if not raw_scores:
        raise ValueError("no samples to combine: at least one must be taken")
    read = [raw for raw in raw_scores if raw is not None]
    middle = median_low(read) if read else None
    several = len(read) > 1
    return Samples(
        wanted=len(raw_scores),
        readable=len(read),
        raw_score=middle,
        chosen=raw_scores.index(middle) if read else None,
        spread=max(read) - min(read) if several else None,
        deviation=stdev(read) if several else None,
    )
