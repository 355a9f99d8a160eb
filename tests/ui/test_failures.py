"""What goes wrong is said in words: never a traceback, never a lost note."""

from collections.abc import Callable
from typing import Any, NoReturn

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.errors import StoreError
from dashboard.store import annotations, browse, people
from dashboard.store.annotations import history
from dashboard.store.store import Store
from tests.support.app import translation
from tests.support.project import a_project
from tests.support.screen import PAGES, button, errors, read

UNKNOWN = "Something went wrong that should not. What you had saved is safe; load the page again."
BUSY = "Another program kept the database busy for {seconds} s, so nothing was saved. Try again."
DETAIL = "detalhe interno /caminho/secreto"


def fails(*_: Any, **__: Any) -> NoReturn:
    raise RuntimeError(DETAIL)


def test_an_error_that_nobody_foresaw_is_met_kindly_and_logged(
    visit: Callable[..., AppTest],
    own_store: Store,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    a_project(own_store)
    monkeypatch.setattr(browse, "find_answers", fails)
    app = visit("explore")
    (told,) = errors(app)
    assert told.startswith(translation(UNKNOWN))
    assert DETAIL not in read(app)
    assert DETAIL in caplog.text
    assert app.title[0].value == "Explorar"


@pytest.mark.parametrize("page", PAGES)
def test_an_error_in_the_menu_is_met_kindly_on_every_page(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setattr(people, "list_annotators", fails)
    app = visit(page)
    (told,) = errors(app)
    assert told.startswith(translation(UNKNOWN))
    assert DETAIL not in read(app)


@pytest.mark.parametrize(
    ("name", "value"),
    [("VEREDITO_LANGUAGE", "klingon"), ("VEREDITO_DATABASE_URL", "no address"), ("VEREDITO_AUTH", "nobody")],
)
def test_a_setting_that_cannot_be_used_is_named(
    visit: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    (error,) = errors(visit())
    assert name in error.replace("\\", "")


def test_a_label_that_cannot_be_stored_says_so_and_keeps_the_note(
    visit: Callable[..., AppTest], own_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = a_project(own_store)

    def is_busy(*_: Any, **__: Any) -> NoReturn:
        raise StoreError(BUSY, seconds=30)

    app = visit("annotate", who="Ana", answer=made.answer_ids[1])
    app.text_area[0].input("a fonte 2 não diz isso").run()
    with monkeypatch.context() as patch:
        patch.setattr(annotations, "add_annotation", is_busy)
        button(app, translation("Partial")).click().run()
    assert errors(app) == [translation(BUSY).format(seconds=30)]
    assert app.text_area[0].value == "a fonte 2 não diz isso"
    assert "Pergunta número 2" in read(app)

    button(app, translation("Partial")).click().run()
    assert errors(app) == []
    with own_store.read() as session:
        (stored,) = history(session, made.answer_ids[1])
    assert (stored.label, stored.note) == ("P", "a fonte 2 não diz isso")


@pytest.mark.parametrize("page", ["ask", "annotate", "explore"])
@pytest.mark.parametrize("answer", ["999999", "99999999999999999"])
def test_an_answer_that_is_not_there_is_said_so(
    visit: Callable[..., AppTest], own_store: Store, page: str, answer: str
) -> None:
    a_project(own_store)
    (error,) = errors(visit(page, answer=answer, who="Ana"))
    assert answer in error


@pytest.mark.parametrize("page", ["ask", "annotate", "explore"])
@pytest.mark.parametrize(
    "answer", ["abc", "-1", "0x1", "²", "9" * 30, "1;", "", "1.5", "\N{ARABIC-INDIC DIGIT ONE}"]
)
def test_an_address_that_names_no_answer_opens_the_page_as_usual(
    visit: Callable[..., AppTest], own_store: Store, page: str, answer: str
) -> None:
    a_project(own_store)
    assert errors(visit(page, answer=answer, who="Ana")) == []


@pytest.mark.parametrize("page", ["0", "-1", "abc", "9" * 30, "1e9", "2"])
def test_an_address_that_names_no_page_of_the_list_opens_the_list(
    visit: Callable[..., AppTest], own_store: Store, page: str
) -> None:
    a_project(own_store)
    app = visit("explore", page=page)
    assert errors(app) == []
    assert any("Pergunta número 1" in one.label for one in app.button)


@pytest.mark.parametrize("name", ["", "   ", "x" * 500, "Ana\nBia", "\0", "<b>Ana</b>"])
def test_any_name_in_the_address_is_met_calmly(
    visit: Callable[..., AppTest], own_store: Store, name: str
) -> None:
    a_project(own_store)
    assert errors(visit("annotate", who=name)) == []
