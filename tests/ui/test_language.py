"""The language: from the settings, from the address, from the person; the last one wins."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from tests.support.app import translation
from tests.support.screen import PAGES


def choose(app: AppTest, name: str) -> AppTest:
    """Choose a language in the menu."""
    return next(box for box in app.selectbox if name in box.options).select(name).run()


@pytest.mark.parametrize("page", [page for page in PAGES if page and page != "annotate"])
def test_switching_draws_the_page_again_in_that_language(visit: Callable[..., AppTest], page: str) -> None:
    app = visit(page)
    assert app.title[0].value == translation(page.capitalize())
    choose(app, "English")
    assert not app.exception
    assert app.title[0].value == page.capitalize()
    assert app.query_params["lang"] in ("en", ["en"])


def test_the_language_goes_along_to_the_next_page(visit: Callable[..., AppTest]) -> None:
    app = choose(visit(), "English")
    app.switch_page("pages/explore.py").run()
    assert app.title[0].value == "Explore"


@pytest.mark.parametrize(
    ("setting", "address", "title"),
    [
        ("en", None, "Explore"),
        ("pt-BR", None, "Explorar"),
        ("pt-BR", "en", "Explore"),
        ("en", "pt-BR", "Explorar"),
        ("en", "xx", "Explore"),
    ],
)
def test_the_address_wins_over_the_setting(
    visit: Callable[..., AppTest],
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    address: str | None,
    title: str,
) -> None:
    monkeypatch.setenv("VEREDITO_LANGUAGE", setting)
    app = visit("explore", **({"lang": address} if address else {}))
    assert app.title[0].value == title
