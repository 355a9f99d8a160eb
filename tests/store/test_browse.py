from dataclasses import replace

import pytest

from dashboard.models import JudgeConfig
from dashboard.store.browse import (
    UNLABELLED,
    UNSCORED,
    AnswerFilter,
    answers_after,
    count_answers,
    find_answers,
    neighbours,
)
from dashboard.store.store import Store
from tests.support import project

OTHER_JUDGE = JudgeConfig("other", "answer-relevance", "1", "another-model")


@pytest.fixture
def labelled(store: Store) -> Store:
    """Six answers (1 to 6, even ones tagged "par"; 5 and 6 of a second run) with labels and judgements."""
    made = project.a_project(store, 4)
    second = project.add_run(store, replace(project.RUN, k=5), "dense, k 5")
    for number in (5, 6):
        project.add_answer(
            store, f"Pergunta número {number}?", run_id=second, tags=["par"] if number == 6 else []
        )
    project.label(store, made.answer_ids[0], "I", "Ana")
    project.label(store, made.answer_ids[0], "C", "Ana")
    project.label(store, made.answer_ids[1], "C", "Ana")
    project.label(store, made.answer_ids[1], "P", "Bia")
    project.label(store, made.answer_ids[2], "I", "Bia")
    for answer_id, label in [(1, "C"), (2, "P"), (3, None), (6, "C")]:
        project.judge(store, answer_id, label)
    project.judge(store, 4, "I", OTHER_JUDGE)
    project.judge(store, 1, "P", OTHER_JUDGE)
    return store


def found(store: Store, chosen: AnswerFilter) -> list[int]:
    with store.read() as session:
        ids = [line.answer_id for line in find_answers(session, chosen)]
        assert count_answers(session, chosen) == len(ids)
        assert answers_after(session, chosen, 0, 100) == ids
    return ids


EXPECTED = {
    AnswerFilter(): [1, 2, 3, 4, 5, 6],
    AnswerFilter(label="C"): [1, 2],
    AnswerFilter(label="I"): [3],
    AnswerFilter(label=UNLABELLED): [4, 5, 6],
    AnswerFilter(annotator="Bia"): [2, 3],
    AnswerFilter(annotator="Bia", label="P"): [2],
    AnswerFilter(annotator="Bia", label="C"): [],
    AnswerFilter(annotator="Bia", label=UNLABELLED): [1, 4, 5, 6],
    AnswerFilter(annotator="Nobody"): [],
    AnswerFilter(judge_label="C"): [1, 6],
    AnswerFilter(judge_label="P"): [1, 2],
    AnswerFilter(judge_label=UNSCORED): [3],
    AnswerFilter(judge_label=UNLABELLED): [5],
    AnswerFilter(run_id=2): [5, 6],
    AnswerFilter(tag="par"): [2, 4, 6],
    AnswerFilter(tag="Par"): [],
    AnswerFilter(text="número 3"): [3],
    AnswerFilter(text="RESPOSTA NÚMERO"): [1, 2, 3, 4],
    AnswerFilter(label="C", tag="par"): [2],
    AnswerFilter(run_id=2, tag="par", judge_label="C", label=UNLABELLED, text="6"): [6],
    AnswerFilter(run_id=1, tag="par", judge_label="C"): [],
}


def test_each_filter_finds_counts_and_walks_the_same_answers(labelled: Store) -> None:
    assert {chosen: found(labelled, chosen) for chosen in EXPECTED} == EXPECTED


def test_a_line_shows_everybodys_newest_label_and_every_judges(labelled: Store) -> None:
    with labelled.read() as session:
        lines = find_answers(session, AnswerFilter())
    assert [line.labels for line in lines] == ["C", "PC", "I", "", "", ""]
    assert [line.judge_labels for line in lines] == ["PC", "P", "?", "I", "", "C"]
    first = lines[0]
    assert (first.number, first.question, first.answer) == (1, "Pergunta número 1?", "Resposta número 1.")
    assert [line.run_id for line in lines] == [1] * 4 + [2] * 2


def test_pages_follow_each_other_without_gap_or_repetition(labelled: Store) -> None:
    with labelled.read() as session:
        pages = [find_answers(session, AnswerFilter(), offset, 4) for offset in (0, 4, 8)]
        batches = [answers_after(session, AnswerFilter(), after, 4) for after in (0, 4, 6)]
    assert [[line.answer_id for line in page] for page in pages] == [[1, 2, 3, 4], [5, 6], []]
    assert batches == [[1, 2, 3, 4], [5, 6], []]


def test_neighbours_are_the_answers_beside_one_in_the_filtered_list(labelled: Store) -> None:
    with labelled.read() as session:
        assert neighbours(session, AnswerFilter(tag="par"), 4) == (2, 6)
        assert neighbours(session, AnswerFilter(tag="par"), 2) == (None, 4)
        assert neighbours(session, AnswerFilter(tag="par"), 6) == (4, None)
        assert neighbours(session, AnswerFilter(tag="par"), 3) == (2, 4)
        assert neighbours(session, AnswerFilter(tag="nenhum"), 3) == (None, None)
