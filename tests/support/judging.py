"""What a judge's model says, for the scripted server."""

import json
import threading

from tests.support.openai_server import Behaviour, answer

PATIENCE_SECONDS = 60


def says(score: object, evidence: str = "A resposta trata da pergunta.", **more: object) -> Behaviour:
    """Give a verdict with one grade in the form that was asked for."""
    reply = {"criteria": "Trata da pergunta?", "supporting_evidence": evidence, "score": score, **more}
    return answer(json.dumps(reply, ensure_ascii=False))


def await_jobs() -> None:
    """Wait until every job that this process drives has ended."""
    for thread in threading.enumerate():
        if thread.name == "job":
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive(), "a job goes on"
