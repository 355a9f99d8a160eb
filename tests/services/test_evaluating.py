"""Retrievers and runs measured against what is known."""

import math
from dataclasses import replace

import pytest

from dashboard.errors import NotFound
from dashboard.services.evaluating import evaluate, measure_ranked
from dashboard.services.project import Project
from dashboard.services.rankings import ranked_by_run
from dashboard.services.truth import find_truth
from dashboard.store import reading
from tests.services.lectures import segments
from tests.support import project as made


def test_a_run_is_measured_by_its_stored_hits_on_the_questions_that_it_answered(empty: Project) -> None:
    found = made.a_project(empty.store, answers_wanted=3)
    one, two, three = (segment.segment_id for segment in found.segments[1:4])
    # The first question's hits are one and two, the second's two and three; the third is not graded.
    made.grade(empty.store, found.question_ids[0], two, 2)
    made.grade(empty.store, found.question_ids[0], three, 3)
    made.grade(empty.store, found.question_ids[1], two, 1)
    made.grade(empty.store, found.question_ids[1], three, 0)
    # A question of another run is not this one's failure.
    made.grade(empty.store, _asked_elsewhere(empty), one, 3)

    figures = measure_ranked(find_truth(empty, "people"), ranked_by_run(empty, found.run_id), k=2).figures

    best = 3 + 2 / math.log2(3)
    assert figures["nDCG@2"].value == pytest.approx((2 / math.log2(3) / best + 1) / 2)
    assert figures["MRR@2"].value == pytest.approx((1 / 2 + 0) / 2)
    assert figures["P@2"].value == pytest.approx((1 / 2 + 0) / 2)
    assert (figures["recall@2"].value, figures["recall@2"].n) == (0.5, 1)
    assert (figures["success@2"].value, figures["success@2"].n) == (0.5, 2)
    assert figures["judged@2"].value == pytest.approx((1 / 2 + 1) / 2)


def _asked_elsewhere(project: Project) -> int:
    other_run = made.add_run(project.store, replace(made.RUN, k=9), "other")
    made.add_answer(project.store, "De outra rodada?", run_id=other_run)
    other = ranked_by_run(project, other_run)
    (question,) = other.rankings
    return question


def test_a_run_that_answered_none_of_the_graded_questions_says_so(empty: Project) -> None:
    found = made.a_project(empty.store, answers_wanted=1)
    made.grade(empty.store, _asked_elsewhere(empty), found.segments[0].segment_id, 3)
    with pytest.raises(NotFound, match="None of the 1 questions with grades was answered by this run"):
        measure_ranked(find_truth(empty, "people"), ranked_by_run(empty, found.run_id))


def test_retrievers_are_measured_on_the_same_questions_the_settings_one_without_any(project: Project) -> None:
    truth = find_truth(project, "titles")
    told: list[tuple[str, int, int]] = []
    found = evaluate(project, truth, ["lexical", "hybrid"], 2, lambda *where: told.append(where))
    assert [one.ranked.retriever for one in found.evaluated] == ["lexical", "hybrid"]
    assert all(one.measured.questions == (1, 2, 3) for one in found.evaluated)
    assert (told[0], told[-1]) == (("lexical", 0, 6), ("hybrid", 6, 6))
    (by_default,) = evaluate(project, truth, k=2).evaluated
    assert by_default.ranked.retriever == project.settings.retriever


def test_relevant_segments_of_former_windows_are_counted_as_out_of_reach(
    project: Project,
) -> None:
    cache = segments(project)["cache"]
    made.add_answer(project.store, "Onde fica a cache?", cache)
    with project.store.read() as session:
        (question,) = (one.question.question_id for one in reading.read_answers(session, [1]))
    for segment, grade in zip(cache, (3, 0), strict=True):
        made.grade(project.store, question, segment.segment_id, grade)
    truth = find_truth(project, "people")
    assert evaluate(project, truth, ["lexical"]).unfindable == 0
    made.add_video(project.store, "cache", ["outras janelas da mesma aula sobre a cache"])
    found = evaluate(project, truth, ["lexical"])
    assert found.unfindable == 1
    assert found.evaluated[0].figures["success@10"].value == 0.0
