"""The map: every segment and question at a place, computed once and kept on disk beside its manifest."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from dashboard.retrieval.embedding import embed_questions, open_questions
from dashboard.retrieval.files import slug
from dashboard.retrieval.manifest import Facts, Manifest, opened, store, verified
from dashboard.retrieval.projection import Plane, drawn, fit_plane
from dashboard.retrieval.source import no_segments, no_vectors
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.background import Background
from dashboard.services.ingest import Progress
from dashboard.services.project import Project
from dashboard.store import map_facts
from dashboard.store.map_facts import QuestionFacts, SegmentFacts

if TYPE_CHECKING:
    from dashboard.retrieval.vectors import VectorStore

MOST_QUESTIONS = 5_000
"""The newest questions, which are drawn; more would hide the segments."""

SEGMENT = np.dtype(
    [("id", "<i8"), ("corpus_id", "<i8"), ("lecture", "<i4"), ("start", "<f8"), ("x", "<f4"), ("y", "<f4")]
)
"""A segment on the map; `lecture` counts in `SegmentMap.lectures`, `start` is NaN without times."""

QUESTION = np.dtype([("id", "<i8"), ("hash", "S64"), ("x", "<f4"), ("y", "<f4")])

_KIND = "principal components, 2"
_BLOCK = 50_000
_SEGMENTS, _QUESTIONS, _PLANE, _REST = "segments.npy", "questions.npy", "plane.npy", "rest.json"


@dataclass(frozen=True, slots=True, eq=False)
class SegmentMap:
    """The places of segments and questions.

    Attributes:
        facts: What it was computed from.
        plane: Where the places come from.
        lectures: Ids of the lectures.
        segments: One row a segment, ascending by id, of the type `SEGMENT`.
        questions: One row a question, ascending by id, of the type `QUESTION`.
    """

    facts: Facts
    plane: Plane
    lectures: tuple[str, ...]
    segments: npt.NDArray[np.void]
    questions: npt.NDArray[np.void]


@needs(Role.RESEARCHER)
def open_map(project: Project) -> Background[SegmentMap]:
    """Return the project's map as it is kept up to date in the background; make one for each process."""
    return Background(
        lambda: stored_map(project),
        lambda progress: make_map(project, progress),
        lambda found: is_current(project, found),
        rest=4.0,
    )


@needs(Role.RESEARCHER)
def stored_map(project: Project) -> SegmentMap | None:
    """Return the map on disk; None where there is none, or it is damaged or another encoder's.

    Raises:
        EncoderError: The encoder cannot be used.
        SearchError: The folder cannot be used.
    """
    folder = _folder(project)
    if not folder.is_dir():
        return None
    with opened(folder):
        manifest = verified(folder)
        return _read(folder, manifest) if manifest is not None else None


@needs(Role.RESEARCHER)
def is_current(project: Project, found: SegmentMap) -> bool:
    """Return whether a map shows the segments and the questions that there are now."""
    present = (project.segments.corpus_version(), project.encoder.id)
    if (found.facts.corpus_version, found.facts.encoder) != present:
        return False
    with project.store.read() as session:
        asked = map_facts.newest_questions(session, MOST_QUESTIONS)
    return not _unplaced(found, asked)


@needs(Role.RESEARCHER)
def make_map(project: Project, progress: Progress) -> SegmentMap:
    """Compute the map and store it; what of the stored one is still true is taken over.

    Args:
        project: Whose segments and questions.
        progress: Told of the steps "place" and "encode".

    Raises:
        SearchError: There is no segment, or none has a vector.
        EncoderError: The encoder cannot be used, or a question could not be encoded.
    """
    progress("place", 0, 1)
    version = project.segments.corpus_version()
    former = stored_map(project)
    vectors = project.vectors
    if former is not None and (former.facts.corpus_version != version or former.facts.unembedded):
        former = None
    made = former or _without_questions(project, vectors, version, progress)
    made = _with_questions(project, made, progress)
    folder = _folder(project)
    with opened(folder):
        store(folder, made.facts, lambda workshop: _write(workshop, made))
    return made


@needs(Role.RESEARCHER)
def questions_of(project: Project) -> dict[int, QuestionFacts]:
    """Return the questions that can be on the map, by id."""
    with project.store.read() as session:
        return {one.question_id: one for one in map_facts.newest_questions(session, MOST_QUESTIONS)}


@needs(Role.RESEARCHER)
def lecture_titles(project: Project) -> dict[str, str]:
    """Return the title of every lecture, in the order of the titles."""
    with project.store.read() as session:
        return map_facts.lecture_titles(session)


@needs(Role.RESEARCHER)
def answers_to(project: Project, question_id: int, limit: int) -> list[int]:
    """Return the newest answers to a question, newest first."""
    with project.store.read() as session:
        return map_facts.answers_to(session, question_id, limit)


