"""The map in a real browser: a click on a point plays its segment at its second."""

import re
from pathlib import Path

from playwright.sync_api import expect

from dashboard.store.corpus import StoredSegments
from dashboard.store.store import open_store
from tests.support.app import App


def test_a_click_on_the_map_plays_the_segment_at_its_second(app: App, shared_project: Path) -> None:
    app.open("retrieval", part="map", shown="segments")
    key = app.click_lonely_point()
    expect(app.page).to_have_url(re.compile(rf"[?&]at={key}(&|$)"))
    app.settle()
    app.expect_player_at(start_of(shared_project, int(key[1:])))
    assert app.watch.problems == [] and app.watch.outside == []


def start_of(folder: Path, segment_id: int) -> int:
    store = open_store(f"sqlite:///{folder / 'veredito.db'}")
    segment = StoredSegments(store).segments([segment_id])[segment_id]
    store.close()
    return int(segment.start_s or 0)
