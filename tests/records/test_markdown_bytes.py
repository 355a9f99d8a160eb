"""What is imported from Markdown comes back byte for byte."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dashboard.labels import Label
from dashboard.models import Phase
from dashboard.records.markdown import read_markdown
from dashboard.records.reading import Origin
from tests.records.samples import FILE, ORIGIN, read, record, segment, written
from tests.records.strategies import RECORDS


@pytest.mark.parametrize(
    "text",
    [
        FILE,
        FILE.replace("\n", "\r\n"),
        "\ufeff\n\n" + FILE + "\n\n\n",
        FILE.removesuffix("\n"),
        FILE.removesuffix("\n---\n"),
        FILE.removesuffix("\n\n---\n"),
        FILE.replace("---\n", "---\n\n"),
        FILE.replace("---\n", "---  \n \n"),
        record().replace("\n", "\r\n", 20),
        record().replace(": C\n", ":   C  \n"),
        record(segments=0),
        record().replace("- *Início:* 00:16:28", "- *Início:*").replace("- *Fim:* 00:18:09", "- *Fim:* "),
        record().replace("- [Aula 4]()\n", ""),
        record().replace("- [Aula 3 [parte (a)]](https://exemplo.org/v?a=(1)&t=988)\n- [Aula 4]()\n", ""),
        record().replace("Anda contra", "Anda\n\n---\n\n- contra\n**Nota**: x"),
        record().replace("Anda contra o gradiente.\n", "Anda contra o gradiente.\n\n\n"),
        record().replace("gradiente.\n\n**Ref", "gradiente.\n**Ref"),
        record().replace("[Aula 4]()", "[Aula ](4](oculto)"),
        record().replace("Score: 3", "Score: 3 \x0b\u2028\x85 fim "),
    ],
    ids=range(19),
)
def test_import_then_export_gives_the_same_bytes(text):
    result = read(text)
    assert result.problems == ()
    assert result.records
    assert written(result.records) == text


def test_the_example_of_the_readme_is_a_record():
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    (text,) = [block for block in readme.split("```\n") if block.startswith("**Pergunta")]
    result = read(text)
    assert (result.problems, [dict(each.layout) for each in result.records]) == ((), [{}])


def test_a_canonical_record_needs_no_layout():
    assert [dict(each.layout) for each in read(record(1) + record(2, label="")).records] == [{}, {}]


def test_values_are_kept_to_the_last_digit_and_space():
    first = read(record(12).replace("0.8537889719009399", "0.850")).records[0]
    hit = first.hits[0]
    assert (first.number, first.question, first.retriever) == (12, "O que é  o gradiente descendente?", "E5")
    assert (hit.corpus_id, hit.score, hit.score_text, hit.url, hit.url_hidden) == (
        3460,
        0.85,
        "0.850",
        "",
        True,
    )
    assert (hit.start_s, hit.end_s) == (988.0, 1089.0)
    assert hit.text == " então a gente tem aqui  o gradiente né que aponta pra onde a função mais cresce "
    assert [hit.score_text for hit in first.hits[1:]] == [""] * 9
    assert first.references[0].title == "Aula 3 [parte (a)]"
    assert first.references[0].url == "https://exemplo.org/v?a=(1)&t=988"
    assert first.references[1].url == ""


def test_labels_are_credited_to_whom_the_caller_names():
    text = record(12, score=" 0.67", reasoning=" Criteria: … Score: 2")
    origin = Origin("bia", "gpt", Phase.REVEALED)
    first, again = (read_markdown(text, origin).records[0] for _ in range(2))
    (label,) = first.annotations
    assert (label.annotator, label.label, label.phase) == ("bia", Label.CORRECT, Phase.REVEALED)
    assert label.event_id == again.annotations[0].event_id
    assert label.event_id != read(text).records[0].annotations[0].event_id
    verdict = first.first_judgement
    assert (verdict.judge.name, verdict.judge.model, verdict.judge.rubric) == (
        "gpt",
        "unknown",
        "answer relevance",
    )
    assert (verdict.judgement.raw_score, verdict.judgement.score, verdict.judgement.label) == (
        2.0,
        0.67,
        Label.PARTIAL,
    )


def test_reasoning_alone_is_an_unscored_judgement_and_nothing_at_all_is_none():
    alone = read(record(label="", score="", judge_label="", reasoning=" só isto")).records[0]
    assert (alone.first_judgement.judgement.score, alone.first_judgement.judgement.label) == (None, None)
    assert alone.first_judgement.judgement.error != ""
    nothing = read(record(label=None, score=None, judge_label=None, reasoning=None)).records[0]
    assert nothing.judgements == () and nothing.annotations == ()


def test_a_label_that_was_added_appears_where_its_line_was_absent():
    text = record(label=None, reasoning=None)
    before = read(text).records[0]
    label = ORIGIN.annotation(before.number, before.question, before.answer, Label.INCORRECT)
    after = written([replace(before, annotations=(label,))])
    assert "**Anotação manual**: I\n\n" in after
    assert after.replace("**Anotação manual**: I\n\n", "") == text


def test_files_joined_after_import_stay_readable():
    one, two = (read("\ufeff" + record(number).removesuffix("\n")).records[0] for number in (1, 2))
    joined = written([one, two])
    assert joined == "\ufeff" + record(1) + record(2).removesuffix("\n")


def test_a_layout_that_contradicts_its_record_is_not_written():
    honest = read(record()).records[0]
    forged = {
        "label": "**Anotação manual**: I\n\n",
        "question": "lixo\n",
        "rule": "x",
        "before": "y",
        "hits.0.text": "",
    }
    assert written([replace(honest, layout=forged)]) == record()


@settings(max_examples=150, deadline=None)
@given(st.lists(RECORDS, min_size=1, max_size=2))
def test_any_record_is_written_so_that_it_reads_back_and_stays_the_same(records):
    text = written(records)
    result = read(text)
    assert result.problems == ()
    assert [each.number for each in result.records] == [each.number for each in records]
    assert [[hit.score for hit in each.hits] for each in result.records] == [
        [hit.score for hit in each.hits] for each in records
    ]
    assert [each.agreed_label for each in result.records] == [each.agreed_label for each in records]
    assert written(result.records) == text


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet="ab*-[]()\n :ã", max_size=40))
def test_an_answer_of_several_lines_reads_back_equal(answer):
    each = replace(read(record()).records[0], answer=answer)
    assert read(written([each])).records[0].answer == answer


WHOLE = record(1, segments=2) + record(2, segments=1, label="", url="https://a.br")
DAMAGE = st.lists(
    st.tuples(
        st.integers(0, len(WHOLE)),
        st.integers(0, 30),
        st.sampled_from(["", " ", "\n", "\r\n", "---\n", "\t", "x", "**", segment(0), "\u2028"]),
    ),
    min_size=1,
    max_size=3,
)


@settings(max_examples=300, deadline=None)
@given(DAMAGE)
@example([(0, 0, "---\n")])
def test_a_damaged_file_is_reported_or_kept_byte_for_byte(damage):
    text = WHOLE
    for start, length, put in damage:
        text = text[:start] + put + text[start + length :]
    result = read(text)
    assert result.problems or written(result.records) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("---\n" + record(), 1),
        ("\ufeff\n---\n\n" + record(), 2),
        (record() + "\n---\n" + record(2), record().count("\n") + 2),
    ],
)
def test_a_rule_without_a_record_is_a_problem_on_its_line(text, line):
    result = read(text)
    assert [problem.line for problem in result.problems] == [line]
    assert "found “---”" in result.problems[0].text
    assert [each.number for each in result.records] == [12, 2][: text.count("Pergunta")]
