"""Scripted people who label a campaign through the services, in processes of their own."""

import multiprocessing
import random
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from uuid import uuid4

from dashboard.config import Settings
from dashboard.errors import PassingError
from dashboard.labels import Label
from dashboard.models import Hit, NewAnswer, Segment
from dashboard.responses import Kind
from dashboard.services.desk import sit_down
from dashboard.services.labelling import Response, respond
from dashboard.services.project import Project, open_project
from dashboard.store import answers, runs
from tests.support import project as made

_GLANCE_SECONDS = 0.05


@dataclass(frozen=True)
class Confirmed:
    """A label that its person was told is kept.

    Attributes:
        seconds: From the key to that.
        refusals: How often the person was told otherwise before.
    """

    person: str
    answer_id: int
    seconds: float
    refusals: int


def fill(project: Project, count: int) -> list[int]:
    """Store so many answers in one write and return their ids."""
    segments = made.add_video(project.store)
    run_id = made.add_run(project.store)
    with project.store.write() as session:
        return [
            answers.put_answer(
                session,
                key=uuid4().hex,
                question_id=runs.put_question(session, f"Pergunta {number}?"),
                run_id=run_id,
                answer=NewAnswer(f"Resposta {number}.", "extractive"),
                hits=_hits(segments),
                queued=True,
            )[0]
            for number in range(count)
        ]


def _hits(segments: list[Segment]) -> list[Hit]:
    return [Hit(rank, segment, 1.0 / rank) for rank, segment in enumerate(segments, start=1)]


class Crowd:
    """People at work in several processes, each of which opened the project by itself.

    Args:
        settings: The project.
        campaign_id: What they label, until nothing is left.
        groups: The names in each process.
        pause_seconds: How long each of them reads before the key.
    """

    def __init__(
        self, settings: Settings, campaign_id: int, groups: list[list[str]], pause_seconds: float = 0
    ) -> None:
        # Forked, because a fresh interpreter would need longer to import the services than the tests take.
        context = multiprocessing.get_context("fork")
        self._receivers: list[Connection] = []
        self._processes = []
        for names in groups:
            receiver, sender = context.Pipe(duplex=False)
            given = (settings, campaign_id, names, pause_seconds, sender)
            process = context.Process(target=_work, args=given)
            process.start()
            sender.close()
            self._receivers.append(receiver)
            self._processes.append(process)

    def confirmations(self) -> Iterator[Confirmed]:
        """Yield each label when its person is told that it is kept, until everybody has gone."""
        open_ones = list(self._receivers)
        while open_ones:
            for receiver in wait(open_ones):
                assert isinstance(receiver, Connection)
                try:
                    yield receiver.recv()
                except EOFError:
                    open_ones.remove(receiver)

    def leave(self) -> list[int | None]:
        """Wait for the processes and return how each ended, 0 for well."""
        for process in self._processes:
            process.join()
        return [process.exitcode for process in self._processes]


def _work(
    settings: Settings, campaign_id: int, names: list[str], pause_seconds: float, sender: Connection
) -> None:
    project = open_project(settings)
    telling = threading.Lock()

    def tell(confirmed: Confirmed) -> None:
        with telling:
            sender.send(confirmed)

    with ThreadPoolExecutor(len(names)) as pool:
        for ended in [pool.submit(_label, project, campaign_id, name, pause_seconds, tell) for name in names]:
            ended.result()
    project.close()


def _label(
    project: Project, campaign_id: int, name: str, pause_seconds: float, tell: Callable[[Confirmed], None]
) -> None:
    while True:
        try:
            desk = sit_down(project, name, campaign_id)
        except PassingError:
            continue
        if desk.place is None:
            if not desk.left:
                return
            # Others hold what is left; the page asks again in the same way.
            time.sleep(_GLANCE_SECONDS)
            continue
        said = Response(Kind.LABEL, list(Label)[desk.place.answer_id % len(Label)])
        if pause_seconds:
            time.sleep(random.uniform(0.5, 1.5) * pause_seconds)
        started, refusals = time.perf_counter(), 0
        while True:
            try:
                # Whoever is told that it failed presses the key again, which makes another event.
                respond(project, desk.place, said, event_id=uuid4().hex, annotator=name)
                break
            except PassingError:
                refusals += 1
        tell(Confirmed(name, desk.place.answer_id, time.perf_counter() - started, refusals))
