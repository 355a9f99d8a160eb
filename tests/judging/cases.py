"""Rubrics and cases for the tests of judging."""

import json

from dashboard.judging.case import Case
from dashboard.judging.prompt import OutputMode
from dashboard.judging.rubric import Rubric, Unit
from dashboard.judging.shipped import shipped

RUBRICS = {rubric.key: rubric for rubric in shipped()}
RELEVANCE = RUBRICS["answer-relevance.pt-BR"]
CORRECTNESS = RUBRICS["correctness.pt-BR"]
GROUNDEDNESS = RUBRICS["groundedness.pt-BR"]
CONTEXT = RUBRICS["context-relevance.pt-BR"]


def case(answer: str = "O gradiente aponta para a subida.", reference: str = "", segments: int = 2) -> Case:
    """Return a case whose answer has two sentences, both of them the answer."""
    return Case(
        1,
        "O que é o gradiente?",
        answer,
        reference,
        ("o gradiente é",) * segments,
        sentences=(answer, answer),
    )


def honest(rubric: Rubric, judged: Case, mode: OutputMode, evidence: str, grades: list[str]) -> str:
    """Return what an honest judge replies that gives the same evidence for each thing."""
    items = list(enumerate(grades, start=1))
    if mode is OutputMode.TEXT and rubric.unit is Unit.ANSWER:
        return f"Criteria: atender à pergunta.\nSupporting Evidence: {evidence}\nScore: {grades[0]}"
    if mode is OutputMode.TEXT:
        return "\n".join(f"Item {number}: {evidence} Score: {grade}" for number, grade in items)
    values = [int(grade) if grade.isdigit() else grade for grade in grades]
    if rubric.unit is Unit.ANSWER:
        found: object = {"criteria": "atender", "supporting_evidence": evidence, "score": values[0]}
    else:
        found = {
            "grades": [
                {"number": number, "supporting_evidence": evidence, "score": value}
                for number, value in enumerate(values, start=1)
            ]
        }
    return json.dumps(found, ensure_ascii=mode is OutputMode.JSON)
