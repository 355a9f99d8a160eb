"""The source of truth that rankings are measured against, under the code by which people choose it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboard.errors import N_, NotFound
from dashboard.retrieval.evaluation.measures import Grades
from dashboard.roles import Role
from dashboard.services import known_items, relevance_grades
from dashboard.services.access import needs
from dashboard.services.agreement import find_judge
from dashboard.services.project import Project
from dashboard.store import corpus, grades, runs

PEOPLE, JUDGE, TITLES, QUESTIONS = "people", "judge", "titles", "questions"


@dataclass(frozen=True, slots=True)
class Truth:
    """What is known to be relevant, and the questions that it is known for.

    Attributes:
        code: `people`, `judge:` with the judge's number, `titles` or `questions`.
        name: The judge's name; empty for the others.
        questions: Text of each question; its number is the stored question's id, but for `titles`, whose
            questions are stored nowhere.
        grades: Grades of their segments.
        relevant_from: Lowest grade that counts as relevant.
        lectures: For known items the lectures that answer each question.
    """

    code: str
    name: str
    questions: Mapping[int, str]
    grades: Grades
    relevant_from: int
    lectures: Mapping[int, tuple[str, ...]] = field(default_factory=dict)

    @property
    def is_stored(self) -> bool:
        """Whether its questions are stored ones, so that runs may have answered them."""
        return self.code != TITLES

    @property
    def is_known_items(self) -> bool:
        """Whether whole lectures are what is looked for, instead of graded segments."""
        return self.code in (TITLES, QUESTIONS)


@needs(Role.RESEARCHER)
def known_truths(project: Project) -> list[str]:
    """Return the code of every source that knows something, the most telling first."""
    with project.store.read() as session:
        by_people = grades.is_anything_graded(session)
        by_tags = any(tag.startswith(known_items.LECTURE_TAG) for tag in runs.list_tags(session))
        by_titles = corpus.count_videos(session) > 0
    judges = relevance_grades.judges_of_segments(project)
    return [
        *([PEOPLE] if by_people else []),
        *(f"{JUDGE}:{judge.judge_id}" for judge in judges),
        *([QUESTIONS] if by_tags else []),
        *([TITLES] if by_titles else []),
    ]


@needs(Role.RESEARCHER)
def find_truth(project: Project, code: str) -> Truth:
    """Return a source of truth.

    Args:
        project: Where the grades are.
        code: `people`, `titles`, `questions`, or `judge:` and a judge's name or number.

    Raises:
        NotFound: There is no such source, or it knows nothing yet; the message says what to do.
    """
    kind, _, name = code.partition(":")
    if kind == PEOPLE and not name:
        return _of_people(project)
    if kind == JUDGE and name:
        return _of_judge(project, name)
    if kind in (TITLES, QUESTIONS) and not name:
        return _of_known_items(project, kind)
    raise NotFound(
        N_("{found} is no source of relevance. Use people, judge:NAME, titles or questions."),
        found=repr(code),
    )


def _of_people(project: Project) -> Truth:
    given = relevance_grades.people_grades(project)
    if not given:
        raise NotFound(
            N_(
                "Nobody has graded a segment yet. Grade segments on the page Annotate, have a judge do it "
                "with the rubric context-relevance, or measure with known items: --known-items titles."
            )
        )
    return _graded(project, PEOPLE, "", given, relevance_grades.PEOPLE_RELEVANT_FROM)


def _of_judge(project: Project, name: str) -> Truth:
    judge = find_judge(project, name)
    assert judge is not None, "a name finds a judge or raises"
    given = relevance_grades.judge_grades(project, judge)
    if not given:
        raise NotFound(
            N_("The judge {name} has graded no segment yet. Judge answers that have segments."),
            name=judge.config.name,
        )
    relevant_from = relevance_grades.judge_relevant_from(project, judge)
    return _graded(project, f"{JUDGE}:{judge.judge_id}", judge.config.name, given, relevant_from)


def _graded(project: Project, code: str, name: str, given: Grades, relevant_from: int) -> Truth:
    with project.store.read() as session:
        questions = grades.question_texts(session, list(given))
    return Truth(code, name, questions, given, relevant_from)


def _of_known_items(project: Project, kind: str) -> Truth:
    if kind == TITLES:
        items = known_items.titles_as_questions(project)
        if not items.questions:
            raise NotFound(
                N_(
                    "No lecture of the corpus has a title. Add lectures first: "
                    "python -m dashboard ingest PATH."
                )
            )
    else:
        items = known_items.questions_with_lecture(project)
        if not items.questions:
            raise NotFound(
                N_(
                    "No question names a lecture of the corpus. Give each the tag {tag}ID with the lecture's "
                    "id, or use the lectures' titles: --known-items titles."
                ),
                tag=known_items.LECTURE_TAG,
            )
    return Truth(kind, "", items.questions, items.grades, known_items.RELEVANT, items.lectures)
