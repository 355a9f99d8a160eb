"""A disk that is really full, below everything that a project writes."""

import os
import shutil
from pathlib import Path

import pytest

from dashboard.errors import VereditoError
from dashboard.labels import Label
from dashboard.services.desk import Place
from dashboard.services.doctor import examine
from dashboard.services.exporting import export
from dashboard.services.ingest import ingest
from dashboard.services.labelling import Response, respond
from dashboard.services.project import Project, open_project
from dashboard.store import annotations
from tests.conftest import enlarge
from tests.services.conftest import settings
from tests.services.lectures import WINDOWS, srt
from tests.support import project as made

MEGABYTE = 2**20


def fill(disk: Path) -> None:
    with (disk / "filler").open("wb") as file:
        while True:
            try:
                os.write(file.fileno(), b"\1" * 4096)
            except OSError:
                return


def new_lecture(folder: Path) -> Path:
    folder.mkdir()
    (folder / "nova.srt").write_text(srt(["uma aula nova que ainda não foi vista"]), encoding="utf-8")
    return folder


def label(project: Project, event_id: str) -> None:
    note = event_id + "x" * 100_000
    respond(project, Place(1), Response(label=Label.CORRECT, note=note), event_id=event_id, annotator="Ana")


def test_a_full_disk_is_told_wherever_something_is_written_and_all_goes_on_when_there_is_room(
    small_disk: Path, taken_in: Path, tmp_path: Path
) -> None:
    enlarge(small_disk, 12)
    shutil.copytree(taken_in, small_disk / "data")
    place = settings(small_disk / "data")
    project = open_project(place)
    made_here = made.a_project(project.store, answers_wanted=200)
    lecture = new_lecture(tmp_path / "new")
    label(project, "before")
    fill(small_disk)
    before = sorted(path.name for path in small_disk.iterdir())

    with pytest.raises(VereditoError, match="disk is full"):
        for number in range(100):
            label(project, f"full-{number}")
    with pytest.raises(VereditoError, match="disk is full|No space left on device"):
        ingest(project, [lecture], **WINDOWS)
    with pytest.raises(VereditoError, match="out.jsonl cannot be written: No space left on device"):
        export(project, "jsonl", small_disk / "out.jsonl")
    assert project.searcher.search("memória cache", 3).hits
    assert sorted(path.name for path in small_disk.iterdir()) == before
    [folder] = [check for check in examine(place).checks if check.name == "data folder"]
    assert (folder.ok, folder.found) == (False, f"{place.data_dir}: 0 MB free on its disk")
    assert "Free some space" in folder.advice

    (small_disk / "filler").unlink()
    enlarge(small_disk, 48)
    with project.store.read() as session:
        kept = [event.event_id for event in annotations.history(session, 1)]
    assert kept[0] == "before"
    label(project, "after")
    # Its text may have been stored before the vectors were refused.
    report = ingest(project, [lecture], **WINDOWS)
    assert (report.videos + report.skipped, report.embedded) == (1, len(made_here.segments) + 1)
    assert export(project, "jsonl", small_disk / "out.jsonl") == 200
    with project.store.read() as session:
        assert [event.event_id for event in annotations.history(session, 1)] == [*kept, "after"]
    project.close()
