"""Segments that say nearly the same, found once and kept on disk beside their manifest."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from dashboard.models import Segment
from dashboard.retrieval.files import slug
from dashboard.retrieval.manifest import Facts, opened, store, verified
from dashboard.retrieval.near_duplicates import near_pairs
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.background import Background
from dashboard.services.ingest import Progress
from dashboard.services.project import Project
from dashboard.store import map_facts
from dashboard.store.map_facts import SegmentFacts

FLOOR = 0.8
"""Lowest cosine that is looked for."""

MOST_COMPARED = 200_000
"""Segments that are compared with each other, which takes minutes; of more, those with the lowest ids."""

PAIR = np.dtype(
    [("left", "<i8"), ("right", "<i8"), ("cosine", "<f4"), ("same_lecture", "?"), ("same_text", "?")]
)
"""Two segments by their ids, the lower one left."""

BETWEEN, WITHIN = "between", "within"
"""Pairs of two lectures, and of one."""

_KIND = "near duplicates"
_PAIRS, _REST = "pairs.npy", "rest.json"


@dataclass(frozen=True, slots=True, eq=False)
class NearDuplicates:
    """The pairs, most alike first, of the type `PAIR`.

    Attributes:
        facts: What they were looked for in.
        pairs: One row a pair.
        floor: No pair above this cosine is missing.
        compared: Segments that were compared.
    """

    facts: Facts
    pairs: npt.NDArray[np.void]
    floor: float
    compared: int


@dataclass(frozen=True, slots=True)
class NearDuplicate:
    """A pair as it is shown."""

    left: Segment
    right: Segment
    cosine: float
    same_text: bool


@needs(Role.RESEARCHER)
def open_near_duplicates(project: Project) -> Background[NearDuplicates]:
    """Return the project's near duplicates as they are looked for in the background."""
    return Background(
        lambda: stored_pairs(project),
        lambda progress: find_pairs(project, progress),
        lambda found: is_current(project, found),
    )


@needs(Role.RESEARCHER)
def is_current(project: Project, found: NearDuplicates) -> bool:
    """Return whether pairs are of the segments that there are now, and of the present encoder."""
    present = (project.segments.corpus_version(), project.encoder.id)
    return (found.facts.corpus_version, found.facts.encoder) == present


