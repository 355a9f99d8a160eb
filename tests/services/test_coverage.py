"""What was ever retrieved, how its scores are spread, and which verdict stands at a place of the map."""

import pytest

from dashboard.labels import Label
from dashboard.models import Hit, NewAnswer, RunConfig
from dashboard.services.coverage import coverage_totals, lecture_coverage
from dashboard.services.exposure import note_exposure
from dashboard.services.hit_scores import Spread, score_spreads
from dashboard.services.map_marks import count_unseen, label_marks, score_marks
from dashboard.services.project import Project
from dashboard.store import answers, runs
from dashboard.store.coverage import CoverageTotals, LectureCoverage
from tests.support import project as made

OTHER_RUN = RunConfig(retriever="lexical", encoder="", k=2, answerer="extractive")


def test_lectures_without_a_hit_are_listed_over_all_runs_or_one(empty: Project) -> None:
    store = empty.store
    a, b, c = (made.add_video(store, name, texts(name)) for name in ("a", "b", "c"))
    second = made.add_run(store, OTHER_RUN, "lexical")
    made.add_answer(store, "Um?", [a[0], b[0]])
    made.add_answer(store, "Dois?", [a[0], a[1]])
    made.add_answer(store, "Três?", [b[1]], run_id=second)

    assert coverage_totals(empty) == CoverageTotals(3, 2, 12, 4)
    assert coverage_totals(empty, second) == CoverageTotals(3, 1, 12, 1)
    never = lecture_coverage(empty, 1, 10, never=True)
    assert never == [LectureCoverage("c", "Aula c", 4, 0, 0)]
    in_second = lecture_coverage(empty, 1, 10, second, never=True)
    assert [one.video_id for one in in_second] == ["a", "c"]
    covered = lecture_coverage(empty, 1, 10, never=False)
    assert [(one.video_id, one.retrieved, one.answers) for one in covered] == [
        ("c", 0, 0),
        ("a", 2, 2),
        ("b", 2, 2),
    ]
    assert lecture_coverage(empty, 2, 2, never=False) == covered[2:]
    assert len(c) == 4


def texts(name: str) -> list[str]:
    return [f"{text} {name}" for text in made.TEXTS]


def test_scores_are_spread_by_label_of_the_first_hit_and_by_rank(empty: Project) -> None:
    segments = made.add_video(empty.store)
    run_id = made.add_run(empty.store)
    scores = {"C": (0.9, 0.5), "I": (0.4, 0.3), "": (0.6, 0.1)}
    for letter, pair in scores.items():
        answer_id = answered(empty, run_id, f"Pergunta {letter}?", segments, pair)
        if letter:
            made.label(empty.store, answer_id, letter)
    found = score_spreads(empty, run_id)
    assert (found.answers, found.of) == (3, 3)
    assert list(found.by_label) == [Label.CORRECT, Label.INCORRECT, None]
    assert found.by_label[Label.INCORRECT] == Spread(1, 0.4, 0.4, 0.4, 0.4, 0.4)
    # 0.4, 0.6, 0.9: quartiles halfway to the median.
    first = found.by_rank[1]
    assert (first.n, first.low, first.high) == (3, 0.4, 0.9)
    assert (first.first_quarter, first.median, first.third_quarter) == pytest.approx((0.5, 0.6, 0.75))
    assert found.by_rank[2].median == 0.3


def answered(
    project: Project, run_id: int, question: str, segments: list[made.Segment], scores: tuple[float, ...]
) -> int:
    hits = [Hit(rank, segments[rank - 1], score) for rank, score in enumerate(scores, start=1)]
    with project.store.write() as session:
        question_id = runs.put_question(session, question)
        answer_id, _ = answers.put_answer(
            session,
            key=question,
            question_id=question_id,
            run_id=run_id,
            answer=NewAnswer("Resposta.", "extractive"),
            hits=hits,
            queued=True,
        )
    return answer_id


def test_a_question_and_the_first_hit_carry_the_newest_verdict(empty: Project) -> None:
    store = empty.store
    segments = made.add_video(store)
    second = made.add_run(store, OTHER_RUN, "lexical")
    old = made.add_answer(store, "Um?", [segments[0], segments[1]])
    new = made.add_answer(store, "Um?", [segments[2], segments[0]], run_id=second)
    bare = made.add_answer(store, "Dois?", [segments[0]])
    made.label(store, old, "C")
    assert label_marks(empty).labels == {old: Label.CORRECT}
    assert label_marks(empty).segments == {segments[0].segment_id: old}
    made.label(store, new, "I")
    marks = label_marks(empty)
    assert marks.labels == {new: Label.INCORRECT} and list(marks.questions.values()) == [new]
    assert marks.segments == {segments[2].segment_id: new}

    judge_id = made.judge(store, bare, "P")
    made.judge(store, new, None)
    scored = score_marks(empty, judge_id)
    assert scored.scores == {bare: pytest.approx(2 / 3)}
    assert scored.segments == {segments[0].segment_id: bare}

    assert count_unseen(empty, "Zeca", marks) == 1
    note_exposure(empty, "Zeca", [new])
    assert count_unseen(empty, "Zeca", marks) == 0
