import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.answering.sentences import LONGEST, is_whole, sentences


def cut(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("O Dr. Silva chegou. Ele falou.", ["O Dr. Silva chegou.", "Ele falou."]),
        ("Isso vale, p. ex. Para redes. Fim.", ["Isso vale, p. ex. Para redes.", "Fim."]),
        ("Pi é 3.14 ou 3,14. Certo?", ["Pi é 3.14 ou 3,14.", "Certo?"]),
        ("Bom... vamos ver… Agora sim!", ["Bom... vamos ver…", "Agora sim!"]),
        ("Matrizes, vetores, etc. são úteis.", ["Matrizes, vetores, etc. são úteis."]),
        ("Há mais, etc. Depois vemos.", ["Há mais, etc.", "Depois vemos."]),
        ("Ele disse “pare.” Ela parou.", ["Ele disse “pare.”", "Ela parou."]),
        ("C. F. Gauss provou. Fim.", ["C. F. Gauss provou.", "Fim."]),
        ("isso é tudo. agora vamos", ["isso é tudo.", "agora vamos"]),
        ("  \n ", []),
    ],
)
def test_sentences_end_where_a_reader_would_end_them(text: str, expected: list[str]) -> None:
    assert cut(text) == expected


def test_captions_without_stops_are_cut_into_chunks_before_a_connective() -> None:
    text = " ".join(["palavra"] * 22 + ["então"] + ["termo"] * 40)
    chunks = cut(text)
    assert [len(chunk.split()) for chunk in chunks] == [22, 25, 16]
    assert chunks[1].startswith("então")


def test_a_comma_is_a_better_cut_than_a_connective() -> None:
    text = " ".join(["a"] * 19 + ["b,"] + ["c"] * 5 + ["então"] + ["d"] * 40)
    assert cut(text)[0].endswith("b,")


def test_a_fragment_is_told_from_a_whole_sentence() -> None:
    text = "que vimos antes. A soma converge. E então a gente"
    assert [is_whole(text, span) for span in sentences(text)] == [False, True, False]


@given(st.text() | st.text(st.sampled_from('aB1 .…?!"”),\n')) | st.lists(st.text(max_size=4)).map(" ".join))
def test_spans_are_ordered_and_hold_everything_that_is_not_blank(text: str) -> None:
    spans = sentences(text)
    end = 0
    for span in spans:
        assert end <= span.start < span.end
        assert not text[end : span.start].strip()
        assert len(text[span.start : span.end].split()) <= LONGEST
        end = span.end
    assert not text[end:].strip()
