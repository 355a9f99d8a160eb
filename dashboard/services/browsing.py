"""Looking through answers."""

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.models import Adjudication, Annotation, Answer, Judgement, Relevance, Run
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import adjudications, annotations, answers, browse, judgements, people, relevance, runs
from dashboard.store.browse import AnswerFilter, AnswerSummary


@dataclass(frozen=True, slots=True)
class Choices:
    """What the filters offer."""

    runs: dict[int, Run]
    tags: list[str]
    annotators: list[str]


@dataclass(frozen=True, slots=True)
class Dossier:
    """Everything about one answer, each list oldest first."""

    answer: Answer
    annotations: list[Annotation]
    adjudications: list[Adjudication]
    judgements: list[Judgement]
    relevance: list[Relevance]
    previous: int | None
    next: int | None


@needs(Role.RESEARCHER)
def choices(project: Project) -> Choices:
    """Return the runs, tags and annotators that answers can be filtered by."""
    with project.store.read() as session:
        return Choices(
            runs={run.run_id: run for run, _ in runs.list_runs(session)},
            tags=runs.list_tags(session),
            annotators=people.list_annotators(session),
        )


@needs(Role.RESEARCHER)
def count(project: Project, chosen: AnswerFilter) -> int:
    """Return how many answers pass a filter."""
    with project.store.read() as session:
        return browse.count_answers(session, chosen)


@needs(Role.RESEARCHER)
def find(project: Project, chosen: AnswerFilter, page: int, size: int) -> list[AnswerSummary]:
    """Return a page, counted from 1, of the answers that pass a filter."""
    with project.store.read() as session:
        return browse.find_answers(session, chosen, (page - 1) * size, size)


@needs(Role.RESEARCHER)
def look_up(project: Project, words: str, limit: int) -> list[AnswerSummary]:
    """Return answers to the question with a number, or with words in question or answer, oldest first."""
    wanted = words.strip()
    with project.store.read() as session:
        if wanted.isascii() and wanted.isdigit() and len(wanted) < 10:
            return browse.find_by_number(session, int(wanted), limit)
        return browse.find_answers(session, AnswerFilter(text=wanted), 0, limit)


@needs(Role.RESEARCHER)
def after(project: Project, answer_id: int) -> int | None:
    """Return the answer after one, after the last one the first; None in an empty project."""
    with project.store.read() as session:
        found = browse.answers_after(session, AnswerFilter(), answer_id, 1)
        return next(iter(found or browse.answers_after(session, AnswerFilter(), 0, 1)), None)


@needs(Role.RESEARCHER)
def summaries(project: Project, answer_ids: Sequence[int]) -> list[AnswerSummary]:
    """Return the lines of certain answers, in the order given."""
    with project.store.read() as session:
        return browse.summaries(session, answer_ids)


@needs(Role.RESEARCHER)
def dossier(project: Project, answer_id: int, chosen: AnswerFilter) -> Dossier:
    """Return everything about one answer, and its neighbours in a filtered list.

    Raises:
        NotFound: There is no such answer.
    """
    with project.store.read() as session:
        before, after = browse.neighbours(session, chosen, answer_id)
        answer = answers.get_answer(session, answer_id)
        question_id = answer.question.question_id
        return Dossier(
            answer=answer,
            annotations=annotations.history(session, answer_id),
            adjudications=adjudications.adjudications(session, [answer_id]).get(answer_id, []),
            judgements=judgements.judgements_of(session, [answer_id]).get(answer_id, []),
            relevance=relevance.relevance_of(session, [question_id]).get(question_id, []),
            previous=before,
            next=after,
        )
