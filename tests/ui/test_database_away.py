from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import postgres
from dashboard.store.store import Store, open_store
from tests.support import project
from tests.support.postgres_server import PostgresServer
from tests.support.screen import button, errors, read


@pytest.fixture
def own_store(mortal_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """Let the app work on a PostgreSQL that may be killed."""
    monkeypatch.setenv("VEREDITO_DATABASE_URL", mortal_url)
    store = open_store(mortal_url)
    yield store
    store.close()


@pytest.mark.postgres
def test_a_page_without_its_database_says_so_and_is_drawn_again_by_a_button_when_it_is_back(
    own_store: Store,
    visit: Callable[..., AppTest],
    own_postgres: PostgresServer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project.a_project(own_store, 1)
    page = visit("explore", lang="en")
    assert "Resposta número 1" in read(page)
    monkeypatch.setattr(postgres, "PATIENCE_SECONDS", 0.1)
    own_postgres.kill()
    [told] = errors(page.run())
    assert told.startswith("PostgreSQL cannot be reached") and "Wait a moment and try again" in told
    own_postgres.start()
    button(page, "Try again").click().run()
    assert errors(page) == []
    assert "Resposta número 1" in read(page)
