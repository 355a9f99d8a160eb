"""Videos and their segments."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from sqlalchemy import ColumnElement, delete, exists, func, or_, select
from sqlalchemy.orm import Session

from dashboard.cues import Window
from dashboard.models import Segment, Video
from dashboard.store.full_text import matches
from dashboard.store.hashing import text_hash
from dashboard.store.matching import contains_text
from dashboard.store.schema import HitRow, ProjectFact, RelevanceRow, SegmentRow, VideoRow
from dashboard.store.store import Store

BATCH = 500
"""Ids in one query: below every database's limit of bound variables."""

HIGHEST_CORPUS_ID = "highest_corpus_id"
"""The fact that remembers the greatest Corpus ID when segments are deleted, so that none is given twice."""


@dataclass(frozen=True, slots=True)
class VideoSummary:
    """A lecture with how many segments can be found in it and how long it lasts (None without times)."""

    video: Video
    segments: int
    duration_s: float | None
    caption_kind: str
    source_name: str


class SegmentKey(NamedTuple):
    """What a record says of a segment; `url` is None where the record withholds it."""

    corpus_id: int
    text: str
    start_s: float | None
    end_s: float | None
    url: str | None


def to_video(row: VideoRow) -> Video:
    """Return a stored lecture as a plain value."""
    return Video(row.video_id, row.title, row.title_en, row.url, row.year, row.language)


def to_segment(row: SegmentRow) -> Segment:
    """Return a stored segment as a plain value, with its lecture's title and address."""
    return Segment(
        segment_id=row.id,
        corpus_id=row.corpus_id,
        video_id=row.video_id or "",
        title=row.video.title if row.video else "",
        url=row.url or (row.video.url if row.video else ""),
        start_s=row.start_s,
        end_s=row.end_s,
        text=row.text,
        content_hash=row.content_hash,
    )


def source_hash(session: Session, video_id: str) -> str:
    """Return the hash of what a lecture was read from, empty when it is not in the corpus."""
    return session.scalar(select(VideoRow.source_hash).where(VideoRow.video_id == video_id)) or ""


def get_video(session: Session, video_id: str) -> Video | None:
    """Return a lecture, None when it is not in the corpus."""
    row = session.get(VideoRow, video_id)
    return to_video(row) if row else None


def list_addresses(session: Session) -> list[tuple[str, str]]:
    """Return the id and the address, which may be empty, of every lecture."""
    query = select(VideoRow.video_id, VideoRow.url).order_by(VideoRow.video_id)
    return [(video_id, url) for video_id, url in session.execute(query)]


def put_video(session: Session, video: Video, caption_kind: str = "", *, update: bool = True) -> VideoRow:
    """Add a lecture; one that is there keeps its title, address and the like only without `update`."""
    row = session.get(VideoRow, video.video_id)
    if row is None:
        row = VideoRow(video_id=video.video_id, title=video.title)
        session.add(row)
    elif not update:
        return row
    row.title, row.title_en, row.url = video.title, video.title_en, video.url
    row.year, row.language, row.caption_kind = video.year, video.language, caption_kind
    return row


def put_segments(session: Session, video: VideoRow, windows: Sequence[Window]) -> int:
    """Make these windows the segments of a lecture and return how many are new.

    A segment whose text and times are unchanged keeps its id. One that is gone is deleted, unless a hit or
    a relevance grade refers to it: then it only stops being found.
    """
    session.flush()
    old: dict[tuple[str, float | None, float | None], list[SegmentRow]] = {}
    # Newest first, because the same words may come twice and are then taken up from the end: oldest first.
    query = select(SegmentRow).where(SegmentRow.video_id == video.video_id).order_by(SegmentRow.id.desc())
    for row in session.scalars(query).unique():
        old.setdefault((row.content_hash, row.start_s, row.end_s), []).append(row)
    corpus_id = next_corpus_id(session)
    added = 0
    for position, window in enumerate(windows):
        content = text_hash(window.text)
        same = old.get((content, window.start_s, window.end_s))
        if same:
            row = same.pop()
        else:
            row = SegmentRow(corpus_id=corpus_id + added, video_id=video.video_id, text=window.text)
            row.content_hash, row.start_s, row.end_s = content, window.start_s, window.end_s
            session.add(row)
            added += 1
        row.position, row.tokens, row.active = position, window.tokens, True
    _retire(session, [row for rows in old.values() for row in rows])
    video.duration_s = max((window.end_s for window in windows if window.end_s is not None), default=None)
    return added


def _retire(session: Session, rows: Sequence[SegmentRow]) -> None:
    for row in rows:
        row.active = False
    session.flush()
    if rows:
        session.merge(ProjectFact(name=HIGHEST_CORPUS_ID, value=str(next_corpus_id(session) - 1)))
    for batch in _batches([row.id for row in rows]):
        referred = exists().where(HitRow.segment_id == SegmentRow.id) | exists().where(
            RelevanceRow.segment_id == SegmentRow.id
        )
        session.execute(
            delete(SegmentRow)
            .where(SegmentRow.id.in_(batch), ~referred)
            .execution_options(synchronize_session=False)
        )


def next_corpus_id(session: Session) -> int:
    """Return the first Corpus ID above all that were given, those of deleted segments too.

    Call it inside a write.
    """
    highest = session.scalar(select(func.max(SegmentRow.corpus_id))) or 0
    before = session.get(ProjectFact, HIGHEST_CORPUS_ID)
    return max(highest, int(before.value) if before else 0) + 1


