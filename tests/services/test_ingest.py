import shutil
from pathlib import Path

import numpy as np
import pytest

from dashboard.config import Settings
from dashboard.errors import CorpusError
from dashboard.services import asking
from dashboard.services.ingest import embed_corpus, ingest
from dashboard.services.project import Project
from dashboard.services.uploads import ingest_uploads
from tests.services.lectures import (
    CACHE,
    INDEX,
    LECTURES,
    all_segments,
    hashes,
    segments,
    srt,
    take_in,
    videos,
    write_lectures,
)
from tests.support.project import add_answer, label


@pytest.fixture
def folder(lecture_folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(lecture_folder, tmp_path / "lectures"))


def test_ingesting_the_same_folder_again_changes_nothing(project: Project, folder: Path) -> None:
    before, revision = segments(project), project.store.revision()
    vectors = project.vectors.matrix(hashes(project))
    files = {path.name: path.read_bytes() for path in project.vectors.folder.iterdir() if path.is_file()}

    report = take_in(project, folder)

    assert (report.videos, report.segments, report.embedded, report.skipped) == (0, 0, 0, 3)
    assert segments(project) == before
    assert project.store.revision() == revision
    assert np.array_equal(project.vectors.matrix(hashes(project)), vectors)
    assert files == {
        path.name: path.read_bytes() for path in project.vectors.folder.iterdir() if path.is_file()
    }


def test_a_changed_file_replaces_only_its_own_segments(project: Project, folder: Path) -> None:
    before = segments(project)
    kept, gone = before["cache"][0], before["cache"][-1]
    answer_id = add_answer(project.store, "O que é a cache?", [kept, gone])
    event_id = label(project.store, answer_id, "C")
    changed = [*CACHE[:-1], "A taxa de falta diz qual parte dos acessos teve de esperar pela memória."]
    (folder / "legendas" / "cache.srt").write_text(srt(changed), encoding="utf-8")

    report = take_in(project, folder)

    after = segments(project)
    assert (report.videos, report.skipped) == (1, 2)
    assert {name: after[name] for name in ("indice", "gradiente")} == {
        name: before[name] for name in ("indice", "gradiente")
    }
    assert kept in after["cache"]
    assert gone not in after["cache"]
    assert gone.corpus_id not in {segment.corpus_id for segment in after["cache"]}
    answer = asking.find_answer(project, answer_id)
    assert [hit.segment.text for hit in answer.hits] == [kept.text, gone.text]
    assert event_id
    found = asking.search(project, "taxa de falta", 10).hits
    assert gone.segment_id not in {hit.segment.segment_id for hit in found}
    assert "taxa de falta" in found[0].segment.text


def test_the_same_words_in_two_lectures_are_embedded_once(project: Project, tmp_path: Path) -> None:
    again = write_lectures(tmp_path / "again", {"reprise": ("Reprise", CACHE)})

    report = take_in(project, again)

    assert report.segments == len(segments(project)["cache"]) > 1
    assert report.embedded == 0
    found = asking.search(project, "memória cache do processador", 10).hits
    assert {hit.segment.video_id for hit in found} >= {"cache", "reprise"}


def test_a_broken_file_is_named_and_the_others_go_on(empty: Project, folder: Path) -> None:
    (folder / "legendas" / "indice.srt").write_bytes(b"\x00\x01 nothing like captions")

    report = take_in(empty, folder)

    assert report.videos == 2
    assert [Path(one["file"]).name for one in report.to_json()["errors"]] == ["indice.srt"]
    assert set(segments(empty)) == {"cache", "gradiente"}


def test_what_postgresql_cannot_keep_is_refused_alike_on_both_databases(
    empty: Project, tmp_path: Path
) -> None:
    folder = write_lectures(tmp_path / "odd", {"cache": LECTURES["cache"]}, language="português " * 4)

    report = take_in(empty, folder)

    assert report.videos == 0
    assert [one["error"] for one in report.to_json()["errors"]] == [
        "language has 39 characters, more than the limit of 20. Shorten it."
    ]


def test_a_new_title_is_taken_over_without_new_segments(project: Project, folder: Path) -> None:
    before = segments(project)
    catalogue = folder / "videos.csv"
    catalogue.write_text(catalogue.read_text().replace("Memória cache", "A cache"), encoding="utf-8")

    report = take_in(project, folder)

    assert (report.videos, report.segments, report.embedded, report.skipped) == (1, 0, 0, 2)
    after = segments(project)
    assert {segment.title for segment in after["cache"]} == {"A cache"}
    assert [one.segment_id for one in after["cache"]] == [one.segment_id for one in before["cache"]]
    assert asking.search(project, "memória cache", 1).hits[0].segment.title == "A cache"


CATALOGUE = (
    "video_id,title,title_en,url,year,language,caption_kind,captions\n"
    "cache,Memória cache,Cache memory,https://example.org/cache,2024,pt-BR,manual,legendas/cache.srt\n"
)


@pytest.mark.parametrize("way", ["file", "upload"])
def test_a_file_alone_leaves_what_the_catalogue_said_of_its_lecture(
    empty: Project, folder: Path, way: str
) -> None:
    (folder / "videos.csv").write_text(CATALOGUE, encoding="utf-8")
    take_in(empty, folder)
    (before,) = videos(empty)
    captions = folder / "legendas" / "cache.srt"
    unchanged = take_in(empty, captions)
    captions.write_text(srt(CACHE[:2]), encoding="utf-8")

    if way == "file":
        report = take_in(empty, captions)
    else:
        report = ingest_uploads(empty, {"cache.srt": captions.read_bytes()}, lambda *_: None)

    (after,) = videos(empty)
    assert (unchanged.skipped, unchanged.videos, report.videos) == (1, 0, 1)
    assert (after.video, after.caption_kind) == (before.video, "manual")
    assert after.video.year == 2024
    assert after.duration_s == 12


def test_segments_without_a_vector_are_embedded_later(project: Project) -> None:
    shutil.rmtree(project.vectors.folder)
    with_nothing = Project(project.settings, project.store)
    assert set(with_nothing.vectors.missing(hashes(project))) == set(hashes(project))
    steps = []

    count = embed_corpus(with_nothing, lambda step, done, total: steps.append((step, done, total)))

    assert count == len(set(hashes(project))) > 0
    assert with_nothing.vectors.missing(hashes(project)) == []
    assert (steps[0], steps[-1]) == (("embed", 0, count), ("embed", count, count))


def test_other_windows_make_other_segments_of_the_same_words(project: Project, folder: Path) -> None:
    before = len(all_segments(project))

    report = ingest(project, [folder], 400, 100)

    assert report.videos == 3
    assert len(all_segments(project)) == 3 < before
    assert segments(project)["indice"][0].text == " ".join(INDEX)


def test_an_overlap_as_long_as_the_window_is_refused(project: Project, folder: Path) -> None:
    with pytest.raises(CorpusError, match="40 tokens cannot overlap by 40"):
        ingest(project, [folder], 40, 40)


def test_an_unknown_encoder_is_refused_before_anything_is_stored(
    sqlite_store: object, folder: Path, tmp_path: Path
) -> None:
    from dashboard.errors import EncoderError
    from dashboard.services.project import open_project

    odd = open_project(Settings(data_dir=tmp_path / "odd", database_url="", encoder="nada:nenhum"))
    with pytest.raises(EncoderError, match="'nada:nenhum' is not known"):
        take_in(odd, folder)
    assert segments(odd) == {}
    odd.close()
