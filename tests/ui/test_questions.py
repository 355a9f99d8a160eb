"""The question bank on its page: listed, changed, added, and a run that waits to be continued."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config import Settings
from dashboard.question_bank import BankQuestion, Link
from dashboard.services import questions
from dashboard.services.project import Project
from dashboard.store import planned, runs
from dashboard.store.questions import UNANSWERED, QuestionFilter
from dashboard.store.store import Store
from tests.support import project as made
from tests.support.screen import button, errors, read


@pytest.fixture
def own(own_store: Store, tmp_path) -> Project:
    """Give the project that the app will show: two answered questions and one that is not."""
    made.a_project(own_store, answers_wanted=2)
    project = Project(Settings(data_dir=tmp_path / "data", database_url=""), own_store)
    questions.save(project, BankQuestion(40, "O que é álgebra?", ("par",), "", (Link(video_id="aula-01"),)))
    return project


def listed(app: AppTest) -> list[str]:
    return [one.label for one in app.button if (one.key or "").startswith("open-question-")]


def test_the_list_is_narrowed_by_the_address(visit: Callable[..., AppTest], own: Project) -> None:
    app = visit("questions", lang="en")
    assert errors(app) == []
    assert "3 questions" in read(app) and len(listed(app)) == 3
    app = visit("questions", answered=UNANSWERED, tag="par", text="ÁLGEBRA", lang="en")
    assert listed(app) == ["**40.** O que é álgebra?"]
    assert "1 link to the answer" in read(app)
    assert "No question passes these filters." in read(visit("questions", text="nada disto", lang="en"))


def test_a_question_is_changed_and_another_wording_of_an_answered_one_is_a_new_one(
    visit: Callable[..., AppTest], own: Project
) -> None:
    used = questions.ids_of(own, QuestionFilter())[0]
    app = visit("questions", question=used, lang="en")
    assert "Another wording is stored as a new question" in read(app)
    app.text_area(key=f"questions.{used}.links").input("aula-02?t=30")
    button(app, "Save").click().run()
    assert errors(app) == []
    assert "The question was saved." in read(app)
    assert [(one.video_id, one.start_s) for one in questions.question_of(own, used).links] == [
        ("aula-02", 30)
    ]

    app.text_area(key=f"questions.{used}.text").input("Com outras palavras?")
    button(app, "Save").click().run()
    assert "this is a new question" in read(app)
    assert questions.question_of(own, used).text != "Com outras palavras?"
    assert questions.find(own, QuestionFilter(text="outras palavras"), 1, 5)[0].number == 41


def test_a_question_is_added_under_the_next_number_and_a_wrong_link_is_told(
    visit: Callable[..., AppTest], own: Project
) -> None:
    app = visit("questions", new=1, lang="en")
    assert app.number_input(key="questions.new.number").value == 41
    app.text_area(key="questions.new.text").input("Nova?")
    app.text_area(key="questions.new.links").input("nenhuma")
    button(app, "Add").click().run()
    assert errors(app)[0].startswith("There is no lecture 'nenhuma' in the corpus.")
    app.text_area(key="questions.new.links").input("")
    button(app, "Add").click().run()
    assert errors(app) == [] and "The question was added." in read(app)
    assert questions.count(own, QuestionFilter(text="Nova?")) == 1


def test_a_run_that_was_left_offers_to_be_continued(visit: Callable[..., AppTest], own: Project) -> None:
    with own.store.write() as session:
        ((run, _),) = runs.list_runs(session)
        planned.plan(session, run.run_id, questions.ids_of(own, QuestionFilter()))
        planned.note_error(session, run.run_id, questions.ids_of(own, QuestionFilter())[-1], "HTTP 500")
    app = visit("questions", part="answer", lang="en")
    assert errors(app) == []
    text = read(app)
    assert "1 failed" in text and "**40**: HTTP 500" in text
    (way,) = (one for one in app.get("page_link") if one.label == "Answers in Explore")
    assert (way.page, way.proto.query_string) == ("explore", f"run={run.run_id}")
    assert button(app, "Continue")


def test_a_question_that_is_not_there_is_met_kindly(visit: Callable[..., AppTest], own: Project) -> None:
    (error,) = errors(visit("questions", question=999, lang="en"))
    assert error.startswith("There is no question 999.")
