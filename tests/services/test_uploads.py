import pytest

from dashboard.errors import CorpusError
from dashboard.services.project import Project
from dashboard.services.uploads import ingest_uploads
from tests.services.lectures import CACHE, GRADIENT, segments, srt


def _nothing(step: str, done: int, total: int) -> None:
    pass


CATALOGUE = (
    "video_id,title,captions\ncache,Memória cache,legendas/a.srt\ngradiente,Gradiente,legendas/b.srt\n"
)


@pytest.mark.parametrize(
    ("name", "catalogue"),
    [
        ("videos.csv", CATALOGUE.encode()),
        ("VIDEOS.CSV", CATALOGUE.replace(",", ";").encode("utf-8-sig")),
        ("videos.csv", CATALOGUE.replace("legendas/", "legendas\\2025\\").encode()),
    ],
    ids=["commas", "semicolons", "windows"],
)
def test_a_catalogue_finds_its_captions_although_uploads_lose_their_folders(
    project: Project, name: str, catalogue: bytes
) -> None:
    files = {name: catalogue, "a.srt": srt(CACHE).encode(), "b.srt": srt(GRADIENT).encode()}

    report = ingest_uploads(project, files, _nothing)

    assert report.to_json()["errors"] == []
    assert report.videos == 2
    titles = {name: found[0].title for name, found in segments(project).items()}
    assert titles == {"cache": "Memória cache", "gradiente": "Gradiente", "indice": "Índice invertido"}


def test_captions_of_two_lectures_with_one_name_are_not_mixed_up(project: Project) -> None:
    before = segments(project)
    rows = "video_id,title,captions\num,Um,um/legenda.srt\ndois,Dois,dois/legenda.srt\n"

    with pytest.raises(CorpusError, match=r"several lectures legenda\.srt"):
        ingest_uploads(project, {"videos.csv": rows.encode(), "legenda.srt": srt(CACHE).encode()}, _nothing)

    assert segments(project) == before


def test_captions_without_a_catalogue_are_named_by_their_files(project: Project) -> None:
    report = ingest_uploads(project, {"turma/cache_nova.srt": srt(CACHE).encode()}, _nothing)

    assert report.videos == 1
    assert segments(project)["cache_nova"][0].title == "cache nova"


def test_names_cannot_leave_the_folder_and_problems_name_no_folder_of_ours(project: Project) -> None:
    rows = "video_id,title,captions\nfora,Fora,../../fora.srt\n"
    files = {"videos.csv": rows.encode(), "../../fora.srt": srt(CACHE).encode(), "..": b"x", "\0": b"y"}

    report = ingest_uploads(project, files, _nothing)

    assert report.videos == 0
    (error,) = report.to_json()["errors"]
    assert error["file"] == "videos.csv"
    assert "lie outside the folder" in error["error"]
    assert "veredito-" not in str(report.to_json())


def test_a_broken_upload_is_named_as_it_was_uploaded(project: Project) -> None:
    report = ingest_uploads(project, {"quebrada.srt": b"\x00\x01 nothing like captions"}, _nothing)

    (error,) = report.to_json()["errors"]
    assert error["file"] == "quebrada.srt"
    assert "/tmp" not in error["error"]
