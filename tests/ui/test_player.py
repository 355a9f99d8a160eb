"""Where the player finds a lecture, and where it never looks."""

from pathlib import Path

import pytest

from dashboard.models import Hit, Segment
from dashboard.ui.media import AUDIO_TYPES, VIDEO_TYPES, find_media
from dashboard.ui.player import link_to_moment


@pytest.fixture
def media(tmp_path: Path) -> Path:
    folder = tmp_path / "media"
    folder.mkdir()
    (folder / "aula.webm").touch()
    (tmp_path / "secreto.webm").touch()
    (folder / "sub").mkdir()
    (folder / "sub" / "aula.webm").touch()
    (folder / ".webm").touch()
    (folder / "..webm").touch()
    return folder


@pytest.mark.parametrize(
    "video_id",
    ["../secreto", "sub/aula", "./aula", "", ".", "..", "/etc/passwd", "aula/", "aula\0", "sub/../aula"],
)
def test_an_id_that_is_no_plain_name_finds_nothing(media: Path, video_id: str) -> None:
    assert find_media(media, video_id) is None


def test_an_absolute_path_finds_nothing(media: Path) -> None:
    assert find_media(media, str(media.parent / "secreto")) is None


def test_a_plain_id_finds_its_file(media: Path) -> None:
    assert find_media(media, "aula") == media / "aula.webm"
    assert find_media(media, "outra") is None
    assert find_media(media / "missing", "aula") is None


@pytest.mark.parametrize("ending", [*VIDEO_TYPES, *AUDIO_TYPES])
def test_every_format_is_found(tmp_path: Path, ending: str) -> None:
    (tmp_path / f"a.b{ending}").touch()
    assert find_media(tmp_path, "a.b") == tmp_path / f"a.b{ending}"


def hit(url: str, *, hidden: bool = False) -> Hit:
    return Hit(1, Segment(1, 1, "v", "t", url, 75.9, 90.0, "x", "0" * 64), 0.9, url_hidden=hidden)


def test_the_link_leads_to_the_second_unless_the_address_is_withheld_or_unsafe() -> None:
    assert "75" in link_to_moment(hit("https://www.youtube.com/watch?v=abcdefghijk"))
    assert link_to_moment(hit("https://www.youtube.com/watch?v=abcdefghijk", hidden=True)) == ""
    assert link_to_moment(hit("javascript:alert(1)")) == ""
    assert link_to_moment(hit("")) == ""