def _folder(project: Project) -> Path:
    return project.settings.data_dir / "maps" / slug(project.encoder.id)


def _without_questions(
    project: Project, vectors: "VectorStore", version: str, progress: Progress
) -> SegmentMap:
    with project.store.read() as session:
        rows = map_facts.segment_facts(session)
    if not rows:
        raise no_segments()
    lacking = set(vectors.missing([row.content_hash for row in rows]))
    there = [row for row in rows if row.content_hash not in lacking]
    if not there:
        raise no_vectors(len(rows), project.encoder.id)
    hashes = [row.content_hash for row in there]
    plane = fit_plane(vectors.matrix([hashes[at] for at in drawn(len(hashes))]))
    lectures = {video_id: at for at, video_id in enumerate(dict.fromkeys(row.video_id for row in there))}
    segments = _as_rows(there, lectures)
    for start in range(0, len(hashes), _BLOCK):
        part = slice(start, start + _BLOCK)
        _put(segments[part], plane.places(vectors.matrix(hashes[part])))
        progress("place", min(start + _BLOCK, len(hashes)), len(hashes))
    facts = Facts(
        _KIND, version, project.encoder.id, project.encoder.dimension, len(there), len(rows) - len(there)
    )
    return SegmentMap(facts, plane, tuple(lectures), segments, np.empty(0, dtype=QUESTION))


def _as_rows(there: Sequence[SegmentFacts], lectures: dict[str, int]) -> npt.NDArray[np.void]:
    segments = np.zeros(len(there), dtype=SEGMENT)
    segments["id"] = [row.segment_id for row in there]
    segments["corpus_id"] = [row.corpus_id for row in there]
    segments["lecture"] = [lectures[row.video_id] for row in there]
    segments["start"] = [np.nan if row.start_s is None else row.start_s for row in there]
    return segments


def _with_questions(project: Project, made: SegmentMap, progress: Progress) -> SegmentMap:
    with project.store.read() as session:
        asked = map_facts.newest_questions(session, MOST_QUESTIONS)
    rows = np.zeros(len(asked), dtype=QUESTION)
    if asked:
        encoder = project.encoder
        vectors = open_questions(project.settings.data_dir / "vectors", encoder)
        hashes = [one.text_hash for one in asked]
        tell = _step(progress, "encode")
        embed_questions(encoder, vectors, hashes, [one.text for one in asked], tell)
        rows["id"] = [one.question_id for one in asked]
        rows["hash"] = [one.text_hash.encode() for one in asked]
        _put(rows, made.plane.places(vectors.matrix(hashes)))
    return SegmentMap(made.facts, made.plane, made.lectures, made.segments, rows)


def _step(progress: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(name, done, total)


def _put(rows: npt.NDArray[np.void], places: npt.NDArray[np.float32]) -> None:
    rows["x"], rows["y"] = places[:, 0], places[:, 1]


def _unplaced(found: SegmentMap, asked: Sequence[QuestionFacts]) -> bool:
    placed = set(zip(found.questions["id"].tolist(), found.questions["hash"].tolist(), strict=True))
    return any((one.question_id, one.text_hash.encode()) not in placed for one in asked)


def _write(workshop: Path, made: SegmentMap) -> dict[str, Path]:
    paths = {part: workshop / part for part in (_SEGMENTS, _QUESTIONS, _PLANE, _REST)}
    np.save(paths[_SEGMENTS], made.segments, allow_pickle=False)
    np.save(paths[_QUESTIONS], made.questions, allow_pickle=False)
    np.save(paths[_PLANE], np.vstack([made.plane.mean, made.plane.axes]), allow_pickle=False)
    rest = {"shares": made.plane.shares, "lectures": made.lectures}
    paths[_REST].write_text(json.dumps(rest), encoding="utf-8")
    return paths


def _read(folder: Path, manifest: Manifest) -> SegmentMap | None:
    try:
        segments, questions, plane = (
            np.load(manifest.path(folder, part), allow_pickle=False)
            for part in (_SEGMENTS, _QUESTIONS, _PLANE)
        )
        rest = json.loads(manifest.path(folder, _REST).read_bytes())
        first, second = rest["shares"]
        lectures = tuple(rest["lectures"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    facts = manifest.facts
    sound = (
        facts.kind == _KIND
        and segments.dtype == SEGMENT
        and segments.shape == (facts.count,)
        and questions.dtype == QUESTION
        and plane.shape == (3, facts.dimension)
    )
    if not sound:
        return None
    return SegmentMap(
        facts, Plane(plane[0], plane[1:], (float(first), float(second))), lectures, segments, questions
    )
