"""Every encoding a Portuguese caption file comes in."""

import codecs
from pathlib import Path

import pytest

from dashboard.corpus import decoding
from dashboard.corpus.decoding import decode, decode_file
from dashboard.errors import CorpusError

TEXT = "Não há ação: “função” é à direita, três vezes…\n" * 3
LATIN = "Não há ação: função é à direita, três vezes\n"


@pytest.mark.parametrize("text", [TEXT, "olá", "plain"])
@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
def test_utf8_is_read_without_notice(text: str, mark: bytes) -> None:
    decoded = decode(mark + text.encode(), "aula.srt")
    assert decoded.text == text
    assert decoded.warnings == ()


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (codecs.BOM_UTF16_LE + TEXT.encode("utf-16-le"), "utf-16-le"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16-be"),
        (codecs.BOM_UTF32_LE + TEXT.encode("utf-32-le"), "utf-32-le"),
        (codecs.BOM_UTF32_BE + TEXT.encode("utf-32-be"), "utf-32-be"),
        (TEXT.encode("utf-16-le"), "utf-16-le"),
        (TEXT.encode("utf-16-be"), "utf-16-be"),
        (TEXT.encode("cp1252"), "Windows-1252"),
    ],
)
def test_other_encodings_are_read_and_named(data: bytes, encoding: str) -> None:
    decoded = decode(data, "aula.srt")
    assert decoded.text == TEXT
    assert [notice.found for notice in decoded.warnings] == [{"encoding": encoding}]


@pytest.mark.parametrize("text", [LATIN, "é", "1\n00:00:01,000 --> 00:00:02,000\nEntão\n"])
def test_latin1_is_read_however_short(text: str) -> None:
    assert decode(text.encode("latin-1"), "aula.srt").text == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Это лекция о производной функции, и мы начинаем с определения предела. " * 5, "cp1251"),
        ("Não há ação sem reação; função contínua é aquela que não dá saltos. " * 5, "cp850"),
    ],
)
def test_encodings_of_other_systems_are_guessed(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "aula.srt").text == text


def test_utf8_cut_in_the_middle_of_a_character_stays_utf8() -> None:
    decoded = decode(TEXT.encode() + "é".encode()[:1], "aula.srt")
    assert decoded.text == TEXT + "\ufffd"
    assert "replaced" in str(decoded.warnings[0])


def test_nul_characters_are_removed_and_counted() -> None:
    decoded = decode(b"ol\x00a, uma linha inteira de texto\x00", "aula.srt")
    assert decoded.text == "ola, uma linha inteira de texto"
    assert decoded.warnings[0].found["count"] == 2


@pytest.mark.parametrize(
    "data", [bytes(1000), bytes(range(256)) * 40 + bytes(3000), b"\x89PNG\r\n\x1a\n" + bytes(900)]
)
def test_binary_data_is_refused(data: bytes) -> None:
    with pytest.raises(CorpusError, match=r"filme\.srt is not a text file"):
        decode(data, "filme.srt")


def test_file_past_the_size_limit_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "enorme.json"
    with path.open("wb") as file:
        file.truncate(decoding.MAX_BYTES + 1)
    with pytest.raises(CorpusError, match="too large"):
        decode_file(path)
