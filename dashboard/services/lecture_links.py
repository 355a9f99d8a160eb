"""From links as people write them to the lectures of the corpus."""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy.orm import Session

from dashboard.answering.moments import same_video, without_moment
from dashboard.errors import N_, RecordError
from dashboard.question_bank import Link
from dashboard.store import corpus


class Lectures:
    """The lectures that links may lead to, as they are at one moment.

    Args:
        session: Any session.
    """

    def __init__(self, session: Session) -> None:
        self._ids: set[str] = set()
        self._by_address: dict[str, str] = {}
        for video_id, url in corpus.list_addresses(session):
            self._ids.add(video_id)
            if url:
                self._by_address.setdefault(same_video(url), video_id)

    def has(self, video_id: str) -> bool:
        """Return whether the corpus has a lecture."""
        return video_id in self._ids

    def find(self, link: Link) -> Link:
        """Return a link with its lecture, and its moment, where the corpus has them.

        Raises:
            RecordError: It names a lecture that the corpus does not have.
        """
        if link.video_id:
            if link.video_id not in self._ids:
                raise RecordError(
                    N_(
                        "There is no lecture {found} in the corpus. Give the id of one that is there, or an "
                        "http or https address."
                    ),
                    found=repr(link.video_id),
                )
            return link
        address, second = without_moment(link.url)
        start = link.start_s if link.start_s is not None else second
        video_id = self._by_address.get(same_video(address), "")
        return replace(link, video_id=video_id, start_s=start) if video_id else link

    def find_all(self, links: Iterable[Link]) -> tuple[Link, ...]:
        """Return links with their lectures; those that lead to the same moment of the same lecture once.

        Raises:
            RecordError: As `find`.
        """
        found: dict[tuple[object, ...], Link] = {}
        for link in links:
            known = self.find(link)
            found.setdefault(place_of(known), known)
        return tuple(found.values())


def place_of(link: Link) -> tuple[object, ...]:
    """Return what a link leads to, whatever it is called."""
    return (link.video_id, link.start_s) if link.video_id else (link.url,)
