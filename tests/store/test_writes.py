import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from dashboard.errors import NotFound, StoreError
from dashboard.models import Hit, NewAnnotation, NewAnswer, Phase, Relevance, Segment
from dashboard.store import annotations, answers, corpus, people, relevance, runs
from dashboard.store.schema import AnnotationRow, QuestionRow, Revision, SegmentRow
from dashboard.store.store import Store, open_store
from tests.support import project
from tests.support.together import in_processes, in_threads


def test_every_write_raises_the_revision_and_only_corpus_writes_that_of_the_corpus(store: Store) -> None:
    every, of_corpus, version = store.revision(), store.revision("corpus"), store.corpus_version()
    store.set_fact("title", "Aulas")
    assert (store.revision(), store.revision("corpus")) == (every + 1, of_corpus)
    assert store.corpus_version() == version
    project.add_video(store)
    assert (store.revision(), store.revision("corpus")) == (every + 2, of_corpus + 1)
    assert store.corpus_version() != version


def test_reading_raises_no_revision(store: Store) -> None:
    before = store.revision()
    with store.read() as session:
        people.list_annotators(session)
    assert store.fact("unknown") == ""
    assert store.revision() == before


def test_a_write_that_fails_stores_nothing_and_raises_no_revision(store: Store) -> None:
    before = (store.revision(), store.revision("corpus"))
    with pytest.raises(RuntimeError), store.write(corpus=True) as session:
        runs.put_question(session, "Fica?")
        raise RuntimeError
    assert (store.revision(), store.revision("corpus")) == before
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(QuestionRow)) == 0


def test_a_fact_can_be_set_again(store: Store) -> None:
    store.set_fact("title", "Aulas")
    store.set_fact("title", "Aulas de redes")
    assert store.fact("title") == "Aulas de redes"


def test_a_read_sees_one_moment_whatever_is_written_meanwhile(store: Store) -> None:
    value = select(Revision.value).where(Revision.name == "all")
    with store.read() as session:
        before = session.scalar(value)
        store.set_fact("title", "Aulas")
        assert session.scalar(value) == before
    assert store.revision() == before + 1


def test_foreign_keys_are_enforced(store: Store) -> None:
    made = project.a_project(store, 1)
    grade = Relevance("event", "Ana", 10**6, 3, Phase.BLIND, None, datetime.now(UTC))
    with pytest.raises(StoreError, match="(?i)foreign key"), store.write() as session:
        relevance.add_relevance(session, made.question_ids[0], grade)
    nowhere = Segment(10**6, 1, "", "", "", None, None, "", "")
    with pytest.raises(StoreError, match="(?i)foreign key"), store.write() as session:
        answers.put_answer(
            session,
            key="k",
            question_id=made.question_ids[0],
            run_id=made.run_id,
            answer=NewAnswer("", ""),
            hits=[Hit(1, nowhere, 0.5)],
            queued=False,
        )


def test_a_label_on_an_answer_that_is_not_there_says_so(store: Store) -> None:
    with pytest.raises(NotFound, match="The answer 77 is not in this project"):
        project.label(store, 77, "C")
    with store.read() as session:
        assert people.list_annotators(session) == []


def test_a_double_click_stores_one_event(store: Store) -> None:
    made = project.a_project(store, 1)
    new = NewAnnotation("click", "Ana", project.Label.CORRECT, Phase.BLIND)
    stored = []
    for _ in range(2):
        with store.write() as session:
            stored.append(annotations.add_annotation(session, made.answer_ids[0], new))
    assert stored == [True, False]
    with store.read() as session:
        assert len(annotations.history(session, made.answer_ids[0])) == 1


def test_the_same_event_sent_twice_in_one_moment_is_stored_once(store: Store) -> None:
    made = project.a_project(store, 1)
    new = NewAnnotation("click", "Ana", project.Label.CORRECT, Phase.BLIND)

    def send(_number: int) -> bool:
        with store.write() as session:
            return annotations.add_annotation(session, made.answer_ids[0], new)

    assert sorted(in_threads(send, 4)) == [False, False, False, True]
    with store.read() as session:
        assert [one.event_id for one in annotations.history(session, made.answer_ids[0])] == ["click"]


