"""Answering a whole question bank as one run, which can be stopped and continued."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dashboard.errors import N_, EncoderError, ModelError, NotFound, RecordError
from dashboard.model_server.failures import Misconfigured
from dashboard.models import Run
from dashboard.roles import Role
from dashboard.services import asking
from dashboard.services.access import needs
from dashboard.services.bank_file import read_bank
from dashboard.services.entered import check_entered
from dashboard.services.lecture_links import Lectures
from dashboard.services.project import Project
from dashboard.services.questions import bring_links
from dashboard.store import answers, planned, questions, runs
from dashboard.store.audit import add_event
from dashboard.store.hashing import key_of, text_hash
from dashboard.store.planned import RunProgress

LONGEST_NAME = 200
"""Characters of the name of a run."""


@dataclass(slots=True)
class RunReport:
    """What answering a bank did. `answers` counts all that the run holds now, `failures` name the others."""

    run: str
    answers: int = 0
    failures: list[tuple[int, str]] = field(default_factory=list)
    seconds: float = 0.0

    def to_json(self) -> dict[str, Any]:
        """Return the report as the command line prints it."""
        return {
            "run": self.run,
            "answers": self.answers,
            "failed": len(self.failures),
            "failures": [{"number": number, "error": error} for number, error in self.failures],
            "seconds": round(self.seconds, 2),
        }


@needs(Role.RESEARCHER)
def run_bank(
    project: Project,
    path: Path,
    k: int = asking.DEFAULT_K,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> RunReport:
    """Answer every question of a bank that its run has not answered yet.

    The same bank under the same settings is the same run, so that a stopped run continues. A question that
    fails is reported and the others go on.

    Raises:
        RecordError: The bank cannot be read.
        SearchError: The corpus is empty.
        Misconfigured: The model server refuses the key or knows no such model; the answers so far are stored.
    """
    bank = read_bank(path)
    with project.store.read() as session:
        lectures = Lectures(session)
    for one in bank:
        lectures.find_all(one.links)
    # What would stop every question stops the run before anything of it is stored.
    asking.search(project, bank[0].text, k)
    config = asking.run_config(
        project, project.answerer, k, bank=_bank_name(path.name, [(one.number, one.text) for one in bank])
    )
    with project.store.write() as session:
        run_id = runs.put_run(session, config, path.stem)
        ids = []
        for one in bank:
            ids.append(runs.put_question(session, one.text, one.number, one.tags, one.reference_answer))
            bring_links(session, ids[-1], one.links, lectures)
        planned.plan(session, run_id, ids)
    return answer_run(project, run_id, progress)


@needs(Role.RESEARCHER)
def plan_run(
    project: Project,
    name: str,
    question_ids: Sequence[int],
    k: int = asking.DEFAULT_K,
    retriever: str = "",
) -> int:
    """Make a run that is to answer stored questions, and return its id; nothing is answered yet.

    The same questions under the same name and settings are the same run.

    Raises:
        RecordError: There is no name or no question.
        SearchError: The corpus is empty, or the retriever is not known.
    """
    name = name.strip()
    check_entered(name, "name")
    if not name or len(name) > LONGEST_NAME:
        raise RecordError(
            N_("The run needs a name of at most {limit} characters. Type one."), limit=LONGEST_NAME
        )
    with project.store.read() as session:
        found = questions.get_questions(session, question_ids)
    if not found:
        raise RecordError(N_("There is no question to answer. Choose others, or add some."))
    asking.search(project, found[0].text, k, retriever)
    bank = _bank_name(name, [(one.number, one.text) for one in found])
    config = asking.run_config(project, project.answerer, k, retriever, bank)
    with project.store.write() as session:
        run_id = runs.put_run(session, config, name)
        planned.plan(session, run_id, [one.question_id for one in found])
        add_event(session, project.actor, "run.plan", "run", run_id, details={"questions": len(found)})
    return run_id


@needs(Role.RESEARCHER)
def answer_run(
    project: Project,
    run_id: int,
    progress: Callable[[int, int], None] = lambda done, total: None,
    halt: threading.Event | None = None,
) -> RunReport:
    """Answer the questions that a run has still to answer.

    Args:
        project: Where the run is.
        run_id: The run.
        progress: Told how many questions are dealt with, those answered before too, and how many there are.
        halt: Set from elsewhere, it ends the work after the question that is being answered.

    Raises:
        NotFound: There is no such run.
        RecordError: The settings are no longer those of the run.
        SearchError: The corpus is empty.
        Misconfigured: The model server refuses the key or knows no such model; the answers so far are stored.
    """
    started = time.monotonic()
    with project.store.read() as session:
        found = next(iter(planned.progress_of(session, [run_id])), None)
        todo = planned.waiting(session, run_id)
    if found is None:
        raise NotFound(
            N_("There is no run {run_id} of a question bank. Choose one from the list."), run_id=run_id
        )
    check_settings(project, found.run)
    report = RunReport(run=found.run.name, answers=found.answered)
    for place, (question_id, number, text) in enumerate(todo):
        if halt is not None and halt.is_set():
            break
        progress(found.answered + place, found.total)
        error = _answer(project, found.run, question_id, number, text)
        if error:
            report.failures.append((number, error))
        else:
            report.answers += 1
    else:
        progress(found.total, found.total)
    report.seconds = time.monotonic() - started
    return report


@needs(Role.RESEARCHER)
def check_settings(project: Project, run: Run) -> None:
    """Refuse to go on with a run under other settings than it began with: it would be two runs in one.

    Raises:
        RecordError: The encoder, the answerer or its prompt is another one now.
    """
    config = run.config
    now = asking.run_config(project, project.answerer, config.k, config.retriever, config.bank)
    for before, after in (
        (config.encoder, now.encoder),
        (config.answerer, now.answerer),
        (config.prompt_version, now.prompt_version),
    ):
        if before != after:
            raise RecordError(
                N_(
                    "The run was begun with {before}, the settings now say {after}. Set that back, or begin "
                    "another run."
                ),
                before=before or "–",
                after=after or "–",
            )


@needs(Role.RESEARCHER)
def list_runs(project: Project, limit: int) -> list[RunProgress]:
    """Return how far the newest runs of question banks are, the newest first."""
    with project.store.read() as session:
        return planned.list_progress(session, limit)


@needs(Role.RESEARCHER)
def progress_of(project: Project, run_ids: Sequence[int]) -> list[RunProgress]:
    """Return how far certain runs of question banks are, in the order of their ids' list."""
    with project.store.read() as session:
        return planned.progress_of(session, run_ids)


