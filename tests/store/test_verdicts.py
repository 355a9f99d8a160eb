from dataclasses import replace

from dashboard.labels import Label
from dashboard.models import NewJudgement
from dashboard.store import judgements
from dashboard.store.counting import count_answers, count_judged, count_labelled
from dashboard.store.store import Store
from dashboard.store.verdicts import agreed_labels, judge_labels, questions_of_answers
from tests.support import project


def test_an_unscored_reply_is_kept_apart_and_is_no_label(store: Store) -> None:
    first, second, third = project.a_project(store, 3).answer_ids
    judge_id = project.judge(store, second, None)
    project.judge(store, first, "C")
    with store.read() as session:
        assert [tuple(one) for one in judge_labels(session, judge_id)] == [
            (first, "C", 1.0),
            (second, None, None),
        ]
        [verdict] = judgements.judgements_of(session, [second])[second]
    assert (verdict.verdict.label, verdict.verdict.score, verdict.verdict.raw_score) == (None, None, None)
    assert verdict.verdict.error == "no score in the reply"


def test_a_judge_gives_one_verdict_and_the_first_stays(store: Store) -> None:
    answer_id = project.add_answer(store, "Qual?")
    judge_id = project.judge(store, answer_id, "C")
    with store.write() as session:
        assert not judgements.add_judgement(
            session, answer_id, judge_id, NewJudgement(0.0, 0.0, Label.INCORRECT)
        )
    with store.read() as session:
        assert [one.label for one in judge_labels(session, judge_id)] == [Label.CORRECT]


def test_any_change_to_a_judge_makes_another_judge(store: Store) -> None:
    changes = ({}, {"name": "x"}, {"rubric": "x"}, {"prompt_version": "2"}, {"model": "x"})
    configs = [replace(project.JUDGE, **change) for change in changes]
    configs.append(replace(project.JUDGE, parameters={"temperature": 0.5}))
    with store.write() as session:
        ids = [judgements.put_judge(session, config) for config in configs]
        again = [judgements.put_judge(session, config) for config in configs]
    assert len(set(ids)) == len(configs)
    assert again == ids


def test_judges_are_listed_with_the_busiest_first(store: Store) -> None:
    first, second = project.a_project(store, 2).answer_ids
    busy = replace(project.JUDGE, model="busy")
    project.judge(store, first, "C")
    project.judge(store, first, "C", busy)
    project.judge(store, second, None, busy)
    with store.read() as session:
        assert [(judge.config.model, count) for judge, count in judgements.list_judges(session)] == [
            ("busy", 2),
            (project.JUDGE.model, 1),
        ]


def test_the_newest_agreed_label_counts(store: Store) -> None:
    first, second = project.a_project(store, 2).answer_ids
    project.adjudicate(store, first, "C", "Ana")
    project.adjudicate(store, second, "I", "Ana")
    project.adjudicate(store, first, "P", "Bia")
    with store.read() as session:
        assert agreed_labels(session) == {first: Label.PARTIAL, second: Label.INCORRECT}


def test_answers_that_anybody_labelled_or_judged_are_named_with_their_question(store: Store) -> None:
    made = project.a_project(store, 4)
    project.label(store, made.answer_ids[0], "C")
    project.label(store, made.answer_ids[0], "C", "Bia")
    project.judge(store, made.answer_ids[1], None)
    with store.read() as session:
        assert questions_of_answers(session) == dict(
            zip(made.answer_ids[:2], made.question_ids[:2], strict=True)
        )
        assert (count_answers(session), count_labelled(session), count_judged(session)) == (4, 1, 1)
