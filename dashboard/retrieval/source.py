"""What the retrieval reads from the database."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from dashboard.errors import N_, SearchError
from dashboard.models import Segment


class SegmentSource(Protocol):
    """The active segments of a project; every method may be called from several threads."""

    def corpus_version(self) -> str:
        """Return a text that changes whenever the active segments change, and differs between databases."""
        ...

    def keys(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Return the ids of the active segments in ascending order, and the content hash of each."""
        ...

    def texts(self) -> Iterator[tuple[int, str]]:
        """Yield id and text of every active segment."""
        ...

    def segments(self, ids: Sequence[int]) -> Mapping[int, Segment]:
        """Return segments by id; ids that are not there are left out."""
        ...


def no_segments() -> SearchError:
    """Return the error for a corpus in which there is nothing to search."""
    return SearchError(
        N_("The corpus holds no segments. Add lectures first: python -m dashboard ingest PATH.")
    )


def no_vectors(count: int, encoder: str) -> SearchError:
    """Return the error for a corpus of which no segment has a vector."""
    return SearchError(
        N_(
            "None of the {count} segments has a vector of the encoder {encoder}. "
            "Embed them first: python -m dashboard ingest PATH."
        ),
        count=count,
        encoder=encoder,
    )
