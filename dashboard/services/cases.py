"""From a stored answer to what a judge may look at."""

from dashboard.answering.citations import plain_sentences
from dashboard.judging.case import Case
from dashboard.models import Answer
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import answers


@needs(Role.RESEARCHER)
def load_case(project: Project, answer_id: int) -> Case:
    """Return an answer as a judge sees it.

    Raises:
        NotFound: The answer is not in the project.
    """
    with project.store.read() as session:
        return to_case(answers.get_answer(session, answer_id))


def to_case(answer: Answer) -> Case:
    """Return an answer as a judge sees it."""
    return Case(
        answer_id=answer.answer_id,
        question=answer.question.text,
        answer=answer.text,
        reference_answer=answer.question.reference_answer,
        segments=tuple(hit.segment.text for hit in answer.hits),
        sentences=plain_sentences(answer.text, len(answer.hits)),
    )
