from dataclasses import replace

import pytest
from sqlalchemy import event

from dashboard.errors import NotFound
from dashboard.models import NewAnswer
from dashboard.store import answers, reading, runs
from dashboard.store.browse import AnswerFilter, find_answers
from dashboard.store.store import Store
from tests.support import project


def statements(store: Store, read: object) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    try:
        with store.read() as session:
            read(session)  # type: ignore[operator]
    finally:
        event.remove(store.engine, "before_cursor_execute", note)
    return len(seen)


def test_an_answer_is_read_in_as_many_statements_whatever_is_under_it(store: Store) -> None:
    lectures = [project.add_video(store, f"aula-{number}") for number in range(10)]
    segments = [segment for lecture in lectures for segment in lecture]
    small = project.add_answer(store, "Pequena?", segments[:1], tags=["a"])
    large = project.add_answer(store, "Grande?", segments, tags=["a", "b", "c"])
    few = statements(store, lambda session: answers.get_answer(session, small))
    assert 0 < few == statements(store, lambda session: answers.get_answer(session, large))
    assert few == statements(store, lambda session: reading.read_answers(session, [small, large]))


def test_a_page_of_answers_is_read_in_as_many_statements_whatever_its_length(store: Store) -> None:
    made = project.a_project(store, 20)
    for answer_id in made.answer_ids[5:]:
        project.label(store, answer_id, "C")
        project.judge(store, answer_id, "P")
    one = statements(store, lambda session: find_answers(session, AnswerFilter(), 5, 1))
    assert 0 < one == statements(store, lambda session: find_answers(session, AnswerFilter(), 0, 20))


def test_answers_come_in_the_order_asked_for_and_unknown_ones_are_left_out(store: Store) -> None:
    first, second, third = project.a_project(store, 3).answer_ids
    with store.read() as session:
        found = reading.read_answers(session, [third, 999, first])
    assert [one.answer_id for one in found] == [third, first]


def test_an_unknown_answer_says_so(store: Store) -> None:
    with store.read() as session, pytest.raises(NotFound, match="There is no answer 999"):
        answers.get_answer(session, 999)


def test_an_answer_with_a_known_key_is_not_stored_again(store: Store) -> None:
    made = project.a_project(store, 1)
    with store.read() as session:
        before = answers.get_answer(session, made.answer_ids[0])
    with store.write() as session:
        again = answers.put_answer(
            session,
            key=before.key,
            question_id=made.question_ids[0],
            run_id=made.run_id,
            answer=NewAnswer("outra", "m"),
            hits=[],
            queued=True,
        )
    assert again == (before.answer_id, False)
    with store.read() as session:
        assert answers.get_answer(session, before.answer_id) == before


def test_any_change_to_a_run_makes_another_run(store: Store) -> None:
    changes: list[dict[str, object]] = [
        {},
        {"retriever": "hybrid"},
        {"encoder": ""},
        {"k": 3},
        {"answerer": "openai:x"},
        {"prompt_version": "2"},
        {"bank": "b"},
        {"details": {"window": 400}},
    ]
    configs = [replace(project.RUN, **change) for change in changes]  # type: ignore[arg-type]
    ids = [project.add_run(store, config, f"run {number}") for number, config in enumerate(configs)]
    assert len(set(ids)) == len(configs)
    assert project.add_run(store, configs[0], "another name") == ids[0]
    with store.read() as session:
        listed = runs.list_runs(session)
    assert [run.config for run, _ in listed] == configs
    assert [run.name for run, _ in listed] == [f"run {number}" for number in range(len(configs))]


def test_runs_know_which_questions_they_answered(store: Store) -> None:
    made = project.a_project(store, 3)
    other = project.add_run(store, replace(project.RUN, k=9), "other")
    project.add_answer(store, "Pergunta número 1?", run_id=other)
    with store.read() as session:
        assert runs.answered_questions(session, made.run_id) == set(made.question_ids)
        assert runs.answered_questions(session, other) == {made.question_ids[0]}
        assert [count for _, count in runs.list_runs(session)] == [3, 1]


def test_a_question_asked_again_is_the_same_and_gains_what_it_lacked(store: Store) -> None:
    with store.write() as session:
        first = runs.put_question(session, "Qual?", tags=["a"])
        assert runs.put_question(session, "Qual?", tags=["b", "a", "b"], reference_answer="Esta.") == first
        assert runs.put_question(session, "Qual?", reference_answer="Outra.") == first
    answer_id = project.add_answer(store, "Qual?")
    with store.read() as session:
        question = answers.get_answer(session, answer_id).question
        assert runs.list_tags(session) == ["a", "b"]
    assert (question.tags, question.reference_answer, question.number) == (("a", "b"), "Esta.", 1)


def test_an_imported_number_that_is_taken_makes_another_question(store: Store) -> None:
    with store.write() as session:
        first = runs.put_question(session, "Uma?", number=7)
        second = runs.put_question(session, "Outra?", number=7)
        assert runs.put_question(session, "Uma?", number=8) not in (first, second)
        assert runs.put_question(session, "Uma?", number=7) == first
        assert runs.put_question(session, "Uma?") == first
        runs.put_question(session, "Nova?")
    answer_id = project.add_answer(store, "Nova?")
    with store.read() as session:
        assert answers.get_answer(session, answer_id).question.number == 9
