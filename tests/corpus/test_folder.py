"""Which lectures are found, and that a bad one never keeps a good one out."""

from pathlib import Path

import pytest

from dashboard.corpus.folder import Found, Lecture, find_lectures
from dashboard.corpus.names import slug
from dashboard.models import Video

SRT = "1\n00:00:01,000 --> 00:00:02,000\nOlá\n"
HEADER = "video_id,title,title_en,url,year,language,captions,caption_kind,extra\n"


def folder_with(
    folder: Path, rows: str, header: str = HEADER, files: tuple[str, ...] = ("a.srt", "b.srt")
) -> Path:
    (folder / "captions").mkdir(parents=True)
    for name in files:
        (folder / "captions" / name).write_text(SRT, "utf-8")
    (folder / "videos.csv").write_text(header + rows, "utf-8")
    return folder


def ids(found: Found) -> list[str]:
    return [lecture.video.video_id for lecture in found.lectures]


def problems(found: Found) -> str:
    return "\n".join(f"{problem.file}: {problem.notice}" for problem in found.problems)


def test_catalogue_gives_everything_it_says_of_a_lecture(tmp_path: Path) -> None:
    row = 'limites,"Limites, à vista",Limits,https://youtu.be/x,2021,pt-BR,captions/a.srt,community,x\n'
    found = find_lectures([folder_with(tmp_path / "c", row)])
    video = Video("limites", "Limites, à vista", "Limits", "https://youtu.be/x", 2021, "pt-BR")
    assert found == Found([Lecture(video, tmp_path / "c/captions/a.srt", "community", is_listed=True)], [])


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_spreadsheet_dialects_are_tolerated(
    tmp_path: Path, encoding: str, separator: str, line_end: str
) -> None:
    folder = folder_with(tmp_path / "c", "")
    lines = ["Video_ID, Title ,captions", "função,Título,captions\\a.srt", ",,", "b,,captions/b.srt"]
    content = line_end.join(lines).replace(",", separator)
    (folder / "videos.csv").write_bytes(content.encode(encoding))
    found = find_lectures([folder])
    assert [lecture.video.title for lecture in found.lectures] == ["Título", "b"]
    assert ids(found) == ["função", "b"]


def test_catalogue_named_itself_is_its_folder(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "c", "a,A,,,,,captions/a.srt,,\n")
    assert find_lectures([folder / "videos.csv"]) == find_lectures([folder])


