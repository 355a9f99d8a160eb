"""What is in the corpus."""

from dashboard.models import Segment
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import corpus
from dashboard.store.corpus import VideoSummary


@needs(Role.RESEARCHER)
def counts(project: Project) -> tuple[int, int]:
    """Return the numbers of lectures and of segments that can be found."""
    with project.store.read() as session:
        return corpus.count_videos(session), corpus.count_segments(session)


@needs(Role.RESEARCHER)
def count_unembedded(project: Project) -> int:
    """Return how many texts the present encoder has not turned into vectors yet.

    Raises:
        EncoderError: The encoder cannot be used.
    """
    _ids, hashes = project.segments.keys()
    return len(project.vectors.missing(hashes))


@needs(Role.RESEARCHER)
def count_videos(project: Project, text: str = "") -> int:
    """Return how many lectures have the text in their title."""
    with project.store.read() as session:
        return corpus.count_videos(session, text)


@needs(Role.RESEARCHER)
def find_videos(project: Project, text: str, page: int, size: int) -> list[VideoSummary]:
    """Return a page, counted from 1, of the lectures with the text in their title."""
    with project.store.read() as session:
        return corpus.list_videos(session, (page - 1) * size, size, text)


@needs(Role.RESEARCHER)
def segments_of(project: Project, video_id: str) -> list[Segment]:
    """Return a lecture's segments in the order in which they are spoken."""
    with project.store.read() as session:
        return corpus.segments_of(session, video_id)
