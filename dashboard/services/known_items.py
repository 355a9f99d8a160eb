"""Known-item questions: the lecture that answers is known, so that no person has to grade anything.

Every segment of that lecture counts as relevant. The others have no grade: another lecture may deal with the
same matter, so that the figures are lower bounds (so were spoken documents searched at TREC-6: Garofolo et
al. 1997).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dashboard.retrieval.evaluation.measures import Grades
from dashboard.roles import Role
from dashboard.services.access import needs
from dashboard.services.project import Project
from dashboard.store import grades
from dashboard.store import questions as stored

LECTURE_TAG = "lecture:"
"""Begins the tag that names, by its id, a lecture in which a question is answered."""

RELEVANT = 1
"""The grade of each segment of the known lecture."""


@dataclass(frozen=True, slots=True)
class KnownItems:
    """Questions whose lecture is known.

    Attributes:
        questions: Text of each question.
        grades: The segments of the lectures in which each question is answered.
        lectures: Ids of these lectures.
    """

    questions: Mapping[int, str]
    grades: Grades
    lectures: Mapping[int, tuple[str, ...]]


@needs(Role.RESEARCHER)
def titles_as_questions(project: Project) -> KnownItems:
    """Return each lecture's title as a question that this lecture answers, numbered from 1 by title.

    Lectures of the same title are one question, which any of them answers: nothing tells them apart.
    """
    by_title: dict[str, list[str]] = {}
    with project.store.read() as session:
        segments = grades.segments_by_video(session)
        for video_id, title in grades.video_titles(session):
            if title.strip():
                by_title.setdefault(title.strip(), []).append(video_id)
    return _known(
        segments,
        ((number, title, ids) for number, (title, ids) in enumerate(by_title.items(), start=1)),
    )


@needs(Role.RESEARCHER)
def questions_with_lecture(project: Project) -> KnownItems:
    """Return the stored questions whose lecture a link, or a tag such as `lecture:redes-neurais`, tells.

    A question with several of these is answered by each of the lectures. Where none of them holds a
    segment that can be found, the question is left out.
    """
    lectures: dict[int, list[str]] = {}
    texts: dict[int, str] = {}
    with project.store.read() as session:
        segments = grades.segments_by_video(session)
        for question_id, text, tag in grades.tagged_questions(session):
            video_id = tag.removeprefix(LECTURE_TAG).strip()
            if tag.startswith(LECTURE_TAG) and video_id in segments:
                texts[question_id] = text
                lectures.setdefault(question_id, []).append(video_id)
        linked = stored.questions_with_lecture(session)
        for question_id, text in stored.all_texts(session) if linked else ():
            for video_id in sorted(linked.get(question_id, ())):
                if video_id in segments and video_id not in lectures.setdefault(question_id, []):
                    texts[question_id] = text
                    lectures[question_id].append(video_id)
    return _known(segments, ((question, texts[question], ids) for question, ids in lectures.items() if ids))


def _known(segments: Mapping[str, list[int]], items: Iterable[tuple[int, str, list[str]]]) -> KnownItems:
    questions, given, lectures = {}, {}, {}
    for question, text, ids in items:
        questions[question] = text
        lectures[question] = tuple(ids)
        given[question] = {segment: RELEVANT for video_id in ids for segment in segments[video_id]}
    return KnownItems(questions, given, lectures)