def test_folder_with_every_problem_at_once_still_gives_its_good_lectures(tmp_path: Path) -> None:
    (tmp_path / "fora.srt").write_text(SRT, "utf-8")
    rows = (
        "a,A,,https://youtu.be/a,2020,pt,captions/a.srt,,\n"
        "a,De novo,,,,,captions/b.srt,,\n"
        "falta,Falta,,,,,captions/falta.srt,,\n"
        "vazio,Vazio,,,,,,,\n"
        "acima,Acima,,,,,../fora.srt,,\n"
        f"absoluto,Absoluto,,,,,{tmp_path / 'fora.srt'},,\n"
        "disco,Disco,,,,,C:\\fora.srt,,\n"
        "rede,Rede,,,,,\\\\host\\fora.srt,,\n"
        "elo,Elo,,,,,captions/elo.srt,,\n"
        "laço,Laço,,,,,captions/laço.srt,,\n"
        "pasta,Pasta,,,,,captions,,\n"
        "docx,Docx,,,,,captions/c.docx,,\n"
        "ano,Ano,,javascript:alert(1),vinte,pt,captions/b.srt,,\n"
        f"{'x' * 201},Longo,,,,,captions/b.srt,,\n"
        "con\x07trole,Controle,,,,,captions/b.srt,,\n"
        ",Sem id,,,,,captions/b.srt,,\n"
        "muitas,As, células,,,,captions/b.srt,,,,,\n"
        f"nome,Nome,,,,,captions/{'n' * 300}.srt,,\n"
        "b,B,,,2019.0,pt,captions/b.srt,,\n"
    )
    folder = folder_with(tmp_path / "c", rows, files=("a.srt", "b.srt", "c.docx"))
    (folder / "captions/elo.srt").symlink_to(tmp_path / "fora.srt")
    (folder / "captions/laço.srt").symlink_to("laço.srt")
    found = find_lectures([folder])
    assert ids(found) == ["a", "ano", "b"]
    assert found.lectures[1].video == Video("ano", "Ano", language="pt")
    assert found.lectures[2].video.year == 2019
    told = problems(found)
    assert len(found.problems) == 18
    for line in (4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 15, 16, 17, 18, 19):
        assert f"Line {line}" in told
    assert told.count("lie outside the folder") == 6
    assert "The video_id a is taken by" in told
    assert ".docx" in told
    assert "'javascript:alert(1)' is not an http or https address" in told
    assert "'vinte' is not a year" in told


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("video_id,name\na,b\n", "lacks the columns title, captions: found video_id, name"),
        ("", "is empty"),
        ('video_id,title,captions\n"' + "a" * 200_000 + '",b,c\n', "is not a table in CSV: line 2"),
    ],
)
def test_unusable_catalogue_is_reported_and_other_paths_go_on(
    tmp_path: Path, content: str, reason: str
) -> None:
    folder = folder_with(tmp_path / "c", "")
    (folder / "videos.csv").write_text(content, "utf-8")
    found = find_lectures([folder, folder / "captions/a.srt"])
    assert ids(found) == ["a"]
    assert reason in problems(found)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "\x01javascript:x",
        "//host/x",
        "ftp://h/x",
        "https://u:p@h/x",
        "https:///x",
        "https://h/a b",
        "http://[::1",
        "https://h/\tx",
        "https://h/\x01x",
        "aula.mp4",
    ],
)
def test_address_that_is_not_plain_http_is_dropped(tmp_path: Path, url: str) -> None:
    found = find_lectures([folder_with(tmp_path / "c", f'a,A,,"{url}",,,captions/a.srt,,\n')])
    assert found.lectures[0].video.url == ""
    assert "was dropped" in problems(found)


def test_folder_without_catalogue_gives_its_caption_files_in_order(tmp_path: Path) -> None:
    for name in (
        "b/02 - Função.srt",
        "b/10.vtt",
        "a/01.json",
        "a/01.srt",
        "README.md",
        ".git/x.srt",
        "b/._x.srt",
        "notas.docx",
    ):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(SRT, "utf-8")
    found = find_lectures([tmp_path])
    assert ids(found) == ["a-01", "b-02-Função", "b-10"]
    assert [lecture.video.title for lecture in found.lectures] == ["01", "02 - Função", "10"]
    assert found.lectures[0].path == tmp_path / "a/01.srt"
    assert "The video_id a-01 is taken by" in problems(found)


def test_link_out_of_a_folder_without_catalogue_is_refused(tmp_path: Path) -> None:
    (tmp_path / "fora.srt").write_text(SRT, "utf-8")
    (tmp_path / "c").mkdir()
    (tmp_path / "c/elo.srt").symlink_to(tmp_path / "fora.srt")
    found = find_lectures([tmp_path / "c"])
    assert found.lectures == []
    assert "leaves" in problems(found)


def test_single_files_missing_paths_and_empty_folders(tmp_path: Path) -> None:
    (tmp_path / "Aula_1 [x].srt").write_text(SRT, "utf-8")
    (tmp_path / "aula.docx").write_text("x", "utf-8")
    (tmp_path / "___.srt").write_text(SRT, "utf-8")
    (tmp_path / "vazia").mkdir()
    names = ["Aula_1 [x].srt", "aula.docx", "___.srt", "vazia", "falta"]
    found = find_lectures([tmp_path / name for name in names])
    assert found.lectures == [Lecture(Video("Aula_1-x", "Aula 1 [x]"), tmp_path / "Aula_1 [x].srt")]
    assert [Path(problem.file).name for problem in found.problems] == names[1:]


def test_names_of_two_lectures_never_shorten_to_the_same_id() -> None:
    long = "aula " * 60
    assert len(slug(long + "um")) <= 200
    assert slug(long + "um") != slug(long + "dois")
