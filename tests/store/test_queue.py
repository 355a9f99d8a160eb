from dashboard.store import answers
from dashboard.store.queue import Progress, next_unlabelled, previous_queued, progress
from dashboard.store.store import Store
from tests.support import project


def following(store: Store, annotator: str, after: int = 0) -> int | None:
    with store.read() as session:
        return next_unlabelled(session, annotator, after)


def test_an_empty_queue_has_nothing_next_and_no_progress(store: Store) -> None:
    assert following(store, "Ana") is None
    with store.read() as session:
        assert progress(session, "Ana") == Progress(0, 0)
        assert previous_queued(session, 1) is None


def test_the_next_answer_skips_what_this_person_labelled_and_nobody_else(store: Store) -> None:
    first, second, third = project.a_project(store, 3).answer_ids
    project.label(store, first, "C", "Ana")
    project.label(store, second, "C", "Bia")
    assert following(store, "Ana") == second
    assert following(store, "Ana", after=second) == third
    assert following(store, "Bia") == first
    assert following(store, "Bia", after=first) == third


def test_the_next_answer_wraps_around_to_what_was_skipped(store: Store) -> None:
    first, second, third = project.a_project(store, 3).answer_ids
    project.label(store, second, "C")
    project.label(store, third, "C")
    assert following(store, "Ana", after=second) == first
    assert following(store, "Ana", after=first) == first
    project.label(store, first, "P")
    assert following(store, "Ana", after=second) is None


def test_answers_that_were_not_sent_to_annotation_do_not_come(store: Store) -> None:
    kept_back = project.add_answer(store, "Uma?", queued=False)
    waiting = project.add_answer(store, "Outra?")
    assert following(store, "Ana") == waiting
    with store.read() as session:
        assert progress(session, "Ana") == Progress(0, 1)
        assert previous_queued(session, waiting) is None
    for _ in range(2):
        with store.write() as session:
            answers.send_to_annotation(session, kept_back)
    assert following(store, "Ana") == kept_back
    with store.read() as session:
        assert progress(session, "Ana") == Progress(0, 2)
        assert answers.get_answer(session, kept_back).queued


def test_previous_goes_back_through_the_queue_whether_labelled_or_not(store: Store) -> None:
    first, second, third = project.a_project(store, 3).answer_ids
    project.label(store, second, "C")
    with store.read() as session:
        assert previous_queued(session, third) == second
        assert previous_queued(session, second) == first
        assert previous_queued(session, first) is None


def test_progress_counts_each_answer_once_and_only_ones_own(store: Store) -> None:
    first, second, _ = project.a_project(store, 3).answer_ids
    for label in "CPI":
        project.label(store, first, label, "Ana")
    project.label(store, second, "C", "Bia")
    outside = project.add_answer(store, "Fora da fila?", queued=False)
    project.label(store, outside, "C", "Ana")
    with store.read() as session:
        assert progress(session, "Ana") == Progress(1, 3)
        assert progress(session, "Bia") == Progress(1, 3)
        assert progress(session, "Nova") == Progress(0, 3)


def test_a_label_given_again_does_not_bring_the_answer_back(store: Store) -> None:
    [only] = project.a_project(store, 1).answer_ids
    project.label(store, only, "C", phase=project.Phase.REVEALED)
    assert following(store, "Ana") is None
