"""The parts of a judge's reasoning, for display; the text itself is kept as the judge wrote it."""

import re
from dataclasses import dataclass

CRITERIA = r"\*{0,3}(?:Criteria|Critérios?)\*{0,3}[ \t]*:\*{0,3}"
EVIDENCE = r"\*{0,3}(?:Supporting Evidence|Evidências?(?: de apoio)?)\*{0,3}[ \t]*:\*{0,3}"
SCORE = r"\*{0,3}(?:Score|Nota|Pontuação)\*{0,3}[ \t]*:\*{0,3}"
"""The three headings, in English as in the study or in Portuguese, plain or bold."""

_PARTS = re.compile(
    rf"\s*{CRITERIA}(?P<criteria>.*?)(?<!\S){EVIDENCE}(?P<evidence>.*)(?<!\S){SCORE}"
    r"\s*\*{0,3}(?P<score>[^\s*]+?)\.?\*{0,3}\s*",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a reasoning says under its three headings."""

    criteria: str
    evidence: str
    score: str


def parts_of(reasoning: str) -> Parts | None:
    """Return the parts of “Criteria: … Supporting Evidence: … Score: 3”, None for any other text.

    The evidence may quote such a text itself, so it reaches from its first heading to the last score.
    """
    found = _PARTS.fullmatch(reasoning)
    if not found:
        return None
    return Parts(found["criteria"].strip(), found["evidence"].strip(), found["score"])
