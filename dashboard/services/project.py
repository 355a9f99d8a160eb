"""An open project: settings, store, and what is costly and so made at first use."""

import copy
import threading
from typing import TYPE_CHECKING

from dashboard.config import Settings
from dashboard.roles import SYSTEM, Actor
from dashboard.services.encoder_choice import FACT, Choice, choose_encoder, encoders_dir
from dashboard.store.corpus import StoredSegments
from dashboard.store.store import Store, open_store

if TYPE_CHECKING:
    from dashboard.answering.base import Answerer
    from dashboard.retrieval.encoders.base import Encoder
    from dashboard.retrieval.search import Searcher
    from dashboard.retrieval.vectors import VectorStore

DEMO = "demo"
"""The fact that is set while the demonstration project is loaded."""


class _Made:
    """What was made at first use, for everybody who acts on the project."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.chosen: tuple[str, Choice] | None = None
        self.answering: tuple[Encoder | None, Answerer] | None = None
        self.searchers: dict[str, Searcher] = {}


class Project:
    """Everything that a use case works on, and who acts. Safe to share between threads.

    Args:
        settings: The operator's choices.
        store: The open database.
    """

    def __init__(self, settings: Settings, store: Store) -> None:
        self.settings = settings
        self.store = store
        self.actor = SYSTEM
        self.segments = StoredSegments(store)
        self._made = _Made()

    def acting_as(self, actor: Actor) -> "Project":
        """Return the same project, store and costly parts included, in the hands of somebody else."""
        twin = copy.copy(self)
        twin.actor = actor
        return twin

    @property
    def encoder_choice(self) -> Choice:
        """The encoder in use: that of the settings, or one that was promoted over it, here or elsewhere."""
        fact = self.store.fact(FACT)
        with self._made.lock:
            if self._made.chosen is None or self._made.chosen[0] != fact:
                self._made.chosen = fact, choose_encoder(self.settings, fact)
            return self._made.chosen[1]

    @property
    def searcher(self) -> "Searcher":
        """Retrieval over the segments that can be found, with the encoder in use."""
        from dashboard.retrieval.search import Searcher

        setting = self.encoder_choice.setting
        with self._made.lock:
            if setting not in self._made.searchers:
                # One at a time: an encoder that is not in use any more takes no memory.
                self._made.searchers = {
                    setting: Searcher(self.segments, lambda: self._opened(setting), self.settings.data_dir)
                }
            return self._made.searchers[setting]

    def _opened(self, setting: str) -> "Encoder":
        from dashboard.retrieval.encoders.factory import open_encoder

        return open_encoder(setting, encoders_dir(self.settings))

    @property
    def encoder(self) -> "Encoder":
        """The encoder in use.

        Raises:
            EncoderError: It is unknown, or cannot be loaded.
        """
        return self.searcher.encoder

    @property
    def vectors(self) -> "VectorStore":
        """The encoder's vectors on disk."""
        return self.searcher.vectors

    @property
    def answerer(self) -> "Answerer":
        """The model that writes answers, or the extractive answerer when none is set."""
        from dashboard.answering.factory import open_answerer

        model = self.settings.answer_model
        encoder = None if model else self.encoder
        with self._made.lock:
            if self._made.answering is None or self._made.answering[0] is not encoder:
                self._made.answering = encoder, open_answerer(model, encoder)
            return self._made.answering[1]

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
