"""What a retriever finds for many questions: searched now, or as a run stored it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dashboard.errors import N_, NotFound
from dashboard.retrieval.retriever import parse_retriever
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.entered import check_entered
from dashboard.services.project import Project
from dashboard.store import grades, runs

Progress = Callable[[int, int], None]
"""Told how many questions are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """What was found for each question.

    Attributes:
        retriever: The setting that found it, or what the run says of itself.
        rankings: Question to segment ids, best first.
        scores: Question to the retriever's score of each, in the same order.
        answers: Question to the answer under which the ranking is stored; empty when searched now.
        unembedded: Active segments that could not be found because they have no vector yet.
    """

    retriever: str
    rankings: Mapping[int, tuple[int, ...]]
    scores: Mapping[int, tuple[float, ...]]
    answers: Mapping[int, int]
    unembedded: int = 0


@needs(Role.RESEARCHER)
def rank_all(
    project: Project,
    retriever: str,
    questions: Mapping[int, str],
    k: int = 10,
    progress: Progress = lambda done, total: None,
) -> Ranked:
    """Search every question and return the rankings.

    Args:
        project: Where to search.
        retriever: As in the setting, which is used when this is empty.
        questions: Text of each question, under whatever number names it in the result.
        k: How many segments, 1 to 100.
        progress: Told after each question.

    Raises:
        RecordError: A question holds what is no text.
        SearchError: A question is blank, the retriever is unknown, or the corpus is empty.
        EncoderError: The encoder cannot be opened or does not answer.
    """
    retriever = str(parse_retriever(retriever or project.settings.retriever))
    rankings, scores = {}, {}
    unembedded = 0
    progress(0, len(questions))
    for done, (question, text) in enumerate(questions.items(), start=1):
        check_entered(text, "question")
        result = project.searcher.search(text.strip(), k, retriever)
        rankings[question] = tuple(hit.segment.segment_id for hit in result.hits)
        scores[question] = tuple(hit.score for hit in result.hits)
        unembedded = result.unembedded
        progress(done, len(questions))
    return Ranked(retriever, rankings, scores, {}, unembedded)


@needs(Role.RESEARCHER)
def ranked_by_run(project: Project, run_id: int) -> Ranked:
    """Return what a run found when it answered, without searching again.

    Raises:
        NotFound: There is no such run.
    """
    with project.store.read() as session:
        run = next((run for run, _ in runs.list_runs(session) if run.run_id == run_id), None)
        if run is None:
            raise NotFound(N_("There is no run {found}. Choose one of the list."), found=run_id)
        stored = grades.rankings_of_run(session, run_id)
    return Ranked(
        run.config.retriever,
        {question: ranking.segments for question, ranking in stored.items()},
        {question: ranking.scores for question, ranking in stored.items()},
        {question: ranking.answer_id for question, ranking in stored.items()},
    )
