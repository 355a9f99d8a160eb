"""An open project: settings, store, and what is costly and so made at first use."""

import threading
from functools import cached_property
from typing import TYPE_CHECKING

from dashboard.config import Settings
from dashboard.store.corpus import StoredSegments
from dashboard.store.store import Store, open_store

if TYPE_CHECKING:
    from dashboard.answering.base import Answerer
    from dashboard.retrieval.encoders.base import Encoder
    from dashboard.retrieval.search import Searcher
    from dashboard.retrieval.vectors import VectorStore

DEMO = "demo"
"""The fact that is set while the demonstration project is loaded."""


class Project:
    """Everything that a use case works on. Safe to share between threads.

    Args:
        settings: The operator's choices.
        store: The open database.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.segments = StoredSegments(store)
        self._making = threading.RLock()

    @cached_property
    def searcher(self) -> "Searcher":
        """Retrieval over the segments that can be found."""
        from dashboard.retrieval.encoders.factory import open_encoder
        from dashboard.retrieval.search import Searcher

        with self._making:
            made: Searcher | None = self.__dict__.get("searcher")
            return made or Searcher(
                self.segments, lambda: open_encoder(self.settings.encoder), self.settings.data_dir
            )

    @property
    def encoder(self) -> "Encoder":
        """The encoder of the settings.

        Raises:
            EncoderError: It is unknown, or cannot be loaded.
        """
        return self.searcher.encoder

    @property
    def vectors(self) -> "VectorStore":
        """The encoder's vectors on disk."""
        return self.searcher.vectors

    @cached_property
    def answerer(self) -> "Answerer":
        """The model that writes answers, or the extractive answerer when none is set."""
        from dashboard.answering.factory import open_answerer

        with self._making:
            made: Answerer | None = self.__dict__.get("answerer")
            if made is None:
                model = self.settings.answer_model
                made = open_answerer(model, None if model else self.encoder)
            return made

    @property
    def is_demo(self) -> bool:
        """Whether the demonstration project is loaded."""
        return bool(self.store.fact(DEMO))

    def close(self) -> None:
        """Close the database."""
        self.store.close()


def open_project(settings: Settings) -> Project:
    """Open the project of the settings; its folder and database are made when there are none.

    Raises:
        StoreError: The folder or the database cannot be used.
    """
    return Project(settings, open_store(settings.database, settings.data_dir / "backups"))
