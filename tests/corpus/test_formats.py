"""What each caption format may look like and still be read, and when it is refused."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard.corpus.srt_reader import read_srt
from dashboard.corpus.transcript import Transcript, read_transcript
from dashboard.corpus.vtt_reader import read_vtt
from dashboard.cues import Cue
from dashboard.errors import CorpusError

SRT = (
    "1\n00:00:01,000 --> 00:00:02,500\nOlá, gente.\n\n"
    "2\n00:00:02,500 --> 00:00:04,000\nA função é contínua.\n"
)
TWO = (Cue(1.0, 2.5, "Olá, gente."), Cue(2.5, 4.0, "A função é contínua."))


def read(folder: Path, name: str, content: str | bytes) -> Transcript:
    path = folder / name
    path.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)
    return read_transcript(path)


def refusal(folder: Path, name: str, content: str | bytes) -> str:
    with pytest.raises(CorpusError) as caught:
        read(folder, name, content)
    assert name in str(caught.value)
    return str(caught.value)


def texts(transcript: Transcript) -> list[str]:
    return [cue.text for cue in transcript.cues]


def warnings(transcript: Transcript) -> str:
    return " ".join(str(notice) for notice in transcript.warnings)


@pytest.mark.parametrize(
    "content",
    [
        SRT,
        SRT.replace("\n", "\r\n"),
        SRT.replace("\n", "\r"),
        SRT.replace("\n", "\r\r\n"),
        SRT.replace(",500", ".500").replace(",000", ".000"),
        SRT.replace("1\n00", "00", 1).replace("\n2\n", "\n"),
        SRT.replace("\n\n", "\n"),
        SRT.replace("\n\n", "\n\n\n\n"),
        SRT.replace("00:00:01,000 -->", "0:00:1,0  ->"),
        SRT.replace("00:00:0", "00:0"),
        SRT.rstrip(),
        "\n\n" + SRT,
    ],
    ids=[
        "plain",
        "crlf",
        "cr",
        "crcrlf",
        "points",
        "no index",
        "no blank lines",
        "more blank lines",
        "short times",
        "no hours",
        "no last line end",
        "leading blank lines",
    ],
)
def test_srt_variants_give_the_same_cues(tmp_path: Path, content: str) -> None:
    transcript = read(tmp_path, "aula.srt", content)
    assert transcript.cues == TWO
    assert transcript.warnings == ()


def test_srt_text_that_begins_like_a_number_or_time_is_kept(tmp_path: Path) -> None:
    lines = "são\n10.000.000 pessoas\n192.168.0.1 é o endereço\n12:30:15 é a hora\n42"
    content = f"1\n00:00:01,000 --> 00:00:02,000\n{lines}\n\n2\n00:00:02,000 --> 00:00:03,000\nfim\n"
    assert texts(read(tmp_path, "aula.srt", content)) == [lines.replace("\n", " "), "fim"]


@pytest.mark.parametrize("text", ["x --> y", "3 --> 4 implica", "10:30 --> 11:00 aula"])
@pytest.mark.parametrize(
    ("name", "head", "mark"), [("aula.srt", "", ","), ("aula.vtt", "WEBVTT\n\n", ".")], ids=["srt", "vtt"]
)
def test_arrow_in_text_is_text(tmp_path: Path, name: str, head: str, mark: str, text: str) -> None:
    content = f"{head}00:00:01{mark}000 --> 00:00:02{mark}000\nde {text}\n{text}\n"
    assert texts(read(tmp_path, name, content)) == [f"de {text} {text}"]


def test_caption_with_unreadable_times_is_left_out_by_line_number_and_the_rest_is_kept(
    tmp_path: Path,
) -> None:
    broken = SRT.replace("00:00:02,500 --> 00:00:04,000", "00:00:xx,500 --> 00:00:04,000")
    transcript = read(tmp_path, "aula.srt", broken + "\n3\n00:00:05,000 --> 00:00:06,000\nfim\n")
    assert texts(transcript) == ["Olá, gente.", "fim"]
    assert "1 (lines 6)" in warnings(transcript)


def test_negative_times_become_zero_and_are_reported(tmp_path: Path) -> None:
    transcript = read(tmp_path, "aula.srt", SRT.replace("00:00:01,000", "-00:00:01,000"))
    assert transcript.cues[0] == Cue(0.0, 2.5, "Olá, gente.")
    assert "set to 0: 1" in warnings(transcript)


def test_fractions_of_a_second_are_decimal(tmp_path: Path) -> None:
    transcript = read(tmp_path, "aula.srt", "00:00:01,5 --> 00:00:02,25\num\n")
    assert transcript.cues == (Cue(1.5, 2.25, "um"),)


def test_text_before_the_first_caption_is_named(tmp_path: Path) -> None:
    transcript = read(tmp_path, "aula.srt", "Legendas por Ana\n\n" + SRT)
    assert transcript.cues == TWO
    assert "Legendas por Ana" in warnings(transcript)


@pytest.mark.parametrize(
    "name, content", [("aula.srt", "só texto\n"), ("aula.vtt", "WEBVTT\n\nsó texto\n"), ("aula.vtt", "texto")]
)
def test_captions_without_any_time_are_refused_with_an_example(
    tmp_path: Path, name: str, content: str
) -> None:
    assert "-->" in refusal(tmp_path, name, content)


@pytest.mark.parametrize("name", ["aula.srt", "aula.vtt", "aula.json", "aula.md", "aula.txt"])
def test_empty_file_is_refused(tmp_path: Path, name: str) -> None:
    assert "0 bytes" in refusal(tmp_path, name, b"")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("aula.srt", "1\n00:00:01,000 --> 00:00:02,000\n\n2\n00:00:03,000 --> 00:00:04,000\n<i> </i>\n"),
        ("aula.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n&nbsp;\n"),
        ("aula.json", "[]"),
        ("aula.txt", " \n\n\t\n"),
    ],
)
def test_file_without_words_is_refused(tmp_path: Path, name: str, content: str) -> None:
    assert "no words" in refusal(tmp_path, name, content)


def test_digits_and_blanks_without_end_do_not_stall_the_srt_reader(tmp_path: Path) -> None:
    long = "7" * 200_000 + "\n" + "\n" * 200_000 + " " * 200_000 + "->" + "\n" + "1" * 200_000
    content = f"{long}\n\n1\n00:00:01,000 --> 00:00:02,000\nOlá\n{long}\nfim\n"
    assert texts(read(tmp_path, "aula.srt", content))[0].startswith("Olá 777")


def test_vtt_with_notes_styles_regions_and_settings(tmp_path: Path) -> None:
    content = (
        "WEBVTT - aula 1\nKind: captions\nLanguage: pt\n\nSTYLE\n::cue { color: lime }\n\nREGION\nid:a\n\n"
        "NOTE revisar\n\nintro\n00:01.000 --> 00:02.500 align:start position:0%\n<v Ana>Olá, gente.</v>\n\n"
        "00:00:02.500 --> 00:00:04.000\nA <c.colorE5E5E5>função</c> é<00:00:03.000> contínua.\n"
    )
    transcript = read(tmp_path, "aula.vtt", b"\xef\xbb\xbf" + content.encode())
    assert transcript.cues == TWO
    assert transcript.warnings == ()


def test_vtt_with_times_written_as_in_srt_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, "aula.vtt", "WEBVTT\n\n" + SRT).cues == TWO


def test_srt_named_vtt_is_read_and_reported(tmp_path: Path) -> None:
    transcript = read(tmp_path, "aula.vtt", SRT)
    assert transcript.cues == TWO
    assert "SubRip" in warnings(transcript)


def test_whisper_and_youtube_json_give_the_same_cues(tmp_path: Path) -> None:
    whisper = {
        "text": "…",
        "segments": [
            {"id": 0, "start": 1, "end": 2.5, "text": " Olá, gente."},
            {"start": 2.5, "end": 4.0, "text": "A função\né contínua."},
        ],
    }
    youtube = [
        {"text": "Olá, gente.", "start": 1.0, "duration": 1.5},
        {"text": "A função é contínua.", "start": 2.5, "duration": 1.5},
    ]
    assert read(tmp_path, "w.json", json.dumps(whisper)).cues == TWO
    assert read(tmp_path, "y.json", json.dumps(youtube)).cues == TWO


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ('[{"text": "a", "start": NaN, "duration": 1}]', "NaN"),
        ('[{"text": "a", "start": -Infinity, "duration": 1}]', "-Infinity"),
        ('[{"text": "a", "start": 0, "duration": 1e999}]', '"duration" of segment 1 is Infinity'),
        ('[{"text": "a", "start": 0, "end": 1}, {"text": "b", "start": "2", "end": 3}]', 'segment 2 is "2"'),
        ('[{"text": "a", "start": true, "end": 1}]', "is true"),
        ('[{"text": "a", "start": 0}]', '"duration" of segment 1 is null'),
        ('[{"text": 5, "start": 0, "end": 1}]', '"text" of segment 1 is 5'),
        ('["a"]', 'segment 1 is "a"'),
        ('{"events": []}', "found {…}"),
        ("12", "found 12"),
        ('[{"text": "a",\n]', "line 2"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 100_000, "nested too deeply"),
        ("[" + "9" * 10_000 + "]", "too many digits"),
        ('[{"text": "a", "start": 1' + "0" * 400 + ', "end": 1}]', '"start" of segment 1'),
    ],
)
def test_json_of_another_kind_is_refused_with_the_reason(tmp_path: Path, content: str, reason: str) -> None:
    assert reason in refusal(tmp_path, "aula.json", content)


def test_plain_text_paragraphs_become_cues_without_times(tmp_path: Path) -> None:
    transcript = read(tmp_path, "aula.txt", "Primeiro\nparágrafo com <b>.\r\n \r\nSegundo.\n")
    assert transcript.cues == (Cue(None, None, "Primeiro parágrafo com <b>."), Cue(None, None, "Segundo."))


def test_markdown_keeps_words_of_headings_lists_links_and_code_and_drops_marks(tmp_path: Path) -> None:
    content = (
        "---\ntitle: Aula\n---\n# Aula *um* #\nVeja **isto**, [aqui](https://a.b 'x') e `x_1 *= 2`; "
        "snake_case e 2*3*4.\n## Lista\n- um\n- _dois_\n\n> citado\n\n<!-- nada -->\n---\n\n"
        "```python\n# laço\n\nfor i in range(3): print('<b>')\n```\nfim\n"
    )
    assert texts(read(tmp_path, "aula.md", content.replace(" 'x'", ""))) == [
        "Aula um Veja isto, aqui e x_1 *= 2; snake_case e 2*3*4.",
        "Lista um dois",
        "citado",
        "# laço for i in range(3): print('<b>')",
        "fim",
    ]


def test_other_endings_and_missing_files_are_refused(tmp_path: Path) -> None:
    assert ".docx" in refusal(tmp_path, "aula.docx", "x")
    with pytest.raises(CorpusError, match="No such file"):
        read_transcript(tmp_path / "falta.srt")
    (tmp_path / "pasta.srt").mkdir()
    with pytest.raises(CorpusError, match="directory"):
        read_transcript(tmp_path / "pasta.srt")


parts = st.lists(
    st.sampled_from(
        [
            "1\n",
            "42",
            "\n",
            "\n\n",
            "00:00:01,000 --> 00:00:02,000\n",
            "-00:00:01.5 -> 0:00:03\n",
            " ",
            "10.000.000 ",
            "12:30:15",
            "-->",
            "WEBVTT\n\n",
            "NOTE\n",
            "STYLE\n",
            "olá",
            "{\\an8}",
            "<i>",
            "&amp;",
            "\u2028",
        ]
    ),
    max_size=40,
)


@given(parts)
@example(["1\n", "12:30:15", "00:00:01,000 --> 00:00:02,000\n", "olá"])
def test_srt_reader_loses_no_word_after_the_first_time_without_saying_so(chosen: list[str]) -> None:
    content = "".join(f"palavra{number} " if part == "olá" else part for number, part in enumerate(chosen))
    transcript = read_srt(f"00:00:00,000 --> 00:00:01,000\n{content}", "aula")
    heard = [word for cue in transcript.cues for word in re.findall(r"palavra\d+", cue.text)]
    left_out = any("cannot be read were left out" in str(warning) for warning in transcript.warnings)
    assert heard == re.findall(r"palavra\d+", content) or left_out


@given(parts)
def test_vtt_reader_gives_cues_whatever_follows_the_first_time(chosen: list[str]) -> None:
    cues = read_vtt("WEBVTT\n\n00:00.000 --> 00:01.000\nolá\n" + "".join(chosen), "aula").cues
    assert cues[0].text.startswith("olá")


def test_vtt_cue_with_blank_lines_inside_keeps_its_words(tmp_path: Path) -> None:
    content = (
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000\num\n\n\ndois\n\nNOTE fora\n\n"
        "2\n00:02.000 --> 00:03.000\n\ntrês\n\n3\n\n00:03.000 --> 00:04.000\nquatro\n"
    )
    assert texts(read(tmp_path, "aula.vtt", content)) == ["um dois", "três", "quatro"]
