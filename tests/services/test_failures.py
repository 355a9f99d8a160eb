"""Why answers failed, every cause counted by hand, on either database."""

import uuid

import pytest
from sqlalchemy import event

from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewAnnotation, NewJudgement, Phase, RunConfig
from dashboard.responses import Flag, Kind
from dashboard.services.agreement import side_by_side
from dashboard.services.browsing import choices
from dashboard.services.failures import (
    Cause,
    Failures,
    by_run,
    cause_of,
    count_causes,
    explain_failures,
    judge_wrong,
)
from dashboard.services.project import Project
from dashboard.services.relevance_grades import judge_grades, judges_of_segments, people_grades
from dashboard.store import annotations, judgements
from tests.support import project as made

GRADER = JudgeConfig("contexto", "context-relevance.pt-BR", "1-abc", "juiz")


def flag(project: Project, answer_id: int, *flags: Flag, who: str = "Ana", label: str = "I") -> None:
    """Store a person's label with flags; "-" for a skip, which says nothing of the answer."""
    kind = Kind.SKIP if label == "-" else Kind.LABEL
    given = None if label == "-" else Label(label)
    new = NewAnnotation(uuid.uuid4().hex, who, given, Phase.BLIND, flags=flags, kind=kind)
    with project.store.write() as session:
        annotations.add_annotation(session, answer_id, new)


def explained(project: Project, relevant_from: int = 2, judge_id: int | None = None) -> Failures:
    labels = side_by_side(project, judge_id)
    return explain_failures(project, labels, people_grades(project), relevant_from)


def causes(failures: Failures) -> dict[int, str]:
    return {one.answer_id: one.cause.value for one in failures.found}


@pytest.mark.parametrize(
    ("flags", "grades", "segments", "cause"),
    [
        ((), (0, 2), 2, Cause.GENERATION),
        ((), (2,), 2, Cause.GENERATION),  # One relevant segment settles it, whatever the others are.
        ((), (0, 1), 2, Cause.RETRIEVAL),
        ((), (0,), 2, Cause.UNGRADED),  # The other may be the relevant one.
        ((), (), 2, Cause.UNGRADED),
        ((), (), 0, Cause.UNGRADED),  # Imported without its evidence: nothing is known of it.
        ((Flag.QUESTION_UNCLEAR,), (0, 2), 2, Cause.QUESTION),
        ((Flag.TRANSCRIPT_UNREADABLE,), (0, 0), 2, Cause.QUESTION),
        ((Flag.WRONG_LANGUAGE, Flag.EVIDENCE_MISSING), (), 2, Cause.QUESTION),
        ((Flag.EVIDENCE_MISSING,), (), 2, Cause.UNGRADED),
        ((Flag.EVIDENCE_MISSING,), (0, 1), 2, Cause.RETRIEVAL),
    ],
)
def test_the_first_cause_that_holds_counts(
    flags: tuple[Flag, ...], grades: tuple[int, ...], segments: int, cause: Cause
) -> None:
    assert cause_of(flags, grades, segments, 2) is cause


def test_every_cause_is_counted_and_the_judge_across_them(empty: Project) -> None:
    found = made.a_project(empty.store, answers_wanted=7)
    one, two, three, four, five, six, seven = found.answer_ids
    for answer_id, letter in zip(found.answer_ids, "IPIIPCI", strict=True):
        made.label(empty.store, answer_id, letter, "Bia")
    # Answer n has the segments n and n + 1. One: none relevant. Two: one relevant. Three: half graded.
    for at, place, grade in [(0, 1, 0), (0, 2, 1), (1, 2, 3), (2, 3, 1), (5, 6, 0), (5, 7, 0)]:
        made.grade(empty.store, found.question_ids[at], found.segments[place].segment_id, grade, "Bia")
    flag(empty, four, Flag.QUESTION_UNCLEAR)
    # Seven was right after all, so it is no failure.
    made.adjudicate(empty.store, seven, "C")
    judge_id = 0
    for answer_id, letter in ((one, "I"), (two, "C"), (three, None), (five, "I"), (six, "I")):
        judge_id = made.judge(empty.store, answer_id, letter)

    failures = explained(empty, judge_id=judge_id)
    assert causes(failures) == {
        one: "retrieval",
        two: "generation",
        three: "ungraded",
        four: "question",
        five: "ungraded",
    }
    assert failures.labelled == {found.run_id: 7}
    assert [(line.graded, line.segments) for line in failures.found] == [
        (2, 2),
        (1, 2),
        (1, 2),
        (0, 2),
        (0, 2),
    ]
    assert [line.verdict for line in failures.found] == ["right", "kind", "unjudged", "unjudged", "strict"]

    counts = {line.cause: line for line in count_causes(failures.found)}
    assert {cause.value: line.n for cause, line in counts.items()} == {
        "question": 1,
        "generation": 1,
        "retrieval": 1,
        "ungraded": 2,
    }
    share = counts[Cause.RETRIEVAL].share
    assert share is not None
    # Wilson, 1 of 3: centre (1/3 + z²/6) / (1 + z²/3), half-width z sqrt(2/27 + z²/36) / (1 + z²/3).
    assert (share.n, share.value) == (3, pytest.approx(1 / 3))
    assert (share.low, share.high) == (pytest.approx(0.0615, abs=1e-4), pytest.approx(0.7923, abs=1e-4))
    assert counts[Cause.UNGRADED].share is None
    assert counts[Cause.UNGRADED].judge == {"right": 0, "kind": 0, "strict": 1, "unjudged": 1}
    wrong = judge_wrong(failures.found)
    assert (wrong.n, wrong.value) == (3, pytest.approx(2 / 3))


