"""Why answers failed, on the page: exactly the answers of a cause, and the ways to them."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard.labels import Label
from dashboard.models import JudgeConfig, NewJudgement, RunConfig
from dashboard.store import judgements
from dashboard.store.exposure import has_seen
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.screen import errors, read

GRADER = JudgeConfig("contexto", "context-relevance.pt-BR", "1-abc", "juiz")


def failed(store: Store) -> made.Project:
    """Store four answers: none relevant, one relevant, not graded, right; and the judge's labels."""
    found = made.a_project(store, answers_wanted=4)
    for answer_id, human, judge in zip(found.answer_ids, "IPIC", "IIPC", strict=True):
        made.label(store, answer_id, human, "Bia")
        made.judge(store, answer_id, judge)
    for at, place, grade in ((0, 1, 0), (0, 2, 1), (1, 2, 3)):
        made.grade(store, found.question_ids[at], found.segments[place].segment_id, grade, "Bia")
    return found


def links(app: AppTest, page: str) -> list[str]:
    """Return the answers to which links to a page lead."""
    protos = [link.proto for link in app.get("page_link")]
    return [one.query_string for one in protos if one.page == page and "answer=" in one.query_string]


def listed(*answer_ids: int) -> list[str]:
    return [f"answer={one}" for one in answer_ids]


def test_a_cause_lists_exactly_its_answers(visit: Callable[..., AppTest], own_store: Store) -> None:
    none_relevant, one_relevant, ungraded, _right = failed(own_store).answer_ids
    app = visit("retrieval", part="failures", lang="en", who="Ana", cause="retrieval")
    assert errors(app) == []
    assert "3 of 4 labelled answers failed (people say I or P); 2 are explained." in read(app)
    assert "67% [21% to 94%] of the 3 failures that it judged" in read(app)
    assert links(app, "explore") == links(app, "annotate") == listed(none_relevant)
    with own_store.read() as session:
        assert has_seen(session, "Ana", none_relevant)
        assert not has_seen(session, "Ana", one_relevant)

    app.button(key="failures.ungraded").click().run()
    assert errors(app) == []
    assert (app.query_params["cause"], links(app, "annotate")) == ("ungraded", listed(ungraded))
    assert "0 of 2 segments graded" in read(app)

    app.selectbox(key="address.cause").set_value(None).run()
    app.selectbox(key="address.outcome").set_value("wrong").run()
    assert errors(app) == []
    assert links(app, "explore") == listed(one_relevant, ungraded)


def test_run_tag_threshold_and_a_judges_grades_are_chosen_in_the_address(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    found = failed(own_store)
    run_id = made.add_run(own_store, RunConfig("lexical", "", 2, "extractive"), "lexical")
    other = made.add_answer(own_store, "Pergunta número 1?", found.segments[1:3], run_id=run_id)
    made.label(own_store, other, "I", "Bia")
    verdict = NewJudgement(1.5, 0.5, Label.PARTIAL, details={"grades": [3, 0]})
    with own_store.write() as session:
        grader = judgements.put_judge(session, GRADER)
        judgements.add_judgement(session, found.answer_ids[2], grader, verdict)

    part = {"part": "failures", "lang": "en"}
    app = visit("retrieval", **part, run=run_id)
    assert errors(app) == []
    assert links(app, "explore") == listed(other)
    app.selectbox(key="address.run").set_value(None).run()
    assert errors(app) == []
    assert "run" not in app.query_params
    assert links(app, "explore") == listed(*found.answer_ids[:3], other)
    app = visit("retrieval", **part, tag="par")
    assert links(app, "explore") == listed(found.answer_ids[1])
    app = visit("retrieval", **part, **{"from": 1}, cause="generation", run=found.run_id)
    assert links(app, "explore") == listed(*found.answer_ids[:2])
    app = visit("retrieval", **part, truth=f"judge:{grader}", cause="generation")
    assert errors(app) == []
    assert links(app, "explore") == listed(found.answer_ids[2])


def test_without_labels_the_way_to_them_is_shown(visit: Callable[..., AppTest], own_store: Store) -> None:
    made.a_project(own_store, answers_wanted=1)
    app = visit("retrieval", part="failures", lang="en")
    assert errors(app) == []
    assert "Nobody has labelled these answers yet." in read(app)
    failed(own_store)
    app = visit("retrieval", part="failures", lang="en", tag="nenhuma", truth="titles", cause="x")
    assert errors(app) == []
