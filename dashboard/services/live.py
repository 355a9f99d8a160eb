"""An answer that is being written, whatever happens to the page that asked for it."""

import math
import threading
import time
from collections.abc import Iterator

from dashboard.errors import N_, ModelError, VereditoError
from dashboard.models import Hit
from dashboard.services import asking
from dashboard.services.project import Project

DOUBLE_CLICK_SECONDS = 1.0
"""Nobody reads an answer and asks the same again within it."""

_POLL_SECONDS = 0.5


class LiveAnswer:
    """A question on its way from hits to a stored answer, in a thread of its own.

    A page that is left, reloaded or clicked on in the middle loses nothing: the answer is stored when it is
    complete, and whoever follows it again gets the text so far first.

    Args:
        project: Where to search and to store.
        question: The question.
        k: How many segments.
        retriever: How to rank them.

    Raises:
        SearchError: The search failed; nothing was started.
    """

    def __init__(self, project: Project, question: str, k: int, retriever: str) -> None:
        self.question, self.k, self.retriever = question, k, retriever
        found = asking.search(project, question, k, retriever)
        self.hits: tuple[Hit, ...] = found.hits
        self.unembedded = found.unembedded
        self._project = project
        self._pieces: list[str] = []
        self._news = threading.Condition()
        self._finished = False
        self._answer_id: int | None = None
        self._error: VereditoError | None = None
        self._ended = math.inf
        threading.Thread(target=self._write, name="live-answer", daemon=True).start()

    def follow(self) -> Iterator[str]:
        """Yield the text so far, then each piece as it comes, until the answer is complete or has failed."""
        seen = 0
        while True:
            with self._news:
                if not self._finished and len(self._pieces) == seen:
                    self._news.wait(_POLL_SECONDS)
                fresh, finished = self._pieces[seen:], self._finished
            seen += len(fresh)
            # An empty piece lets the page notice that its reader has gone.
            yield "".join(fresh)
            if finished:
                return

    def is_asked_again(self, question: str, k: int, retriever: str) -> bool:
        """Return whether this is a second click and no new question: it is being answered, or just was."""
        same = (question, k, retriever) == (self.question, self.k, self.retriever)
        return same and self._error is None and time.monotonic() - self._ended < DOUBLE_CLICK_SECONDS

    @property
    def answer_id(self) -> int:
        """The stored answer; wait for the end of `follow` first.

        Raises:
            VereditoError: The model server or the database failed.
        """
        if self._error is not None:
            raise self._error
        assert self._answer_id is not None, "the answer is still being written"
        return self._answer_id

    def _write(self) -> None:
        error: VereditoError | None = None
        try:
            stream = asking.start_answer(self._project, self.question, self.hits)
            try:
                for piece in stream:
                    self._tell(piece)
                answer = stream.answer
            finally:
                stream.close()
            stored = asking.store_answer(
                self._project, self.question, self.hits, answer, self.k, self.retriever
            )
            self._answer_id = stored.answer_id
        except VereditoError as known:
            error = known
        except Exception as unknown:
            error = ModelError(
                N_("The answer could not be finished: {reason}. Ask again."), reason=type(unknown).__name__
            )
            raise
        finally:
            with self._news:
                self._error, self._finished, self._ended = error, True, time.monotonic()
                self._news.notify_all()

    def _tell(self, piece: str) -> None:
        with self._news:
            self._pieces.append(piece)
            self._news.notify_all()