def find_segment(session: Session, key: SegmentKey) -> Segment | None:
    """Return the segment that a record means, None when there is none just like it.

    Records may hold times in whole seconds, so a stored time matches when it begins in that second.
    """
    rows = session.scalars(
        select(SegmentRow).where(SegmentRow.corpus_id == key.corpus_id).order_by(SegmentRow.id)
    ).unique()
    for row in rows:
        segment = to_segment(row)
        same_url = key.url is None or key.url == segment.url
        if segment.text == key.text and same_url and _same_times(segment, key):
            return segment
    return None


def bring_segment(session: Session, key: SegmentKey, video_id: str = "") -> Segment:
    """Add a segment that only a record knows. It can be shown, but is not found by searches."""
    video = session.get(VideoRow, video_id) if video_id else None
    row = SegmentRow(
        corpus_id=key.corpus_id,
        video=video,
        start_s=key.start_s,
        end_s=key.end_s,
        text=key.text,
        content_hash=text_hash(key.text),
        url="" if video and video.url == key.url else key.url or "",
        active=False,
    )
    session.add(row)
    session.flush()
    return to_segment(row)


def _same_times(segment: Segment, key: SegmentKey) -> bool:
    pairs = ((segment.start_s, key.start_s), (segment.end_s, key.end_s))
    return all(
        stored == given or (stored is not None and given is not None and int(stored) == given)
        for stored, given in pairs
    )


def list_videos(
    session: Session, offset: int = 0, limit: int = 50, text: str = "", *, said: bool = False
) -> list[VideoSummary]:
    """Return a page of lectures by title, each with its number of segments.

    Args:
        session: A read.
        offset: How many lectures come before the page.
        limit: How many are on it.
        text: Must be in the title; empty for every lecture.
        said: Lectures in which its words are said come, too.
    """
    segments = (
        select(func.count())
        .where(SegmentRow.video_id == VideoRow.video_id, SegmentRow.active)
        .scalar_subquery()
    )
    query = select(VideoRow, segments).order_by(VideoRow.title, VideoRow.video_id)
    if text:
        query = query.where(_is_about(text, said))
    return [
        VideoSummary(to_video(row), count, row.duration_s, row.caption_kind, row.source_name)
        for row, count in session.execute(query.offset(offset).limit(limit))
    ]


def count_videos(session: Session, text: str = "", *, said: bool = False) -> int:
    """Return how many lectures there are; arguments as in `list_videos`."""
    query = select(func.count()).select_from(VideoRow)
    if text:
        query = query.where(_is_about(text, said))
    return session.scalar(query) or 0


def _is_about(text: str, said: bool) -> ColumnElement[bool]:
    in_title = contains_text(VideoRow.title, text)
    if not said:
        return in_title
    spoken = select(SegmentRow.video_id).where(SegmentRow.active, matches(SegmentRow.text, text))
    return or_(in_title, VideoRow.video_id.in_(spoken))


def count_segments(session: Session) -> int:
    """Return how many segments can be found."""
    return session.scalar(select(func.count()).select_from(SegmentRow).where(SegmentRow.active)) or 0


def segments_of(session: Session, video_id: str, words: str = "") -> list[Segment]:
    """Return a lecture's segments, or those in which certain words are said, in their spoken order."""
    query = select(SegmentRow).where(SegmentRow.video_id == video_id, SegmentRow.active)
    if words:
        query = query.where(matches(SegmentRow.text, words))
    rows = session.scalars(query.order_by(SegmentRow.position))
    return [to_segment(row) for row in rows.unique()]


class StoredSegments:
    """The segments that can be found, as retrieval reads them.

    Args:
        store: The database to read from; each call is a read of its own.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def corpus_version(self) -> str:
        """Return a text that changes whenever other segments can be found."""
        return self._store.corpus_version()

    def keys(self) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Return the ids, ascending, and the content hashes beside them."""
        with self._store.read() as session:
            rows = session.execute(
                select(SegmentRow.id, SegmentRow.content_hash)
                .where(SegmentRow.active)
                .order_by(SegmentRow.id)
            ).all()
        ids = np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))
        return ids, [row[1] for row in rows]

    def texts(self) -> Iterator[tuple[int, str]]:
        """Yield id and text in ascending order of id, a batch at a time."""
        last = 0
        while True:
            with self._store.read() as session:
                rows = session.execute(
                    select(SegmentRow.id, SegmentRow.text)
                    .where(SegmentRow.active, SegmentRow.id > last)
                    .order_by(SegmentRow.id)
                    .limit(BATCH)
                ).all()
            if not rows:
                return
            for row in rows:
                yield row[0], row[1]
            last = rows[-1][0]

    def segments(self, ids: Sequence[int]) -> dict[int, Segment]:
        """Return segments by id; ids that are gone are left out."""
        found: dict[int, Segment] = {}
        with self._store.read() as session:
            for batch in _batches([int(one) for one in ids]):
                rows = session.scalars(select(SegmentRow).where(SegmentRow.id.in_(batch))).unique()
                found.update({row.id: to_segment(row) for row in rows})
        return found


def _batches(ids: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(ids), BATCH):
        yield ids[first : first + BATCH]
