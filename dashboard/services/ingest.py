"""From caption files to segments, vectors and index; stopped at any moment, it continues where it was."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dashboard.corpus.fingerprint import source_hash
from dashboard.corpus.folder import Lecture, find_lectures
from dashboard.corpus.transcript import read_transcript
from dashboard.corpus.windows import make_windows
from dashboard.errors import N_, CorpusError, RecordError
from dashboard.retrieval.encoders.base import Encoder, counts_as
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.audit import note
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import corpus as stored

if TYPE_CHECKING:
    from dashboard.retrieval.vectors import VectorStore

WINDOW_TOKENS = 400
OVERLAP_TOKENS = 100

Progress = Callable[[str, int, int], None]
"""Called with what is being done ("read" or "embed"), how much is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that a person should know about a file: a translatable template and its fields."""

    file: str
    message: str
    found: dict[str, object] = field(default_factory=dict)
    is_error: bool = True

    @property
    def text(self) -> str:
        """The message in English."""
        return self.message.format(**self.found)


@dataclass(slots=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        videos: Lectures that are new or changed.
        segments: Segments that are new.
        embedded: Texts that were turned into vectors.
        skipped: Lectures that were unchanged.
        notices: Files that could not be taken in, and what was repaired in the others.
    """

    videos: int = 0
    segments: int = 0
    embedded: int = 0
    skipped: int = 0
    seconds: float = 0.0
    notices: list[Notice] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "videos": self.videos,
            "segments": self.segments,
            "embedded": self.embedded,
            "skipped": self.skipped,
            "errors": [
                {"file": notice.file, "error": notice.text} for notice in self.notices if notice.is_error
            ],
            "warnings": [
                {"file": notice.file, "warning": notice.text}
                for notice in self.notices
                if not notice.is_error
            ],
            "seconds": round(self.seconds, 2),
        }


@needs(Role.RESEARCHER)
def ingest(
    project: Project,
    paths: Sequence[Path],
    window_tokens: int = WINDOW_TOKENS,
    overlap_tokens: int = OVERLAP_TOKENS,
    progress: Progress = lambda step, done, total: None,
) -> IngestReport:
    """Take lectures into the corpus.

    Each lecture is stored whole or not at all; a file that cannot be read is named in the report and the
    others go on. Lectures that are unchanged are skipped, and no text is embedded twice.

    Args:
        project: The project that grows.
        paths: Caption files, or folders of them, with or without `videos.csv`. None at all: what is there
            and has no vector yet is embedded.
        window_tokens: Tokens that a segment holds at most.
        overlap_tokens: Tokens that a segment shares with the one before, about.
        progress: Told how far it is.

    Raises:
        CorpusError: The window sizes make no sense.
        EncoderError: The encoder cannot be loaded or fails.
    """
    started = time.monotonic()
    if not 0 <= overlap_tokens < window_tokens:
        raise CorpusError(
            N_(
                "A window of {window} tokens cannot overlap by {overlap}. Choose an overlap below the window."
            ),
            window=window_tokens,
            overlap=overlap_tokens,
        )
    found = find_lectures(paths)
    report = IngestReport()
    report.notices.extend(
        Notice(problem.file, problem.notice.message, dict(problem.notice.found)) for problem in found.problems
    )
    for done, lecture in enumerate(found.lectures):
        progress("read", done, len(found.lectures))
        try:
            _take_in(project, lecture, window_tokens, overlap_tokens, report)
        except (CorpusError, RecordError) as error:
            report.notices.append(Notice(str(lecture.path), error.message, dict(error.found)))
    if found.lectures:
        progress("read", len(found.lectures), len(found.lectures))
    if report.videos:
        note(project, "corpus.ingest", lectures=report.videos, segments=report.segments)
    report.embedded = embed_corpus(project, progress)
    report.seconds = time.monotonic() - started
    return report


@needs(Role.RESEARCHER)
def embed_corpus(
    project: Project,
    progress: Progress = lambda step, done, total: None,
    space: "tuple[Encoder, VectorStore] | None" = None,
) -> int:
    """Turn every text that has no vector yet into one, and return how many there were.

    Args:
        project: Whose segments are embedded.
        progress: Told how far it is.
        space: Another encoder than the one in use, with its vectors.
    """
    from dashboard.retrieval.embedding import embed

    encoder, vectors = space or (project.encoder, project.vectors)
    ids, hashes = project.segments.keys()
    missing = set(vectors.missing(hashes))
    if not missing:
        return 0
    by_id = dict(zip(ids.tolist(), hashes, strict=True))
    texts = {
        by_id[segment_id]: text
        for segment_id, text in project.segments.texts()
        if by_id.get(segment_id) in missing
    }
    return embed(
        encoder,
        vectors,
        list(texts),
        list(texts.values()),
        progress=lambda done, total: progress("embed", done, total),
    )


def _take_in(
    project: Project, lecture: Lecture, window_tokens: int, overlap_tokens: int, report: IngestReport
) -> None:
    check_entered(lecture.video)
    check_entered(lecture.caption_kind, "caption_kind")
    encoder = project.encoder
    fingerprint = source_hash(
        lecture.path, window_tokens, overlap_tokens, counts_as(encoder), encoder.max_tokens
    )
    video_id = lecture.video.video_id
    with project.store.read() as session:
        unchanged = stored.source_hash(session, video_id) == fingerprint
        known = stored.get_video(session, video_id)
    # A file alone says nothing about its lecture, so what a catalogue once said of it stays.
    if unchanged and (known == lecture.video or not lecture.is_listed):
        report.skipped += 1
        return
    windows = []
    if not unchanged:
        transcript = read_transcript(lecture.path)
        report.notices.extend(
            Notice(str(lecture.path), warning.message, dict(warning.found), is_error=False)
            for warning in transcript.warnings
        )
        windows = make_windows(
            transcript.cues, encoder.count_tokens, window_tokens, overlap_tokens, encoder.max_tokens
        )
    with project.store.write(corpus=True) as session:
        row = stored.put_video(session, lecture.video, lecture.caption_kind, update=lecture.is_listed)
        if not unchanged:
            report.segments += stored.put_segments(session, row, windows)
            report.notices.extend(_replaced(lecture, row.source_name))
            row.source_name, row.source_hash = _source(lecture), fingerprint
    report.videos += 1


def _source(lecture: Lecture) -> str:
    """Return the file with its folder: enough to tell two of the same name apart wherever it moves."""
    return "/".join(lecture.path.absolute().parts[-2:])


def _replaced(lecture: Lecture, before: str) -> Iterator[Notice]:
    if before and before != _source(lecture):
        message = N_(
            "The lecture {video} was taken in from {before} and is now read from {now}; its segments were "
            "replaced. Give one of the files another name if they are different lectures."
        )
        found: dict[str, object] = {
            "video": lecture.video.video_id,
            "before": before,
            "now": _source(lecture),
        }
        yield Notice(str(lecture.path), message, found, is_error=False)
