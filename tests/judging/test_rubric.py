import pytest

from dashboard.errors import RubricError
from dashboard.judging.rubric import Unit, parse_rubric
from dashboard.judging.shipped import shipped
from dashboard.labels import Label

HEADER = {
    "name": '"answer-relevance"',
    "language": '"pt-BR"',
    "title": '"Relevância"',
    "unit": '"answer"',
    "sees": '["question", "answer"]',
    "scale": '["0", "1", "2", "3"]',
    "partial_from": "2",
    "correct_from": "3",
}


def source(criteria: str = "Avalie.\n", **changed: str | None) -> str:
    fields = {**HEADER, **changed}
    header = "".join(f"{name} = {value}\n" for name, value in fields.items() if value is not None)
    return f"+++\n{header}+++\n{criteria}"


def test_a_rubric_is_read_whole() -> None:
    text = source("\nAvalie {x}.\n\n+++\n")
    rubric = parse_rubric(text)
    assert (rubric.key, rubric.unit, rubric.sees) == (
        "answer-relevance.pt-BR",
        Unit.ANSWER,
        ("question", "answer"),
    )
    assert rubric.criteria == "Avalie {x}.\n\n+++"
    assert rubric.source == text


def test_a_file_of_windows_is_read_alike() -> None:
    there = parse_rubric("\ufeff" + source("Um.\nDois.").replace("\n", "\r\n"))
    assert there.criteria == parse_rubric(source("Um.\nDois.")).criteria


def test_grades_become_scores_and_labels_as_in_the_study() -> None:
    rubric = parse_rubric(source())
    assert [rubric.raw(grade) for grade in rubric.scale] == [0, 1, 2, 3]
    assert [round(rubric.score(raw), 2) for raw in range(4)] == [0, 0.33, 0.67, 1]
    assert [rubric.label(raw) for raw in (0, 1.9, 2, 2.9, 3)] == [
        Label.INCORRECT,
        Label.INCORRECT,
        Label.PARTIAL,
        Label.PARTIAL,
        Label.CORRECT,
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "+++"),
        ("Avalie.", "found “Avalie.”"),
        ("+++\nname = \n+++\nx", "not TOML"),
        (source(""), "no criteria"),
        (source(name=None, scale=None), "lacks name, scale"),
        (source(weight="1"), "unknown fields: weight"),
        (source(name='"Answer Relevance"'), "'Answer Relevance'"),
        (source(name="3"), "name cannot be 3"),
        (source(language='"pt"'), "pt-BR / en"),
        (source(title='" "'), "title"),
        (source(unit='"word"'), "answer / sentence / segment"),
        (source(sees="[]"), "sees"),
        (source(sees='["question", "score"]'), "question, reference, segments, answer"),
        (source(unit='"sentence"', sees='["segments"]'), "Write for instance answer"),
        (source(unit='"segment"'), "Write for instance segments"),
        (source(scale='["0"]'), "scale"),
        (source(scale="[0, 1, 2, 3]"), "scale"),
        (source(scale='["a", "A"]'), "scale"),
        (source(scale='["0", "1 "]'), "scale"),
        (source(partial_from='"2"'), "partial_from cannot be '2'"),
        (source(partial_from="true"), "partial_from cannot be True"),
        (source(partial_from="3", correct_from="2"), "partial_from 3.0 and correct_from 2.0"),
        (source(correct_from="4"), "rise from 0 to 3"),
        (source(correct_from="nan"), "rise from 0 to 3"),
    ],
)
def test_what_is_wrong_is_said(text: str, said: str) -> None:
    with pytest.raises(RubricError) as raised:
        parse_rubric(text)
    assert said in str(raised.value)


def test_four_rubrics_are_shipped_in_two_languages_that_differ_in_words_only() -> None:
    assert len(shipped()) == 8
    by_key = {rubric.key: rubric for rubric in shipped()}
    for name in ("answer-relevance", "correctness", "groundedness", "context-relevance"):
        one, other = by_key[f"{name}.pt-BR"], by_key[f"{name}.en"]
        assert (one.unit, one.sees, one.scale) == (other.unit, other.sees, other.scale)
        assert (one.partial_from, one.correct_from) == (other.partial_from, other.correct_from)
        assert one.title != other.title
        for rubric in (one, other):
            assert all(f"- {grade}" in rubric.criteria for grade in rubric.scale)


def test_the_studys_judge_sees_only_the_question_and_the_answer() -> None:
    rubric = next(rubric for rubric in shipped() if rubric.key == "answer-relevance.pt-BR")
    assert (rubric.sees, rubric.scale) == (("question", "answer"), ("0", "1", "2", "3"))
    assert (rubric.partial_from, rubric.correct_from) == (2, 3)