@needs(Role.RESEARCHER)
def stored_pairs(project: Project) -> NearDuplicates | None:
    """Return the pairs on disk; None where there are none, or they are damaged or another encoder's.

    Raises:
        EncoderError: The encoder cannot be used.
        SearchError: The folder cannot be used.
    """
    folder = _folder(project)
    if not folder.is_dir():
        return None
    with opened(folder):
        manifest = verified(folder)
        if manifest is None or manifest.facts.kind != _KIND:
            return None
        try:
            pairs = np.load(manifest.path(folder, _PAIRS), allow_pickle=False)
            rest = json.loads(manifest.path(folder, _REST).read_bytes())
            found = NearDuplicates(manifest.facts, pairs, float(rest["floor"]), int(rest["compared"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
    return found if pairs.dtype == PAIR and pairs.ndim == 1 else None


@needs(Role.RESEARCHER)
def find_pairs(project: Project, progress: Progress) -> NearDuplicates:
    """Compare all segments that have a vector and store the pairs that are most alike.

    Windows of one lecture that overlap are left out, since they share words by design.

    Args:
        project: Whose segments.
        progress: Told of the step "compare".

    Raises:
        EncoderError: The encoder cannot be used.
        SearchError: The folder cannot be used.
    """
    progress("compare", 0, 1)
    version = project.segments.corpus_version()
    with project.store.read() as session:
        rows = map_facts.segment_facts(session)
    vectors = project.vectors
    lacking = set(vectors.missing([row.content_hash for row in rows]))
    there = [row for row in rows if row.content_hash not in lacking][:MOST_COMPARED]
    windows = Windows(there)
    found = near_pairs(
        vectors.matrix([row.content_hash for row in there]),
        FLOOR,
        lambda left, right: ~windows.overlap(left, right),
        progress=lambda done, total: progress("compare", done, total),
    )
    pairs = np.zeros(len(found.left), dtype=PAIR)
    pairs["left"], pairs["right"] = windows.ids[found.left], windows.ids[found.right]
    pairs["cosine"] = found.cosine
    pairs["same_lecture"] = windows.lectures[found.left] == windows.lectures[found.right]
    pairs["same_text"] = windows.texts[found.left] == windows.texts[found.right]
    encoder = project.encoder
    facts = Facts(_KIND, version, encoder.id, encoder.dimension, len(pairs), len(rows) - len(there))
    made = NearDuplicates(facts, pairs, found.floor, len(there))
    folder = _folder(project)
    with opened(folder):
        store(folder, facts, lambda workshop: _write(workshop, made))
    return made


def chosen_pairs(found: NearDuplicates, at_least: float, where: str) -> npt.NDArray[np.void]:
    """Return the pairs with this cosine or more, between two lectures or within one."""
    cosine = np.minimum(found.pairs["cosine"], 1.0)
    chosen = (cosine >= at_least) & (found.pairs["same_lecture"] == (where == WITHIN))
    pairs: npt.NDArray[np.void] = found.pairs[chosen]
    return pairs


@needs(Role.RESEARCHER)
def show_pairs(project: Project, pairs: npt.NDArray[np.void]) -> list[NearDuplicate]:
    """Return pairs with both texts; one whose segment has gone since is left out."""
    ids = {*pairs["left"].tolist(), *pairs["right"].tolist()}
    segments = project.segments.segments(sorted(ids))
    return [
        NearDuplicate(segments[left], segments[right], min(1.0, cosine), same_text)
        for left, right, cosine, _same_lecture, same_text in pairs.tolist()
        if left in segments and right in segments
    ]


class Windows:
    """What says whether two segments overlap, one row a segment.

    Args:
        rows: The segments.
    """

    def __init__(self, rows: Sequence[SegmentFacts]) -> None:
        lectures = {row.video_id: at for at, row in enumerate(rows)}
        texts = {row.content_hash: at for at, row in enumerate(rows)}
        self.ids = np.array([row.segment_id for row in rows], dtype=np.int64)
        self.lectures = np.array([lectures[row.video_id] for row in rows], dtype=np.int64)
        self.texts = np.array([texts[row.content_hash] for row in rows], dtype=np.int64)
        self._positions = np.array([row.position for row in rows], dtype=np.int64)
        self._starts = np.array([np.nan if row.start_s is None else row.start_s for row in rows])
        self._ends = np.array([np.nan if row.end_s is None else row.end_s for row in rows])

    def overlap(self, left: npt.NDArray[np.int64], right: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Return whether segments are of one lecture and share time; without times, whether they adjoin."""
        has_no_times = np.isnan(
            self._starts[left] + self._ends[left] + self._starts[right] + self._ends[right]
        )
        share_time = (self._starts[left] < self._ends[right]) & (self._starts[right] < self._ends[left])
        adjoin = np.abs(self._positions[left] - self._positions[right]) <= 1
        same: npt.NDArray[np.bool_] = self.lectures[left] == self.lectures[right]
        return same & np.where(has_no_times, adjoin, share_time)


def _folder(project: Project) -> Path:
    return project.settings.data_dir / "near-duplicates" / slug(project.encoder.id)


def _write(workshop: Path, made: NearDuplicates) -> dict[str, Path]:
    np.save(workshop / _PAIRS, made.pairs, allow_pickle=False)
    rest = {"floor": made.floor, "compared": made.compared}
    (workshop / _REST).write_text(json.dumps(rest), encoding="utf-8")
    return {_PAIRS: workshop / _PAIRS, _REST: workshop / _REST}
