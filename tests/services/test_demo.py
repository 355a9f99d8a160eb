import shutil
from pathlib import Path

import pytest

from dashboard.corpus.folder import find_lectures
from dashboard.errors import CorpusError
from dashboard.services import demo
from dashboard.services.bank import read_bank
from dashboard.services.exporting import records
from dashboard.services.importing import check
from dashboard.services.project import Project, open_project
from tests.records.samples import FILE
from tests.services.conftest import settings
from tests.services.lectures import segments, write_lectures


@pytest.fixture
def small_demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, taken_in: Path, other: Project) -> Path:
    """Put a demonstration of three lectures, one film, one record file and ready vectors in its place."""
    from dashboard.services.exporting import export
    from dashboard.services.importing import import_records

    folder = write_lectures(tmp_path / "demo")
    (folder / "media").mkdir()
    (folder / "media" / "cache.webm").write_bytes(b"film")
    shutil.copytree(taken_in / "vectors", folder / "vectors")
    study = tmp_path / "estudo.md"
    study.write_text(FILE, encoding="utf-8")
    import_records(other, [study])
    export(other, "jsonl", folder / "records.jsonl")
    monkeypatch.setattr(demo, "DEMO_DIR", folder)
    return folder


def test_loading_the_demonstration_twice_is_safe(small_demo: Path, tmp_path: Path) -> None:
    project = open_project(settings(tmp_path / "data"))
    assert not project.is_demo

    demo.load_demo(project)
    first = (demo.describe(project), segments(project), list(records(project)), project.store.revision())
    film = project.settings.media_dir / "cache.webm"
    film.write_bytes(b"mine")
    demo.load_demo(project)

    assert project.is_demo
    assert (demo.describe(project), segments(project), list(records(project))) == first[:3]
    assert (first[0].videos, first[0].answers) == (3, 6)
    assert film.read_bytes() == b"mine"
    assert not list(project.settings.media_dir.glob("*.part"))
    project.close()


def test_a_missing_demonstration_is_said(
    small_demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: Project
) -> None:
    (small_demo / "videos.csv").unlink()

    with pytest.raises(CorpusError, match="complete copy of Veredito"):
        demo.load_demo(other)


def test_a_password_of_the_database_is_not_shown(other: Project) -> None:
    assert "sqlite" in demo.describe(other).database
    assert "***" not in demo.describe(other).database


def test_the_demonstration_that_is_shipped_is_whole() -> None:
    found = find_lectures([demo.DEMO_DIR])
    films = {path.stem for path in (demo.DEMO_DIR / "media").glob("*.webm")}

    assert found.problems == []
    assert len(found.lectures) == 10
    assert {lecture.video.video_id for lecture in found.lectures} == films
    assert len(read_bank(demo.DEMO_DIR / "questions.csv")) == 60
    assert check(list(demo.DEMO_DIR.glob(demo.RECORDS))).problems == []
