import json
import re
from dataclasses import replace

import pytest

from dashboard.judging.case import Case
from dashboard.judging.frames import FRAMES
from dashboard.judging.prompt import (
    OutputMode,
    build_messages,
    prompt_version,
    repair_messages,
    response_format,
)
from dashboard.judging.rubric import Rubric
from tests.judging.cases import CONTEXT, CORRECTNESS, GROUNDEDNESS, RELEVANCE, RUBRICS, case


def system_text(rubric: Rubric, judged: Case, mode: OutputMode = OutputMode.TEXT) -> str:
    return str(build_messages(rubric, judged, mode)[0]["content"])


def user_text(rubric: Rubric, judged: Case, mode: OutputMode = OutputMode.TEXT) -> str:
    return str(build_messages(rubric, judged, mode)[1]["content"])


def test_a_rubric_shows_only_what_it_sees() -> None:
    judged = case("A resposta.", reference="A referência.")
    assert "o gradiente é" not in user_text(RELEVANCE, judged)
    assert "A referência." not in user_text(RELEVANCE, judged)
    assert "A referência." in user_text(CORRECTNESS, judged)
    assert "A resposta." not in user_text(CONTEXT, judged)


def test_a_reference_that_is_not_there_is_not_mentioned() -> None:
    messages = build_messages(CORRECTNESS, case(reference=" "), OutputMode.TEXT)
    assert "<referência>" not in str(messages[1]["content"])
    assert "“referência”" not in str(messages[0]["content"])


def test_items_are_numbered_in_their_order() -> None:
    judged = Case(1, "?", "Um. Dois.", segments=("s um", "s dois", "s três"), sentences=("Um.", "Dois."))
    assert '<frase número="1">\nUm.\n</frase>' in user_text(GROUNDEDNESS, judged)
    assert '<frase número="2">\nDois.\n</frase>' in user_text(GROUNDEDNESS, judged)
    assert '<segmento número="3">\ns três\n</segmento>' in user_text(CONTEXT, judged)
    assert "cada um dos 3 segmentos" in user_text(CONTEXT, judged)
    assert [judged.units(rubric) for rubric in (RELEVANCE, GROUNDEDNESS, CONTEXT)] == [1, 2, 3]


def test_no_segments_are_said_to_be_none() -> None:
    assert "(nenhum)" in user_text(CORRECTNESS, case(segments=0))


def test_braces_are_only_text() -> None:
    rubric = replace(RELEVANCE, criteria="Use {x} e {0}.")
    assert "Use {x} e {0}." in system_text(rubric, case())
    assert "{question} {0}" in user_text(rubric, case("{question} {0}"))


@pytest.mark.parametrize("rubric", RUBRICS.values(), ids=RUBRICS)
def test_reasoning_comes_before_the_score_in_every_form(rubric: Rubric) -> None:
    for mode in OutputMode:
        text = system_text(rubric, case(), mode)
        form = text[text.rindex("# For") :]
        evidence, score = (
            ("Supporting Evidence:", "Score:")
            if mode is OutputMode.TEXT
            else (
                '"supporting_evidence"',
                '"score"',
            )
        )
        if evidence in form:
            assert form.index(evidence) < form.index(score)
        assert ("JSON" in form) is (mode is not OutputMode.TEXT)
        assert all(grade in form for grade in rubric.scale)


def test_the_schema_is_strict_and_puts_the_score_last() -> None:
    form = response_format(RELEVANCE, case(), OutputMode.SCHEMA)
    assert form is not None
    schema = form["json_schema"]["schema"]
    assert (form["type"], form["json_schema"]["strict"]) == ("json_schema", True)
    assert list(schema["properties"]) == ["criteria", "supporting_evidence", "score"] == schema["required"]
    assert schema["properties"]["score"] == {"type": "integer", "enum": [0, 1, 2, 3]}
    assert schema["additionalProperties"] is False
    several = response_format(GROUNDEDNESS, case(), OutputMode.SCHEMA)
    assert several is not None
    item = several["json_schema"]["schema"]["properties"]["grades"]["items"]
    assert list(item["properties"]) == ["number", "supporting_evidence", "score"] == item["required"]
    labels = response_format(CORRECTNESS, case(), OutputMode.SCHEMA)
    assert '"enum": ["I", "P", "C"]' in json.dumps(labels)


def test_the_other_modes() -> None:
    assert response_format(RELEVANCE, case(), OutputMode.JSON) == {"type": "json_object"}
    assert response_format(RELEVANCE, case(), OutputMode.TEXT) is None


@pytest.mark.parametrize("language", ["pt-BR", "en"])
def test_a_repair_adds_the_reply_and_what_is_wrong_with_it(language: str) -> None:
    first = build_messages(RELEVANCE, case(), OutputMode.JSON)
    repaired = repair_messages(first, "Hm {x}.", "found </resposta>", OutputMode.JSON, language)
    assert repaired[:2] == first
    assert repaired[2] == {"role": "assistant", "content": "Hm {x}."}
    assert "found ‹/resposta›" in str(repaired[3]["content"])


def test_the_version_follows_every_word(monkeypatch: pytest.MonkeyPatch) -> None:
    version = prompt_version(RELEVANCE, 4)
    assert re.fullmatch(r"4-[0-9a-f]{8}", version)
    assert prompt_version(replace(RELEVANCE, source=RELEVANCE.source + " "), 4) != version
    changed = replace(FRAMES["pt-BR"], repair="De novo: {reason}")
    monkeypatch.setattr("dashboard.judging.prompt.FRAMES", {"pt-BR": changed})
    assert prompt_version(RELEVANCE, 4) != version
