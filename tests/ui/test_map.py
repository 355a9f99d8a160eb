"""The map in the page: verdicts are asked for before they are shown, and a search opens what it finds."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.config import Settings
from dashboard.services.ingest import embed_corpus
from dashboard.services.project import open_project
from dashboard.services.segment_map import make_map
from dashboard.store.exposure import has_seen
from dashboard.store.store import Store
from tests.support import project as made


@pytest.fixture
def answer_id(own_store: Store, tmp_path: Path) -> int:
    """Store a lecture and a labelled answer, and make the map ahead."""
    found = made.add_answer(own_store, "O que é cache?", made.add_video(own_store))
    made.label(own_store, found, "C", "Ana")
    project = open_project(Settings(data_dir=tmp_path / "data"))
    embed_corpus(project, lambda step, done, total: None)
    make_map(project, lambda step, done, total: None)
    project.close()
    return found


def is_exposed(store: Store, answer_id: int) -> bool:
    with store.read() as session:
        return has_seen(session, "Zeca", answer_id)


def test_labels_colour_the_map_only_once_somebody_accepts_to_have_seen_them(
    visit: Callable[..., AppTest], own_store: Store, answer_id: int
) -> None:
    page = visit("retrieval", part="map", colour="label", who="Zeca")
    assert not page.exception and len(page.warning) == 1
    assert not is_exposed(own_store, answer_id)
    page.button(key="map.show").click().run()
    assert not page.exception and not page.warning
    assert is_exposed(own_store, answer_id)


def test_what_a_search_finds_opens_from_its_list(visit: Callable[..., AppTest], answer_id: int) -> None:
    page = visit("retrieval", part="map", find="2")
    page.button(key="open-s2").click().run()
    assert not page.exception
    assert page.query_params["at"] == "s2"
    assert any(made.TEXTS[1].split()[-1] in one.value for one in page.markdown)
