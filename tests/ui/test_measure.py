"""The part Measure of the retrieval page, on projects whose figures can be worked out by hand."""

import threading
from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store.exposure import has_seen
from dashboard.store.store import Store
from dashboard.ui.retrieval import searching
from tests.support import project as made
from tests.support.screen import button, errors, read

PATIENCE_SECONDS = 60


def metrics(app: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in app.metric}


def searched(app: AppTest) -> AppTest:
    """Wait until every search that a page began has ended, and draw the page again."""
    for thread in threading.enumerate():
        if thread.name == "task":
            thread.join(PATIENCE_SECONDS)
    return app.run()


def graded(store: Store) -> made.Project:
    """Store two answers of two hits each; the first question's second hit is relevant, one is unjudged."""
    project = made.a_project(store, answers_wanted=2)
    one, two, three = (segment.segment_id for segment in project.segments[1:4])
    made.grade(store, project.question_ids[0], two, 3)
    made.grade(store, project.question_ids[1], two, 0)
    made.grade(store, project.question_ids[1], three, 1)
    return project


def test_a_run_is_measured_against_peoples_grades_with_the_unjudged_in_view(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    project = graded(own_store)
    app = visit("retrieval", lang="en", who="Ana", ranker=f"run-{project.run_id}", k=3)
    assert errors(app) == []
    # Hits 1 2 and 2 3; grades: -, 3 and 0, 1. Relevant from 2 on: at place 2, and nowhere.
    assert metrics(app) == {
        "judged@3": "75%",
        "nDCG@3": "0.63",
        "MRR@3": "0.25",
        "success@3": "50%",
        "P@3": "17%",
        "recall@3": "100%",
    }
    words = read(app)
    assert "Questions with a relevant segment among the first 3: 50% of 2." in words
    assert "75% of the first 3 have a grade" in words
    assert "1: ?" in words and "2: 3" in words
    linked = [str(link.proto.query_string) for link in app.get("page_link") if "answer=" in str(link.proto)]
    # The worst comes first: 1 / log2(3) for both.
    assert linked == [f"answer={one}" for one in project.answer_ids]
    with own_store.read() as session:
        assert all(has_seen(session, "Ana", one) for one in project.answer_ids)

    app.selectbox(key="address.show").set_value("unjudged").run()
    assert app.query_params["show"] == "unjudged"
    assert "1 question · each place" in read(app)


def test_titles_are_searched_without_grades_and_a_missed_one_can_be_listed(
    visit: Callable[..., AppTest], own_store: Store
) -> None:
    made.add_video(own_store, "a", ["a memória cache guarda o que foi usado", "a taxa de acerto"], "Cache")
    made.add_video(own_store, "b", ["o índice invertido guarda palavras"], "Lua")
    app = searched(visit("retrieval", lang="en", truth="titles", ranker="lexical", k=1))
    assert errors(app) == []
    assert metrics(app)["success@1"] == "50%"
    assert "other lectures may answer, too" in read(app)

    app.selectbox(key="address.show").set_value("missed").run()
    assert errors(app) == []
    assert "**Lua**" in read(app) and "**Cache**" not in read(app)
    app.selectbox(key="address.k").set_value("20").run()
    assert metrics(app)["success@20"] == "50%"


def test_a_long_search_begins_when_it_is_asked_for(
    visit: Callable[..., AppTest], own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searching, "MOST_UNASKED", 0)
    made.add_video(own_store, "a", ["a memória cache guarda o que foi usado"], "Cache")
    app = visit("retrieval", lang="en", truth="titles", ranker="lexical")
    assert metrics(app) == {} and "has not searched these questions yet" in read(app)
    app = searched(button(app, "Search 1 question").click().run())
    assert errors(app) == []
    assert metrics(app)["MRR@10"] == "1.00"


def test_without_lectures_and_grades_it_is_said_what_to_do(visit: Callable[..., AppTest]) -> None:
    app = visit("retrieval", lang="en")
    assert errors(app) == []
    assert "There is nothing to measure with yet" in read(app)
