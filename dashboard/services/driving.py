"""Driving a judging job: one worker at a time, several answers at once, everything stored as it comes."""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from uuid import uuid4

from dashboard.errors import N_, NotFound, VereditoError
from dashboard.jobs import Job, JobCounts, JobState, Prices, money
from dashboard.judging.base import Judge, Outcome
from dashboard.judging.calls import JUDGE_LIMITS, ModelCalls
from dashboard.judging.pace import Halted, Pace
from dashboard.judging.unscored import Unscored
from dashboard.model_server.client import Limits
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.cases import load_case
from dashboard.services.judges import is_local, open_judge
from dashboard.services.project import Project
from dashboard.store import jobs, judgements

HEARTBEAT_SECONDS = 3.0
"""How often a worker shows its life; well under `jobs.LEASE`."""

TELL_SECONDS = 0.3
"""Between two counts of how far a job is."""

LEAST_FAILURES = 10
"""So many answers in a row that fail for the server's sake end a job, or twice the concurrency if more."""

_PAGE = 500
_LOGGER = logging.getLogger(__name__)

Tell = Callable[[JobCounts], None]


@needs(Role.RESEARCHER)
def drive(
    project: Project,
    job_id: int,
    halt: threading.Event | None = None,
    tell: Tell = lambda counts: None,
    patience: Limits = JUDGE_LIMITS,
    queueing: Callable[[], None] = lambda: None,
) -> JobState:
    """Drive a job to its end, and return where it is then.

    While another worker drives it, here or in another process, this one waits and takes over when that one
    falls silent. Answers that are being judged when the work is halted are judged to their end and stored.

    Args:
        project: Where the job is.
        job_id: The job.
        halt: Set to end the work; the job's own state stays as it is.
        tell: Told how far the job is.
        patience: How long and often the model server is waited for.
        queueing: Told once when another worker drives the job, or did until it fell silent.

    Raises:
        NotFound: There is no such job.
        VereditoError: What made the job fail; it is also the job's note.
    """
    halt = halt or threading.Event()
    worker = uuid4().hex
    is_queueing = False
    while True:
        with project.store.read() as session:
            job = jobs.get_job(session, job_id)
            counts = jobs.counts(session, [job_id]).get(job_id, JobCounts())
        if job is None:
            raise NotFound(N_("There is no judging job {found}. Start a new one."), found=job_id)
        tell(counts)
        if job.state is not JobState.RUNNING:
            return job.state
        with project.store.write() as session:
            is_ours = jobs.take(session, job_id, worker)
        if is_ours:
            break
        if not is_queueing:
            is_queueing = True
            queueing()
        if halt.wait(HEARTBEAT_SECONDS / 2):
            return job.state
    try:
        return _Shift(project, job, counts, worker, halt, tell, patience).work()
    except VereditoError:
        raise
    except KeyboardInterrupt:
        with project.store.write() as session:
            jobs.set_state(session, job_id, JobState.STOPPED)
        raise
    except Exception as error:
        with project.store.write() as session:
            jobs.set_state(session, job_id, JobState.FAILED, type(error).__name__)
        raise
    finally:
        with project.store.write() as session:
            jobs.let_go(session, job_id, worker)


