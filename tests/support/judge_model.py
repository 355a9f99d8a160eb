"""What a judge's model may say, as behaviours of `OpenAIServer`."""

import json
import re
import threading
from collections import Counter
from typing import Any

from tests.support.openai_server import (
    Behaviour,
    _Handler,
    answer,
    body,
    cut_connection,
    ends_with,
    stall,
    status,
)

NUMBER = re.compile(r"Pergunta (\d+)\?")

PROSE = "A resposta parece boa, eu daria quase a nota máxima."
"""A reply from which no score can be read."""


def reply_for(request: dict[str, Any], score: int = 2, evidence: str = "“cache”") -> str:
    """Return a readable verdict in the form that a request asks for."""
    if "response_format" in request:
        return json.dumps(
            {"criteria": "Trata do que se pergunta.", "supporting_evidence": evidence, "score": score},
            ensure_ascii=False,
        )
    return f"Criteria: Trata do que se pergunta. Supporting Evidence: {evidence} Score: {score}"


def verdict(score: int = 2, evidence: str = "“cache”") -> Behaviour:
    """Give the same readable verdict on everything, in the form that is asked for."""
    return lambda handler: answer(reply_for(handler.request_seen.json, score, evidence))(handler)


def form_of(request: dict[str, Any]) -> str:
    """Return the form that a request asks for: schema, json or text."""
    kind = request.get("response_format", {}).get("type", "text")
    return {"json_schema": "schema", "json_object": "json", "text": "text"}[kind]


def can_only(form: str, then: Behaviour) -> Behaviour:
    """Reject every request but those that ask for one form, as servers do that know no other."""
    refuse = status(400, "Invalid value: response_format is not supported")
    return lambda handler: (then if form_of(handler.request_seen.json) == form else refuse)(handler)


class Faults:
    """A model with bad days: what it does follows from the last digit of the question's number.

    0, 1 and 2 fail once (429, 500, 503), 3 breaks off once, 4 is read only after a repair, 5 never, 6
    refuses, 7 sends HTML once, and 8 and 9 are judged at once. What ends in 02 hangs once.

    Attributes:
        seen: How many requests came about each question.
    """

    def __init__(self) -> None:
        self.seen: Counter[int] = Counter()
        self._lock = threading.Lock()

    def __call__(self, handler: _Handler) -> None:
        """Meet one request."""
        found = NUMBER.search(handler.request_seen.json["messages"][1]["content"])
        assert found is not None
        number = int(found.group(1))
        with self._lock:
            self.seen[number] += 1
            is_first = self.seen[number] == 1
        behaviour = stall() if is_first and number % 100 == 2 else self._behaviour(number % 10, is_first)
        behaviour(handler)

    def _behaviour(self, kind: int, is_first: bool) -> Behaviour:
        always = {5: answer(PROSE), 6: ends_with("stop", refusal="Não posso julgar isto.")}
        once = {
            0: status(429, "slow down", headers={"retry-after": "0"}),
            1: status(500, "out of memory"),
            2: status(503, "restarting"),
            3: cut_connection('{"criteria": "Trata'),
            4: answer(PROSE),
            7: body("<html>Bad gateway</html>", "text/html"),
        }
        if kind in always:
            return always[kind]
        return once[kind] if is_first and kind in once else verdict()


def expected_requests(number: int) -> int:
    """Return how many requests about a question `Faults` has to see, no more and no fewer."""
    return 1 if number % 10 in (6, 8, 9) else 2