def test_grades_and_agreed_labels_sent_twice_are_stored_once(store: Store) -> None:
    made = project.a_project(store, 1)
    segment = made.segments[0].segment_id
    grade = Relevance("g", "Ana", segment, 2, Phase.REVEALED, 1.5, datetime.now(UTC))
    agreed = project.Adjudication(
        "a", "Bia", project.Label.PARTIAL, "por quê", Phase.REVEALED, None, datetime.now(UTC)
    )
    for expected in (True, False):
        with store.write() as session:
            assert relevance.add_relevance(session, made.question_ids[0], grade) is expected
            assert project.adjudications.add_adjudication(session, made.answer_ids[0], agreed) is expected
    with store.read() as session:
        assert relevance.relevance_of(session, made.question_ids) == {made.question_ids[0]: [grade]}
        assert project.adjudications.adjudications(session, made.answer_ids) == {made.answer_ids[0]: [agreed]}


def save_labels(address: str, answer_id: int, annotator: str, count: int) -> list[str]:
    store = open_store(address)
    events = [project.label(store, answer_id, "P", annotator) for _ in range(count)]
    store.close()
    return events


def test_processes_that_write_at_once_lose_nothing(store: Store, database_url: str) -> None:
    made = project.a_project(store, 1)
    before = store.revision()
    work = [(database_url, made.answer_ids[0], f"pessoa {number % 2}", 15) for number in range(3)]
    sent = [event for events in in_processes(save_labels, work) for event in events]
    with store.read() as session:
        stored = {one.event_id for one in annotations.history(session, made.answer_ids[0])}
    assert stored == set(sent)
    assert len(stored) == 45
    assert store.revision() == before + 45


def test_threads_that_write_labels_and_lectures_at_once_lose_nothing(store: Store) -> None:
    made = project.a_project(store, 1)
    before = (store.revision(), store.revision("corpus"))

    def work(number: int) -> None:
        for turn in range(6):
            if number % 2:
                project.add_video(store, f"v-{number}-{turn}")
            else:
                project.label(store, made.answer_ids[0], "C", f"pessoa {number}")

    in_threads(work, 6)
    assert (store.revision(), store.revision("corpus")) == (before[0] + 36, before[1] + 18)
    with store.read() as session:
        assert len(annotations.history(session, made.answer_ids[0])) == 18
        assert corpus.count_videos(session) == 2 + 18


def test_more_threads_than_connections_all_get_their_turn(store: Store) -> None:
    made = project.a_project(store, 1)
    in_threads(lambda number: project.label(store, made.answer_ids[0], "C", f"pessoa {number}"), 24)
    with store.read() as session:
        assert len(people.list_annotators(session)) == 24


def test_question_numbers_are_never_given_twice(store: Store) -> None:
    def ask(number: int) -> None:
        for turn in range(8):
            with store.write() as session:
                runs.put_question(session, f"Pergunta {number} {turn}?")

    in_threads(ask, 4)
    with store.read() as session:
        numbers = sorted(session.scalars(select(QuestionRow.number)))
    assert numbers == list(range(1, 33))


def test_the_same_question_asked_at_once_is_one_question(store: Store) -> None:
    def ask(_number: int) -> int:
        with store.write() as session:
            return runs.put_question(session, "A mesma?")

    assert len(set(in_threads(ask, 4))) == 1


def test_corpus_ids_are_never_given_twice_at_once(store: Store) -> None:
    in_threads(lambda number: project.add_video(store, f"aula-{number}"), 6)
    with store.read() as session:
        given = sorted(session.scalars(select(SegmentRow.corpus_id)))
    assert given == list(range(1, 6 * len(project.TEXTS) + 1))


def test_a_new_annotator_who_labels_twice_at_once_is_one_person(store: Store) -> None:
    made = project.a_project(store, 2)
    in_threads(lambda number: project.label(store, made.answer_ids[number], "C", "Nova"), 2)
    with store.read() as session:
        assert people.list_annotators(session) == ["Nova"]
        assert session.scalar(select(func.count()).select_from(AnnotationRow)) == 2


def test_an_event_id_of_a_client_is_kept_as_it_is(store: Store) -> None:
    made = project.a_project(store, 1)
    event = str(uuid.uuid4())
    assert project.label(store, made.answer_ids[0], "C", event_id=event) == event
    with store.read() as session:
        assert annotations.history(session, made.answer_ids[0])[0].event_id == event