@dataclass(slots=True)
class _Budget:
    """What a job may still spend. The first answer goes alone, since it tells what the others will cost."""

    job: Job
    prices: Prices
    tokens_in: int
    tokens_out: int
    largest_in: int = 0
    largest_out: int = 0

    @classmethod
    def after(cls, job: Job, prices: Prices, counts: JobCounts) -> "_Budget":
        """Return what is left of a budget; what was judged before tells what an answer costs."""
        paid = max(1, counts.ended - counts.cached)
        largest_in, largest_out = -(-counts.tokens_in // paid), -(-counts.tokens_out // paid)
        return cls(job, prices, counts.tokens_in, counts.tokens_out, largest_in, largest_out)

    def spend(self, outcome: Outcome) -> None:
        self.tokens_in += outcome.tokens_in
        self.tokens_out += outcome.tokens_out
        self.largest_in = max(self.largest_in, outcome.tokens_in)
        self.largest_out = max(self.largest_out, outcome.tokens_out)

    def allows(self, in_flight: int) -> bool:
        """Return whether one more answer may be begun while so many are under way."""
        limits = self.job.limits
        if limits.budget_tokens is None and limits.budget_money is None:
            return True
        if not self.largest_in + self.largest_out:
            return in_flight == 0 and self._holds(1)
        return self._holds(in_flight + 1)

    def _holds(self, more: int) -> bool:
        limits, model = self.job.limits, self.job.judge.config.model
        tokens_in = self.tokens_in + more * self.largest_in
        tokens_out = self.tokens_out + more * self.largest_out
        fits = True
        if limits.budget_tokens is not None:
            fits = max(1, tokens_in + tokens_out) <= limits.budget_tokens
        if limits.budget_money is not None:
            cost = money(self.prices, model, tokens_in, tokens_out) or 0.0
            fits = fits and cost <= limits.budget_money and limits.budget_money > 0
        return fits


@dataclass(slots=True)
class _Shift:
    """One worker's time with a job."""

    project: Project
    job: Job
    counts: JobCounts
    worker: str
    halt: threading.Event
    tell: Tell
    patience: Limits
    _running: dict[Future[Outcome], int] = field(default_factory=dict)
    _failures_in_a_row: int = 0
    _is_server_there: bool = False
    _last_told: float = 0.0
    _trouble: VereditoError | None = None
    _note: str = ""
    _interrupt: KeyboardInterrupt | None = None
    _state: JobState = JobState.RUNNING

    def work(self) -> JobState:
        """Judge until nothing waits or something ends the job."""
        ended = threading.Event()
        try:
            judge = self._open(ended)
        except VereditoError as error:
            return self._fail(error)
        budget = _Budget.after(self.job, self.project.settings.prices, self.counts)
        answers = self._waiting()
        with ThreadPoolExecutor(self.job.limits.concurrency, "judge") as pool:
            while True:
                if self.halt.is_set() or self._state is not JobState.RUNNING:
                    ended.set()
                else:
                    self._fill(pool, judge, answers, budget)
                if not self._running:
                    if not self._has_more(budget):
                        break
                    # Answers were added meanwhile.
                    answers = self._waiting()
                    continue
                self._take_in(self._next_done(), budget)
        if self._interrupt is not None:
            raise self._interrupt
        self._tell()
        return self._end()

    def _next_done(self) -> set[Future[Outcome]]:
        try:
            return wait(self._running, HEARTBEAT_SECONDS, FIRST_COMPLETED).done
        except KeyboardInterrupt as interrupt:
            if self._interrupt is not None:
                raise
            # What is under way is paid for: it is taken in first.
            self._interrupt = interrupt
            self.halt.set()
            return set()

    def _open(self, ended: threading.Event) -> Judge:
        limits = self.job.limits
        pace = Pace(ended, limits.requests_a_minute, limits.tokens_a_minute)
        return open_judge(self.project, self.job.judge.config, ModelCalls(pace, self.patience))

    def _waiting(self) -> Iterator[int]:
        last = 0
        while True:
            with self.project.store.read() as session:
                page = jobs.waiting(session, self.job.job_id, last, _PAGE)
            if not page:
                return
            yield from page
            last = page[-1]

    def _fill(self, pool: ThreadPoolExecutor, judge: Judge, answers: Iterator[int], budget: _Budget) -> None:
        # The baseline's encoder uses all cores by itself; a server that never answered gets one question.
        is_alone = is_local(self.job.judge.config) or not self._is_server_there
        most = 1 if is_alone else self.job.limits.concurrency
        while len(self._running) < most and budget.allows(len(self._running)):
            answer_id = next(answers, None)
            if answer_id is None:
                return
            self._running[pool.submit(_judge, self.project, judge, answer_id)] = answer_id

    def _take_in(self, done: set[Future[Outcome]], budget: _Budget) -> None:
        stored: list[tuple[int, Outcome]] = []
        for future in done:
            answer_id = self._running.pop(future)
            try:
                outcome = future.result()
            except Halted:
                continue
            except VereditoError as error:
                self._trouble = self._trouble or error
                self._state = JobState.FAILED
                continue
            stored.append((answer_id, outcome))
            budget.spend(outcome)
            self._count_failure(outcome)
        if stored or time.monotonic() - self._last_told > HEARTBEAT_SECONDS:
            self._store(stored)

    def _count_failure(self, outcome: Outcome) -> None:
        self._failures_in_a_row = self._failures_in_a_row + 1 if outcome.is_server_trouble else 0
        is_unreachable = outcome.verdict.reason == Unscored.UNREACHABLE
        self._is_server_there |= not (is_unreachable or outcome.verdict.is_cached)
        # Where nothing ever answered, the tries of one answer are enough.
        is_absent = is_unreachable and not self._is_server_there
        if is_absent or self._failures_in_a_row >= max(LEAST_FAILURES, 2 * self.job.limits.concurrency):
            self._state, self._note = JobState.FAILED, outcome.verdict.error

    def _store(self, outcomes: list[tuple[int, Outcome]]) -> None:
        job_id = self.job.job_id
        with self.project.store.write() as session:
            is_ours = jobs.take(session, job_id, self.worker)
            for answer_id, outcome in outcomes:
                judgements.add_judgement(session, answer_id, self.job.judge.judge_id, outcome.verdict)
                spent = (outcome.tokens_in, outcome.tokens_out)
                jobs.finish(session, job_id, answer_id, outcome.verdict, spent)
        if not is_ours:
            # Somebody stopped the job, or this process slept so long that another worker took over.
            self._state = JobState.STOPPED
        if time.monotonic() - self._last_told > TELL_SECONDS:
            self._tell()

    def _tell(self) -> None:
        # Counting a large job takes a while, so it is not done after every answer, nor while others wait.
        with self.project.store.read() as session:
            counts = jobs.counts(session, [self.job.job_id]).get(self.job.job_id, JobCounts())
        self._last_told = time.monotonic()
        self.tell(counts)

    def _has_more(self, budget: _Budget) -> bool:
        is_on = self._state is JobState.RUNNING and not self.halt.is_set()
        return is_on and budget.allows(0) and self._is_any_waiting()

    def _end(self) -> JobState:
        if self._trouble is not None:
            return self._fail(self._trouble)
        if self._state is JobState.FAILED:
            self._set(JobState.FAILED, self._note)
        elif self._state is JobState.RUNNING and not self.halt.is_set():
            self._set(JobState.EXHAUSTED if self._is_any_waiting() else JobState.DONE)
        return self._state

    def _is_any_waiting(self) -> bool:
        with self.project.store.read() as session:
            return bool(jobs.waiting(session, self.job.job_id, 0, 1))

    def _fail(self, error: VereditoError) -> JobState:
        self._set(JobState.FAILED, str(error))
        raise error

    def _set(self, state: JobState, note: str = "") -> None:
        self._state = state
        with self.project.store.write() as session:
            jobs.set_state(session, self.job.job_id, state, note)


def _judge(project: Project, judge: Judge, answer_id: int) -> Outcome:
    return judge.judge(load_case(project, answer_id))


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
        try:
            drive(self._project, job_id)
        except VereditoError:
            _LOGGER.info("job %s failed; its note says why", job_id)
        except Exception:
            _LOGGER.exception("job %s failed", job_id)
