"""What rankings are measured against, and what is found for many questions."""

import pytest

from dashboard.errors import NotFound, SearchError
from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement
from dashboard.services.project import Project
from dashboard.services.rankings import rank_all, ranked_by_run
from dashboard.services.relevance_grades import judges_of_segments, people_grades
from dashboard.services.truth import find_truth
from dashboard.store import judgements, runs
from tests.services.lectures import segments
from tests.support import project as made

JUDGE = JudgeConfig("contexto", "context-relevance.pt-BR", "1-abc", "juiz")


def judged(project: Project, answer_id: int, *grades: int, config: JudgeConfig = JUDGE) -> int:
    """Store a judge's grade of each of an answer's segments; none leaves the answer unscored."""
    score = sum(grades) / len(grades) if grades else None
    verdict = NewJudgement(
        score, score, Label.PARTIAL if grades else None, details={"grades": list(grades)} if grades else {}
    )
    with project.store.write() as session:
        judge_id = judgements.put_judge(session, config)
        judgements.add_judgement(session, answer_id, judge_id, verdict)
    return judge_id


def test_of_each_person_the_newest_grade_counts_and_of_several_the_lower_middle(empty: Project) -> None:
    found = made.a_project(empty.store, answers_wanted=2)
    question, (first, second, *_) = found.question_ids[0], [one.segment_id for one in found.segments]
    for person, grade in [("Ana", 0), ("Ana", 3), ("Bia", 1), ("Caio", 2)]:
        made.grade(empty.store, question, first, grade, person)
    for person, grade in [("Ana", 1), ("Bia", 2)]:
        made.grade(empty.store, question, second, grade, person)
    assert people_grades(empty) == {question: {first: 2, second: 1}}
    truth = find_truth(empty, "people")
    assert (truth.questions, truth.relevant_from) == ({question: "Pergunta número 1?"}, 2)


def test_a_judges_grades_belong_to_the_segments_in_the_order_of_the_hits(empty: Project) -> None:
    found = made.a_project(empty.store, answers_wanted=3)
    one, two, three = found.segments[1:4]
    judge_id = judged(empty, found.answer_ids[0], 3, 0)
    judged(empty, found.answer_ids[1], 1, 2, 3)  # More grades than hits: nobody can tell whose they are.
    judged(empty, found.answer_ids[2])
    again = made.add_answer(empty.store, "Pergunta número 1?", [three, one], run_id=made.add_run(empty.store))
    judged(empty, again, 2, 1)
    truth = find_truth(empty, "judge:contexto")
    ids = [one.segment_id for one in (one, two, three)]
    assert truth.grades == {found.question_ids[0]: dict(zip(ids, (1, 0, 2), strict=True))}
    assert (truth.code, truth.name, truth.relevant_from) == (f"judge:{judge_id}", "contexto", 2)
    assert [one.config for one in judges_of_segments(empty)] == [JUDGE]


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("people", "Nobody has graded a segment yet"),
        ("judge:ninguém", "There is no judge “ninguém”"),
        ("judge:relevance", "The judge relevance grades no segments"),
        ("judge:contexto", "The judge contexto has graded no segment yet"),
        ("judge:", "Use people, judge:NAME, titles or questions"),
        ("gente", "'gente' is no source of relevance"),
        ("questions", "Give each the tag lecture:ID"),
        ("titles", "No lecture of the corpus has a title"),
    ],
)
def test_a_source_that_knows_nothing_says_what_to_do(empty: Project, code: str, says: str) -> None:
    answer_id = made.add_answer(empty.store, "Por quê?", tags=["lecture:em-nenhum-lugar", "redes"])
    made.judge(empty.store, answer_id, "C")
    judged(empty, answer_id)
    with pytest.raises(NotFound, match=says):
        find_truth(empty, code)


def test_known_items_hold_every_segment_of_the_lecture_and_equal_titles_are_one(empty: Project) -> None:
    one, two = (
        made.add_video(empty.store, "a", title="Redes"),
        made.add_video(empty.store, "b", title="Redes"),
    )
    other = made.add_video(empty.store, "c", title="Caches")
    made.add_video(empty.store, "d", texts=[], title="Vazia")
    made.add_answer(empty.store, "O que é cache?", tags=["lecture:c", "memória"])
    titles, questions = find_truth(empty, "titles"), find_truth(empty, "questions")
    assert titles.questions == {1: "Caches", 2: "Redes"}
    assert titles.lectures == {1: ("c",), 2: ("a", "b")}
    assert titles.grades == {
        1: {segment.segment_id: 1 for segment in other},
        2: {segment.segment_id: 1 for segment in one + two},
    }
    assert list(questions.questions.values()) == ["O que é cache?"]
    assert list(questions.grades.values()) == [titles.grades[1]]
    assert (titles.is_stored, questions.is_stored, titles.relevant_from) == (False, True, 1)


def test_every_question_is_searched_and_a_runs_own_hits_are_read_back(project: Project) -> None:
    asked = {7: " taxa de acerto da cache ", 9: "passo do gradiente"}
    told: list[tuple[int, int]] = []
    found = rank_all(project, "lexical", asked, 3, lambda done, total: told.append((done, total)))
    for question, text in asked.items():
        hits = project.searcher.search(text.strip(), 3, "lexical").hits
        assert found.rankings[question] == tuple(hit.segment.segment_id for hit in hits)
        assert found.scores[question] == tuple(hit.score for hit in hits)
    assert told == [(0, 2), (1, 2), (2, 2)]
    with pytest.raises(SearchError, match="'densa' is not known"):
        rank_all(project, "densa", asked)

    cache = segments(project)["cache"]
    run_id = made.add_run(project.store)
    made.add_answer(project.store, "O que é cache?", cache, run_id=run_id)
    newest = made.add_answer(project.store, "O que é cache?", cache[::-1], run_id=run_id)
    with project.store.write() as session:
        question = runs.put_question(session, "O que é cache?")
    stored = ranked_by_run(project, run_id)
    assert stored.rankings == {question: tuple(one.segment_id for one in cache[::-1])}
    assert stored.answers == {question: newest}
    assert stored.scores == {question: (pytest.approx(0.89), pytest.approx(0.88))}
    with pytest.raises(NotFound, match="There is no run 99"):
        ranked_by_run(project, 99)
