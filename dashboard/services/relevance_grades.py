"""Relevance grades to measure with: those of people, or those that a judge gave to the same segments."""

import math
from collections.abc import Mapping, Sequence

from dashboard.errors import N_, NotFound
from dashboard.judging.rubric import Rubric, Unit
from dashboard.models import Judge
from dashboard.retrieval.evaluation.measures import Grades
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.services.rubrics import find_version, newest_rubrics
from dashboard.store import grades, judgements

PEOPLE_RELEVANT_FROM = 2
"""People's grade, 0 to 3, from which a segment counts as relevant: it answers an important part."""


@needs(Role.RESEARCHER)
def people_grades(project: Project) -> Grades:
    """Return people's grades of each question's segments.

    Of each person the newest grade counts, and of several people the middle one; between two middle grades
    the lower, as the rubric asks of a judge in doubt.
    """
    with project.store.read() as session:
        return _middle(grades.peoples_grades(session))


@needs(Role.RESEARCHER)
def judge_grades(project: Project, judge: Judge) -> Grades:
    """Return a judge's grades of each question's segments, by their position in the scale of its rubric.

    A segment that stood under several answers to the question was graded with each: the middle grade counts.
    Unscored answers leave their segments unjudged.

    Raises:
        NotFound: The judge grades no segments.
    """
    _rubric_of(project, judge)
    with project.store.read() as session:
        return _middle(grades.judges_grades(session, judge.judge_id))


@needs(Role.RESEARCHER)
def judge_relevant_from(project: Project, judge: Judge) -> int:
    """Return a judge's lowest grade that counts as relevant: that from which its rubric says correct.

    Raises:
        NotFound: The judge grades no segments.
    """
    return max(1, math.ceil(_rubric_of(project, judge).correct_from))


@needs(Role.RESEARCHER)
def judges_of_segments(project: Project) -> list[Judge]:
    """Return the judges that grade segments and have judged something, the one with most first."""
    with project.store.read() as session:
        judges = [judge for judge, count in judgements.list_judges(session) if count]
    return [judge for judge in judges if _grades_segments(project, judge)]


def _rubric_of(project: Project, judge: Judge) -> Rubric:
    """Return the rubric by which a judge grades segments."""
    try:
        rubric: Rubric | None = find_version(project, judge.config.rubric, judge.config.prompt_version).rubric
    except NotFound:
        # Judged elsewhere, or with another edition of the program: its newest text has the same unit.
        known = {name: one for one in newest_rubrics(project) for name in (one.name, one.key)}
        rubric = known.get(judge.config.rubric)
    if rubric is None or rubric.unit is not Unit.SEGMENT:
        raise NotFound(
            N_(
                "The judge {name} grades no segments; its rubric is {rubric}. "
                "Judge with the rubric context-relevance first, or choose people's grades."
            ),
            name=judge.config.name,
            rubric=judge.config.rubric or "–",
        )
    return rubric


def _grades_segments(project: Project, judge: Judge) -> bool:
    try:
        _rubric_of(project, judge)
    except NotFound:
        return False
    return True


def _middle(given: Mapping[tuple[int, int], Sequence[int]]) -> Grades:
    found: dict[int, dict[int, int]] = {}
    for (question, segment), several in given.items():
        found.setdefault(question, {})[segment] = grades.middle_grade(several)
    return found
