"""What is malformed is named with its line, and the good records are still offered."""

import pytest

from dashboard.records.markdown import read_markdown
from tests.records.samples import ORIGIN, read, record

GOOD = record(1, segments=1)
LINES = len(GOOD.split("\n")) - 1


def problems(text):
    return [(problem.line, problem.text) for problem in read(text).problems]


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("- *Score:* 0.8537889719009399", "- *Score:* 0,85", 5, "finite number"),
        ("- *Score:* 0.8537889719009399", "- *Score:* nan", 5, "nan"),
        ("- *Score:* 0.8537889719009399", "- *Score:* 1e999", 5, "1e999"),
        ("- *Score:* 0.8537889719009399", "- *Score:*", 5, "finite number"),
        ("- *Corpus ID:* 3460", "- *Corpus ID:* 3460.5", 4, "whole number"),
        ("- *Corpus ID:* 3460", "- *Corpus ID:* " + "9" * 5000, 4, "whole number"),
        ("- *URL:* oculto", "- *URL:* javascript:alert(1)", 6, "https://"),
        ("- *Início:* 00:16:28", "- *Início:* 16:28", 7, "HH:MM:SS"),
        ("- *Início:* 00:16:28", "- *Início:* 00:61:00", 7, "00:61:00"),
        ("- *Fim:* 00:18:09", "- *Fim:* 00:01:00", 8, "at or after"),
        ("- *Fim:* 00:18:09\n", "", 8, "- *Fim:*"),
        ("né que", "né\nque", 10, "segment"),
        ("- [Aula 4]()", "- [Aula 4](javascript:alert(1))", 16, "reference"),
        ("- [Aula 4]()", "- Aula 4", 16, "reference"),
        ("**: C", "**: X", 18, "label C, P or I"),
        ("(AR)**: 1.00", "(AR)**: 1.01", 20, "from 0 to 1"),
        ("(AR)**: 1.00", "(AR)**: -0.10", 20, "from 0 to 1"),
        ("**: P", "**: p", 22, "label C, P or I"),
        ("**Anotação manual**: C", "**Anotação humana**: C", 18, "unknown section"),
        ("**Anotação manual**: C\n", "**Anotação manual**: C\n\n**Anotação manual**: C\n", 20, "twice"),
        ("**Referências**:", "**Referências**:\n\n**Referências**:", 16, "twice"),
        ("**Pergunta 1**: O que é  o gradiente descendente?\n\n", "", 1, "**Pergunta"),
        ("**Pergunta 1**: O que é  o gradiente descendente?", "**Pergunta 1**:", 1, "**Pergunta 12**"),
        ("**Pergunta 1**:", "**Pergunta um**:", 1, "**Pergunta 12**"),
        ("**Segmentos recuperados pelo E5**:", "**Segmentos recuperados pelo E5:", 3, "recuperados pelo"),
        ("método", "m\0todo", 12, "NUL"),
        ("Score: 3\n", "Score: 3\nmais uma linha\n", 25, "blank line"),
    ],
)  # fmt: skip
def test_a_fault_is_named_with_its_line_and_the_next_record_is_offered(old, new, line, said):
    assert old in GOOD
    result = read(GOOD.replace(old, new, 1) + record(2, segments=1))
    assert [each.number for each in result.records] == [2]
    assert [problem.line for problem in result.problems] == [line]
    assert said in result.problems[0].text


def test_several_faults_of_one_record_are_all_named():
    broken = (
        GOOD.replace("0.8537889719009399", "alto").replace("00:18:09", "00:10:00").replace("**: C", "**: X")
    )
    result = read(GOOD + broken + GOOD)
    assert [problem.line for problem in result.problems] == [LINES + 5, LINES + 8, LINES + 18]
    assert len(result.records) == 2


@pytest.mark.parametrize("kept", range(1, 15))
def test_a_record_cut_off_before_its_references_is_reported(kept):
    result = read(GOOD + "\n".join(record(2, segments=1).split("\n")[:kept]))
    if kept < 14:
        assert [each.number for each in result.records] == [1]
        assert all(problem.line > LINES for problem in result.problems) and result.problems
    else:
        assert result.problems == ()


def test_text_between_records_is_reported_and_both_are_offered():
    result = read(GOOD + "\nobservação solta\n\n" + record(2, segments=1))
    assert [each.number for each in result.records] == [1, 2]
    assert [problem.line for problem in result.problems] == [LINES + 2]


def test_bytes_that_are_not_utf8_are_reported_with_their_line():
    result = read_markdown(GOOD.encode() + record(2, segments=1).encode("latin-1", "replace"), ORIGIN)
    assert [each.number for each in result.records] == [1]
    assert result.problems[0].line == LINES + 1
    assert "UTF-8" in result.problems[0].text


def test_a_negative_score_is_a_score():
    assert read(GOOD.replace("0.8537889719009399", "-3.25")).records[0].hits[0].score == -3.25


def test_an_empty_file_holds_nothing():
    assert read("") == read("\n\n")
    assert read("").records == () and read("").problems == ()
