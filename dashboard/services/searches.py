"""Searches of many questions that no page waits for, each done once while the corpus stays as it is."""

import threading
from collections.abc import Mapping

from dashboard.retrieval.retriever import parse_retriever
from dashboard.services.ingest import Progress
from dashboard.services.project import Project
from dashboard.services.rankings import Ranked, rank_all
from dashboard.services.task import Task
from dashboard.store.hashing import key_of

DEPTH = 20
"""Segments that are kept of each question, so that a smaller k needs no search of its own."""

KEPT = 12
"""Searches that are remembered; the one that was asked for longest ago goes first."""


class Searches:
    """The searches of one project, shared by all who look. Safe to use from any thread.

    Args:
        project: Where to search.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._tasks: dict[str, Task[Ranked]] = {}
        self._guard = threading.Lock()

    def find(self, retriever: str, questions: Mapping[int, str]) -> Task[Ranked] | None:
        """Return the search of these questions that was begun on the present corpus, if there is one."""
        key = self._key(retriever, questions)
        with self._guard:
            task = self._tasks.pop(key, None)
            if task is not None:
                self._tasks[key] = task
            return task

    def begin(self, retriever: str, questions: Mapping[int, str]) -> Task[Ranked]:
        """Search these questions in a thread of its own, or return the search that goes on already."""
        key = self._key(retriever, questions)
        asked = dict(questions)

        def work(progress: Progress) -> Ranked:
            return rank_all(
                self._project, retriever, asked, DEPTH, lambda done, total: progress("search", done, total)
            )

        with self._guard:
            task = self._tasks.get(key)
            if task is None or task.wait(0):
                task = Task(work)
                self._tasks[key] = task
            while len(self._tasks) > KEPT:
                del self._tasks[next(iter(self._tasks))]
            return task

    def _key(self, retriever: str, questions: Mapping[int, str]) -> str:
        setting = str(parse_retriever(retriever))
        corpus = self._project.store.corpus_version()
        return key_of([setting, self._project.encoder_choice.setting, corpus, sorted(questions.items())])
