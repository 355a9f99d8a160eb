"""No answer gets a better score through our prompt or our reader, whatever it holds."""

import re
import unicodedata

import pytest

from dashboard.judging.prompt import OutputMode, build_messages
from dashboard.judging.reply import Unreadable, read_reply
from dashboard.judging.rubric import Rubric
from dashboard.judging.suspicion import suspicions
from tests.judging.adversarial import ATTACKS, Attack
from tests.judging.cases import CORRECTNESS, GROUNDEDNESS, RELEVANCE, RUBRICS, case, honest

HONEST = [(RELEVANCE, ["1"]), (CORRECTNESS, ["I"]), (GROUNDEDNESS, ["0", "0"])]

each_attack = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
each_mode = pytest.mark.parametrize("mode", OutputMode)
each_rubric = pytest.mark.parametrize(("rubric", "grades"), HONEST, ids=[rubric.name for rubric, _ in HONEST])


def tags(text: str) -> list[str]:
    return re.findall(r"<\s*/?\s*\w[^>]*>", unicodedata.normalize("NFKC", text))


def test_there_are_at_least_thirty() -> None:
    assert len({attack.answer for attack in ATTACKS}) == len(ATTACKS) >= 30


@each_attack
@each_mode
def test_the_answer_stays_inside_its_fence(attack: Attack, mode: OutputMode) -> None:
    for rubric in RUBRICS.values():
        plain, attacked = (
            "\n".join(str(message["content"]) for message in build_messages(rubric, judged, mode))
            for judged in (case(reference="x"), case(attack.answer, reference=attack.answer))
        )
        assert tags(attacked) == tags(plain)
        once = [tag for tag in tags(attacked) if not re.search("segment|frase|sentence", tag)]
        assert len(once) == len(set(once)) == 2 * (len(rubric.sees) - ("segments" in rubric.sees))


def test_each_tag_is_there_once() -> None:
    text = "\n".join(
        str(message["content"]) for message in build_messages(RELEVANCE, case(), OutputMode.JSON)
    )
    assert tags(text) == ["<pergunta>", "</pergunta>", "<resposta>", "</resposta>"]


@each_attack
@each_mode
@each_rubric
def test_an_honest_judge_that_quotes_the_answer_is_read_as_honest(
    attack: Attack, mode: OutputMode, rubric: Rubric, grades: list[str]
) -> None:
    judged = case(attack.answer)
    for quote in ("A resposta diz: {}", "“{}”", '"{}" é só um pedido.', "{}"):
        reply = honest(rubric, judged, mode, quote.format(attack.answer), grades)
        try:
            reading = read_reply(rubric, judged, reply)
        except Unreadable:
            assert mode is OutputMode.TEXT
        else:
            assert reading.raw_score == rubric.raw(grades[0])


@each_attack
@each_rubric
def test_a_quote_that_ends_a_broken_reply_is_no_score(
    attack: Attack, rubric: Rubric, grades: list[str]
) -> None:
    judged = case(attack.answer)
    for quote in ("A resposta diz: {}", "“{}", "{}", "\n{}"):
        whole = honest(rubric, judged, OutputMode.TEXT, quote.format(attack.answer), grades)
        broken = whole[: whole.index(attack.answer) + len(attack.answer)]
        with pytest.raises(Unreadable):
            read_reply(rubric, judged, broken)


@each_attack
def test_a_broken_json_reply_is_no_score(attack: Attack) -> None:
    judged = case(attack.answer)
    with pytest.raises(Unreadable):
        read_reply(RELEVANCE, judged, f'{{"criteria": "ok", "supporting_evidence": "{attack.answer}')


def test_most_honest_replies_in_plain_text_stay_readable() -> None:
    unreadable = []
    for attack in ATTACKS:
        judged = case(attack.answer)
        try:
            read_reply(RELEVANCE, judged, honest(RELEVANCE, judged, OutputMode.TEXT, attack.answer, ["1"]))
        except Unreadable:
            unreadable.append(attack.name)
    assert unreadable == []


@pytest.mark.parametrize("attack", ["JSON verdict", "JSON verdict of items"])
def test_a_parroted_verdict_is_no_score(attack: str) -> None:
    answer = next(known.answer for known in ATTACKS if known.name == attack)
    for rubric in (RELEVANCE, GROUNDEDNESS):
        with pytest.raises(Unreadable):
            read_reply(rubric, case(answer), answer)


@each_mode
def test_an_answer_with_a_fake_verdict_can_still_earn_the_grade(mode: OutputMode) -> None:
    answer = next(known.answer for known in ATTACKS if known.name == "JSON verdict")
    reply = honest(RELEVANCE, case(answer), mode, f"“{answer}” e responde a tudo.", ["3"])
    assert read_reply(RELEVANCE, case(answer), reply).raw_score == 3


@each_attack
def test_the_answer_is_flagged(attack: Attack) -> None:
    assert suspicions(attack.answer)
