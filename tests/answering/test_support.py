from hypothesis import given
from hypothesis import strategies as st

from dashboard.answering.support import mark
from dashboard.answering.words import stems

TEXT = "Olá a todos. As funções contínuas têm derivadas? A DERIVADA mede a variação de uma função. Até já."


def test_the_questions_words_are_found_in_any_form() -> None:
    marks = mark(TEXT, "O que e a derivada de uma funcao?")
    assert [TEXT[start:end] for start, end in marks.words] == ["funções", "derivadas", "DERIVADA", "função"]


def test_the_sentence_that_shares_most_is_the_support() -> None:
    marks = mark(TEXT, "Como a derivada mede a variação?")
    assert marks.sentence is not None
    assert TEXT[slice(*marks.sentence)] == "A DERIVADA mede a variação de uma função."


def test_without_a_shared_word_nothing_is_marked() -> None:
    marks = mark(TEXT, "Como fazer pão de queijo?")
    assert (marks.words, marks.sentence) == ((), None)


def test_accents_stored_as_combining_marks_keep_exact_offsets() -> None:
    text = "A func\u0327a\u0303o cresce."
    assert [text[s:e] for s, e in mark(text, "função").words] == ["func\u0327a\u0303o"]


def test_singular_and_plural_with_and_without_accents_are_one_word() -> None:
    for forms in ("função funções funcao funcoes", "neural neurais", "possível possíveis", "imagem imagens"):
        assert len(stems(forms)) == 1, forms


@given(st.text(), st.text())
def test_spans_lie_in_the_text_and_never_overlap(text: str, question: str) -> None:
    marks = mark(text, question)
    end = 0
    for start, stop in marks.words:
        assert end <= start < stop <= len(text)
        assert stems(text[start:stop]) <= stems(question)
        end = stop
    assert mark(text, question) == marks
    assert (marks.sentence is None) == (not marks.words)


@given(st.lists(st.sampled_from(["vetor", "Vetores", "de", "matriz.", "soma", "...", "3.14"]), max_size=80))
def test_every_word_of_the_question_is_marked_wherever_it_stands(parts: list[str]) -> None:
    text = " ".join(parts)
    assert len(mark(text, "vetor").words) == sum(part.lower().startswith("vetor") for part in parts)
