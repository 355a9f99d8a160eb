"""Asking: from a question to hits, an answer on its way, and a stored answer."""

from collections.abc import Sequence
from typing import TYPE_CHECKING
from uuid import uuid4

from dashboard.models import Answer, Hit, NewAnswer, RunConfig
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import answers, runs
from dashboard.store.audit import add_event

if TYPE_CHECKING:
    from dashboard.answering.base import Answerer, AnswerStream
    from dashboard.retrieval.search import SearchResult

DEFAULT_K = 10


@needs(Role.RESEARCHER)
def search(project: Project, question: str, k: int = DEFAULT_K, retriever: str = "") -> "SearchResult":
    """Return the segments that a retriever ranks highest for a question.

    Args:
        project: Where to search.
        question: The question, in any wording.
        k: How many segments, 1 to 100.
        retriever: As in the setting, which is used when this is empty.

    Raises:
        RecordError: The question holds what is no text.
        SearchError: The question is blank, the retriever is unknown, or the corpus is empty.
    """
    check_entered(question, "question")
    return project.searcher.search(question.strip(), k, retriever or project.settings.retriever)


@needs(Role.RESEARCHER)
def start_answer(project: Project, question: str, hits: Sequence[Hit]) -> "AnswerStream":
    """Start answering; iterate over what is returned to get the text in pieces.

    Raises:
        ModelError: While iterating: the model server failed, and the message says how.
    """
    return project.answerer.stream(question.strip(), hits)


@needs(Role.RESEARCHER)
def run_config(
    project: Project, answerer: "Answerer", k: int, retriever: str = "", bank: str = ""
) -> RunConfig:
    """Return the configuration under which answers are made now."""
    retriever = retriever or project.settings.retriever
    return RunConfig(
        retriever=retriever,
        encoder="" if retriever.split("+")[0] == "lexical" else project.encoder_choice.setting,
        k=k,
        answerer=answerer.id,
        prompt_version=answerer.prompt_version,
        bank=bank,
        # Runs from before the mean was taken off ranked otherwise, and stay apart.
        details={"fusion": "centred"} if retriever.startswith("hybrid") else {},
    )


@needs(Role.RESEARCHER)
def store_answer(
    project: Project,
    question: str,
    hits: Sequence[Hit],
    answer: NewAnswer,
    k: int = DEFAULT_K,
    retriever: str = "",
) -> Answer:
    """Store a question that was asked live, with its hits and its answer, and return it as stored.

    Raises:
        RecordError: The answer holds what is no text.
        StoreError: It could not be kept; nothing was changed.
    """
    check_entered(answer, "answer")
    config = run_config(project, project.answerer, k, retriever)
    with project.store.write() as session:
        question_id = runs.put_question(session, question.strip())
        answer_id, _ = answers.put_answer(
            session,
            key=uuid4().hex,
            question_id=question_id,
            run_id=runs.put_run(session, config, name=""),
            answer=answer,
            hits=hits,
            queued=False,
        )
        add_event(session, project.actor, "ask", "answer", answer_id)
    with project.store.read() as session:
        return answers.get_answer(session, answer_id)


@needs(Role.RESEARCHER)
def ask(
    project: Project, question: str, k: int = DEFAULT_K, retriever: str = ""
) -> tuple[Answer, dict[str, float]]:
    """Search, answer and store in one go.

    Returns:
        The stored answer, and the milliseconds of each step.

    Raises:
        SearchError: As in `search`.
        ModelError: The model server failed; nothing is stored.
    """
    result = search(project, question, k, retriever)
    answer = start_answer(project, question, result.hits).answer
    stored = store_answer(project, question, result.hits, answer, k, retriever)
    return stored, {**result.timings_ms, "answer": answer.latency_ms or 0.0}


@needs(Role.RESEARCHER)
def find_answer(project: Project, answer_id: int) -> Answer:
    """Return a stored answer.

    Raises:
        NotFound: There is no such answer.
    """
    with project.store.read() as session:
        return answers.get_answer(session, answer_id)