@needs(Role.RESEARCHER)
def run_errors(project: Project, run_id: int, limit: int) -> list[tuple[int, int, str]]:
    """Return id and number of the questions that a run failed to answer, and why."""
    with project.store.read() as session:
        return planned.errors(session, run_id, limit)


def _answer(project: Project, run: Run, question_id: int, number: int, text: str) -> str:
    """Answer a question and store the answer; return why that failed, empty when it did not."""
    try:
        result = asking.search(project, text, run.config.k, run.config.retriever)
        answer = project.answerer.stream(text, result.hits).answer
        check_entered(answer, "answer")
    except Misconfigured:
        raise
    except (ModelError, EncoderError, RecordError) as error:
        with project.store.write() as session:
            planned.note_error(session, run.run_id, question_id, str(error))
        return str(error)
    with project.store.write() as session:
        answers.put_answer(
            session,
            key=text_hash(f"{runs.run_key(run.config)}:{number}:{text}"),
            question_id=question_id,
            run_id=run.run_id,
            answer=answer,
            hits=result.hits,
            queued=True,
        )
    return ""


def _bank_name(name: str, asked: Sequence[tuple[int, str]]) -> str:
    """Return a bank's name with a hash of what it asks."""
    return f"{name}#{key_of([[number, text] for number, text in asked])[:12]}"
