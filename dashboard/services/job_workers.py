"""The judging jobs of a process: in the background, through restarts of process and database."""

import logging
import threading
import time

from dashboard.errors import PassingError, VereditoError
from dashboard.services.driving import HEARTBEAT_SECONDS, drive
from dashboard.services.project import Project
from dashboard.store import jobs

_LOGGER = logging.getLogger(__name__)


class JobWorkers:
    """The jobs that this process drives, each in a thread of its own that no page waits for.

    Args:
        project: Where the jobs are.
    """

    def __init__(self, project: Project) -> None:
        self._project = project
        self._threads: dict[int, threading.Thread] = {}
        self._guard = threading.Lock()

    def ensure(self, job_id: int) -> None:
        """Drive a job unless this process does so already."""
        with self._guard:
            thread = self._threads.get(job_id)
            if thread is None or not thread.is_alive():
                thread = threading.Thread(target=self._drive, args=(job_id,), name="job", daemon=True)
                self._threads[job_id] = thread
                thread.start()

    def resume(self) -> None:
        """Drive every job that was running when its process ended."""
        with self._project.store.read() as session:
            ids = jobs.running(session)
        for job_id in ids:
            self.ensure(job_id)

    def _drive(self, job_id: int) -> None:
        while True:
            try:
                drive(self._project, job_id)
            except PassingError:
                _LOGGER.warning("the database went away under job %s, which goes on when it is back", job_id)
                time.sleep(HEARTBEAT_SECONDS)
                continue
            except VereditoError:
                _LOGGER.info("job %s failed; its note says why", job_id)
            except Exception:
                _LOGGER.exception("job %s failed", job_id)
            return
