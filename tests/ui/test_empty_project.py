"""A project in which there is nothing yet says so on every page, and where to go."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app import translation
from tests.support.screen import PAGES, button, errors, read

EMPTY = {
    "annotate": "No answer was sent to annotation yet. Ask a question, or import records.",
    "adjudicate": "No answer here has labels of two people yet. Those that differ come here.",
    "explore": "There is no answer yet. Ask a question, or import records.",
    "agreement": "No judge has judged anything yet. Let one judge, or import records that hold judgements.",
    "questions": "There is no question yet. Add one, or import a question bank.",
    "corpus": "There is no lecture yet. Take some in.",
}


@pytest.mark.parametrize("page", PAGES)
def test_an_empty_page_opens(visit: Callable[..., AppTest], page: str) -> None:
    assert errors(visit(page, who="Ana")) == []


@pytest.mark.parametrize("page", EMPTY)
def test_an_empty_page_says_that_it_is_empty(visit: Callable[..., AppTest], page: str) -> None:
    assert translation(EMPTY[page]) in read(visit(page, who="Ana"))
    assert EMPTY[page] in read(visit(page, who="Ana", lang="en"))


def test_the_home_page_counts_nothing(visit: Callable[..., AppTest]) -> None:
    app = visit()
    assert len(app.metric) >= 3
    assert {metric.value for metric in app.metric} == {"0"}


def test_a_question_to_an_empty_corpus_is_answered_with_what_to_do(visit: Callable[..., AppTest]) -> None:
    app = visit("ask")
    app.text_input[0].input("O que é um mínimo local?")
    button(app, translation("Ask")).click().run()
    (error,) = errors(app)
    assert "ingest" in error
    assert app.text_input[0].value == "O que é um mínimo local?"


def test_an_annotator_without_a_name_is_asked_for_one(visit: Callable[..., AppTest]) -> None:
    assert not visit("annotate").text_area
    message = "Choose or type your name in the menu to begin; on a phone, » opens it."
    assert message in read(visit("annotate", lang="en"))
