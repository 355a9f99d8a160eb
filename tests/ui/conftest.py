"""The app in Streamlit's own test harness, on a project of the test's own."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard.store.store import Store, open_store

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60


@pytest.fixture
def own_store(tmp_path: Path, sqlite_template: Path) -> Iterator[Store]:
    """Open the database of the project that the app will show, for what should be in it."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "veredito.db").write_bytes(sqlite_template.read_bytes())
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    yield store
    store.close()


@pytest.fixture
def visit(own_store: Store) -> Iterator[Callable[..., AppTest]]:
    """Give a function that opens a page, as somebody and in a language when that is asked for."""
    st.cache_resource.clear()
    st.cache_data.clear()

    def open_page(page: str = "", /, **query: object) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=PATIENCE_SECONDS)
        for name, value in query.items():
            app.query_params[name] = str(value)
        if page:
            app.switch_page(f"pages/{page}.py")
        return app.run()

    yield open_page
    st.cache_resource.clear()
    st.cache_data.clear()