def test_the_threshold_moves_answers_between_retrieval_and_generation(empty: Project) -> None:
    found = made.a_project(empty.store, answers_wanted=1)
    (answer_id,) = found.answer_ids
    made.label(empty.store, answer_id, "I")
    for place, grade in ((1, 0), (2, 2)):
        made.grade(empty.store, found.question_ids[0], found.segments[place].segment_id, grade)
    assert causes(explained(empty, 2)) == {answer_id: "generation"}
    assert causes(explained(empty, 3)) == {answer_id: "retrieval"}


def test_a_flag_counts_while_it_stands(empty: Project) -> None:
    found = made.a_project(empty.store, answers_wanted=3)
    taken_back, skipped, of_another = found.answer_ids
    flag(empty, taken_back, Flag.QUESTION_UNCLEAR)
    flag(empty, taken_back)
    made.label(empty.store, skipped, "I", "Bia")
    flag(empty, skipped, Flag.QUESTION_UNCLEAR, label="-")
    flag(empty, of_another, Flag.EVIDENCE_MISSING)
    flag(empty, of_another, Flag.OTHER, who="Bia")
    failures = explained(empty)
    assert causes(failures) == {taken_back: "ungraded", skipped: "ungraded", of_another: "question"}
    assert failures.found[2].flags == {Flag.EVIDENCE_MISSING, Flag.OTHER}


def test_a_judges_grades_explain_what_no_person_graded(empty: Project) -> None:
    found = made.a_project(empty.store, answers_wanted=3)
    for answer_id, grades in zip(found.answer_ids, ((0, 1), (3, 0), ()), strict=True):
        made.label(empty.store, answer_id, "P")
        verdict = NewJudgement(1.0, 0.5, Label.PARTIAL, details={"grades": list(grades)})
        with empty.store.write() as session:
            judgements.add_judgement(session, answer_id, judgements.put_judge(session, GRADER), verdict)
    assert set(causes(explained(empty)).values()) == {"ungraded"}
    (grader,) = judges_of_segments(empty)
    failures = explain_failures(empty, side_by_side(empty, None), judge_grades(empty, grader), 2)
    assert list(causes(failures).values()) == ["retrieval", "generation", "ungraded"]


def test_runs_stand_in_the_order_of_time_with_all_their_labelled_answers(empty: Project) -> None:
    old = made.a_project(empty.store, answers_wanted=2)
    new = made.add_run(empty.store, RunConfig("lexical", "", 2, "extractive"), "lexical")
    late = made.add_answer(empty.store, "Pergunta número 1?", old.segments[1:3], run_id=new)
    for answer_id, letter in zip((*old.answer_ids, late), "CII", strict=True):
        made.label(empty.store, answer_id, letter)
    made.grade(empty.store, old.question_ids[0], old.segments[1].segment_id, 3)
    lines = by_run(explained(empty), choices(empty).runs)
    assert [(line.run_id, line.labelled) for line in lines] == [(old.run_id, 2), (new, 1)]
    assert [{cause.value: n for cause, n in line.causes.items() if n} for line in lines] == [
        {"ungraded": 1},
        {"generation": 1},
    ]


def test_the_number_of_queries_does_not_grow_with_the_answers(empty: Project) -> None:
    sent = []
    event.listen(empty.store.engine, "before_cursor_execute", lambda *args: sent.append(args[2]))

    def queries() -> int:
        sent.clear()
        explained(empty)
        return len(sent)

    first = made.a_project(empty.store, answers_wanted=1)
    made.label(empty.store, first.answer_ids[0], "I")
    few = queries()
    for number in range(20):
        answer_id = made.add_answer(empty.store, f"Outra {number}?", first.segments[:2], run_id=first.run_id)
        made.label(empty.store, answer_id, "I")
    assert queries() == few
