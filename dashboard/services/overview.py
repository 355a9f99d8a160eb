"""How much there is and how far the work is, in a handful of counts."""

from dataclasses import dataclass

from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import corpus, counting, runs


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts for the home page. `labelled` and `judged` count answers, each at most once."""

    videos: int
    segments: int
    questions: int
    answers: int
    labelled: int
    judged: int


@needs(Role.RESEARCHER)
def overview(project: Project) -> Overview:
    """Return how much there is."""
    with project.store.read() as session:
        return Overview(
            videos=corpus.count_videos(session),
            segments=corpus.count_segments(session),
            questions=runs.count_questions(session),
            answers=counting.count_answers(session),
            labelled=counting.count_labelled(session),
            judged=counting.count_judged(session),
        )
