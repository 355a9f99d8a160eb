"""What another app process does is seen at the next look: nothing is remembered that it makes wrong."""

from collections.abc import Callable
from pathlib import Path

from streamlit.testing.v1 import AppTest

from dashboard.config import Settings
from dashboard.services.ingest import embed_corpus
from dashboard.services.project import Project
from dashboard.store.store import Store
from tests.support import project as made


def unembedded(app: AppTest) -> str:
    (found,) = [metric.value for metric in app.metric if metric.label == "Segments without a vector"]
    return found


def test_what_another_process_embedded_is_counted_at_the_next_look(
    visit: Callable[..., AppTest], own_store: Store, tmp_path: Path
) -> None:
    made.add_video(own_store, "aula", ["uma fala curta", "outra fala curta"])
    app = visit("corpus", lang="en")
    assert unembedded(app) == "2"
    embed_corpus(Project(Settings(data_dir=tmp_path / "data", database_url=""), own_store))
    assert unembedded(app.run()) == "0"
