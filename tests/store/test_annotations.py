from datetime import UTC, datetime

from dashboard.labels import Label
from dashboard.models import Phase
from dashboard.store import annotations, people, relevance
from dashboard.store.store import Store
from dashboard.store.verdicts import person_labels
from tests.support import project

BLIND, REVEALED = Phase.BLIND, Phase.REVEALED


def test_the_newest_label_wins_even_when_the_clock_went_backwards(store: Store) -> None:
    answer_id = project.add_answer(store, "Qual?")
    project.label(store, answer_id, "C", created_at=datetime(2026, 5, 2, tzinfo=UTC))
    project.label(store, answer_id, "I", created_at=datetime(2026, 5, 1, tzinfo=UTC))
    with store.read() as session:
        history = annotations.history(session, answer_id)
        assert [one.label for one in history] == ["C", "I"]
        assert annotations.standing(history)["Ana"].label == Label.INCORRECT
        assert [one.label for one in person_labels(session)] == ["I"]


def test_a_history_keeps_every_label_of_everybody_in_order(store: Store) -> None:
    answer_id = project.add_answer(store, "Qual?")
    sent = [
        project.label(store, answer_id, label, name)
        for label, name in [("C", "Ana"), ("P", "Bia"), ("C", "Ana"), ("I", "Ana")]
    ]
    with store.read() as session:
        history = annotations.history(session, answer_id)
        assert people.list_annotators(session) == ["Ana", "Bia"]
    assert [one.event_id for one in history] == sent
    assert [one.sequence for one in history] == sorted({one.sequence for one in history})
    now = annotations.standing(history)
    assert {name: one.label for name, one in now.items()} == {"Ana": "I", "Bia": "P"}


def test_histories_of_several_answers_do_not_mix(store: Store) -> None:
    made = project.a_project(store, 3)
    for answer_id, label in zip(made.answer_ids, "CP", strict=False):
        project.label(store, answer_id, label)
    with store.read() as session:
        found = annotations.histories(session, made.answer_ids)
    assert {answer: [one.label for one in events] for answer, events in found.items()} == {
        made.answer_ids[0]: ["C"],
        made.answer_ids[1]: ["P"],
    }


def test_agreement_sees_the_last_label_of_the_phase_it_asks_for(store: Store) -> None:
    made = project.a_project(store, 3)
    first, second, third = made.answer_ids
    project.label(store, first, "I", phase=BLIND)
    project.label(store, first, "P", phase=BLIND)
    project.label(store, first, "C", phase=REVEALED)
    project.label(store, second, "C", "Bia", phase=REVEALED)
    project.label(store, third, "I", "Bia", phase=REVEALED)
    project.label(store, third, "P", "Bia", phase=BLIND)

    def seen(phase: Phase | None, annotator: str = "") -> list[tuple[int, str, str]]:
        with store.read() as session:
            return [tuple(one) for one in person_labels(session, phase, annotator)]

    assert seen(BLIND) == [(first, "Ana", "P"), (third, "Bia", "P")]
    assert seen(REVEALED) == [(first, "Ana", "C"), (second, "Bia", "C"), (third, "Bia", "I")]
    assert seen(None) == [(first, "Ana", "C"), (second, "Bia", "C"), (third, "Bia", "P")]
    assert seen(None, "Bia") == [(second, "Bia", "C"), (third, "Bia", "P")]
    assert seen(BLIND, "Nobody") == []


def test_without_a_choice_only_blind_labels_count(store: Store) -> None:
    answer_id = project.add_answer(store, "Qual?")
    project.label(store, answer_id, "C", phase=REVEALED)
    with store.read() as session:
        assert person_labels(session) == []


def test_relevance_grades_are_kept_in_order(store: Store) -> None:
    made = project.a_project(store, 1)
    for grade, name in [(0, "Ana"), (3, "Ana"), (2, "Bia")]:
        project.grade(store, made.question_ids[0], made.segments[0].segment_id, grade, name)
    with store.read() as session:
        grades = relevance.relevance_of(session, made.question_ids)[made.question_ids[0]]
    assert [(one.annotator, one.grade) for one in grades] == [("Ana", 0), ("Ana", 3), ("Bia", 2)]
