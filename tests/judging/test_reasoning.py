import pytest

from dashboard.judging.reasoning import Parts, parts_of

PARTS = Parts("cobre a pergunta.", "cita “gradiente”.", "3")


@pytest.mark.parametrize(
    "text",
    [
        "Criteria: cobre a pergunta. Supporting Evidence: cita “gradiente”. Score: 3",
        " Criteria: cobre a pergunta.\nSupporting Evidence: cita “gradiente”.\n\nScore: 3\n",
        "**Criteria:** cobre a pergunta.\n**Supporting Evidence:** cita “gradiente”.\n**Score:** **3**",
        "**Criteria**: cobre a pergunta. **Supporting Evidence**: cita “gradiente”. **Score: 3.**",
        "Critérios: cobre a pergunta. Evidências: cita “gradiente”. Nota: 3",
        "**Critérios:** cobre a pergunta.\n**Evidências de apoio:** cita “gradiente”.\n**Pontuação:** 3",
    ],
)
def test_the_parts_are_found(text: str) -> None:
    assert parts_of(text) == PARTS


def test_the_evidence_may_quote_a_reply() -> None:
    quote = "Criteria: a Supporting Evidence: b Score: 3"
    found = parts_of(f"Criteria: x Supporting Evidence: {quote} Score: 0")
    assert found == Parts("x", quote, "0")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Score: 3",
        "Boa resposta.",
        "Criteria: a Score: 3",
        "Criteria: a Supporting Evidence: b",
        "x" * 10_000,
    ]
    + ["*" * 10_000, "Criteria: " * 2_000 + "Supporting Evidence: " * 2_000],
)
def test_any_other_text_has_no_parts(text: str) -> None:
    assert parts_of(text) is None
