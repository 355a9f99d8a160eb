"""Repairs of texts and times."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.corpus.cleaning import HUGE_CUE, clean
from dashboard.corpus.markup import one_line, strip_markup
from dashboard.cues import Cue


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("<i>olá</i>", "olá"),
        ('<font color="#fff">olá</font> <b>tudo</b>', "olá tudo"),
        ("<c.colorE5E5E5>olá</c>", "olá"),
        ("olá<00:00:01.000><c> gente</c>", "olá gente"),
        ("{\\an8}olá{\\i1}", "olá"),
        ("um<br/>dois", "um dois"),
        ("x &lt; y &amp; z&nbsp;&#233;", "x < y & z é"),
        ("se a <b e c> d, x < y e z > w", "se a d, x < y e z > w"),
        ("o conjunto {1, 2} e <x, y>", "o conjunto {1, 2} e <x, y>"),
        ("&lt;b&gt; fica", "<b> fica"),
        ("AT&T &copy=2", "AT&T &copy=2"),
        ("um\ndois\u2028três\tquatro\x85cinco", "um dois três quatro cinco"),
        ("a\u200bb\ufeff\x07\x00\u202e c\ud800", "ab c"),
        ("fun\u0063\u0327a\u0303o", "função"),
    ],
)
def test_markup_and_invisible_characters_go_and_content_stays(raw: str, text: str) -> None:
    assert one_line(strip_markup(raw)) == text


@given(st.text())
def test_clean_text_is_one_normal_line_that_any_encoder_can_take(raw: str) -> None:
    text = one_line(strip_markup(raw))
    assert text == " ".join(text.split())
    assert len(text.splitlines()) <= 1
    assert unicodedata.is_normalized("NFC", text)
    assert "\0" not in text
    text.encode("utf-8")


def found(cues: list[Cue]) -> str:
    return " ".join(str(notice) for notice in clean(cues).warnings)


def test_cues_out_of_order_are_sorted_and_reported() -> None:
    cues = [Cue(5, 6, "c"), Cue(1, 2, "a"), Cue(3, 4, "b")]
    assert [cue.text for cue in clean(cues).cues] == ["a", "b", "c"]
    assert "sorted by their start: 2" in found(cues)


def test_reversed_times_are_clamped_and_reported() -> None:
    assert clean([Cue(5, 3, "a")]).cues == (Cue(5, 5, "a"),)
    assert "end before they start were given no duration: 1" in found([Cue(5, 3, "a")])


def test_times_before_zero_are_clamped_and_reported() -> None:
    assert clean([Cue(-5, -3, "a"), Cue(-1, 2, "b")]).cues == (Cue(0, 0, "a"), Cue(0, 2, "b"))
    assert "set to 0: 2" in found([Cue(-5, -3, "a"), Cue(-1, 2, "b")])


def test_overlapping_cues_are_kept_and_counted() -> None:
    cues = [Cue(0, 9, "a"), Cue(1, 2, "b"), Cue(3, 4, "c"), Cue(9, 10, "d")]
    assert clean(cues).cues == tuple(cues)
    assert "overlap the one before were kept: 2" in found(cues)


def test_blank_cues_are_left_out_and_counted() -> None:
    cues = [Cue(0, 1, " \n"), Cue(1, 2, "a"), Cue(2, 3, "<i></i>")]
    assert clean(cues).cues == (Cue(1, 2, "a"),)
    assert "without text were left out: 2" in found(cues)


def test_huge_cue_is_kept_and_reported() -> None:
    cues = [Cue(0, 1, "a" * (HUGE_CUE + 1)), Cue(1, 2, "b")]
    assert len(clean(cues).cues) == 2
    assert f"{HUGE_CUE} characters, which are probably not captions: 1" in found(cues)


def test_clean_cues_come_without_warnings() -> None:
    assert clean([Cue(0, 1, "não"), Cue(1, 2, "não"), Cue(2, 3, "sim"), Cue(3, 4, "talvez")]).warnings == ()


def test_rolling_captions_say_each_line_once() -> None:
    rolling = [
        Cue(0.0, 2.0, " \nolá<00:00:00.400><c> pessoal</c>"),
        Cue(2.0, 2.01, "olá pessoal\n "),
        Cue(2.01, 5.0, "olá pessoal\nhoje<00:00:02.700><c> a aula</c>"),
        Cue(5.0, 5.01, "hoje a aula\n "),
        Cue(5.01, 8.0, "hoje a aula\né sobre limites"),
        Cue(8.0, 8.01, "é sobre limites\n "),
    ]
    assert clean(rolling).cues == (
        Cue(0.0, 2.01, "olá pessoal"),
        Cue(2.01, 5.01, "hoje a aula"),
        Cue(5.01, 8.01, "é sobre limites"),
    )
    assert "shortened: 5" in found(rolling)


def test_rolling_captions_of_one_line_growing_word_by_word_are_collapsed() -> None:
    growing = [
        Cue(0, 1, "um"),
        Cue(1, 2, "um dois"),
        Cue(2, 3, "um dois três"),
        Cue(3, 4, "um dois três quatro"),
    ]
    assert [cue.text for cue in clean(growing).cues] == ["um", "dois", "três", "quatro"]


def test_a_few_repeated_phrases_among_many_cues_are_left_alone() -> None:
    words = ["veja bem", "veja bem", "veja bem", "veja bem", "um", "dois", "três", "quatro", "cinco", "seis"]
    cues = [Cue(number, number + 1, word) for number, word in enumerate(words)]
    assert clean(cues).cues == tuple(cues)


def test_cues_that_begin_with_the_last_word_of_the_one_before_are_left_alone() -> None:
    words = ["isto é assim", "assim se faz", "faz a conta", "conta até dez", "dez é o fim"]
    cues = [Cue(number, number + 1, word) for number, word in enumerate(words)]
    assert clean(cues).cues == tuple(cues)


def test_a_speaker_who_repeats_himself_is_left_alone() -> None:
    words = "não não então veja bem veja bem aqui está a prova do teorema que eu dei".split()
    cues = [Cue(number, number + 1, word) for number, word in enumerate(words)]
    assert clean(cues).cues == tuple(cues)
