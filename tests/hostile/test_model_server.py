"""A model server that is hostile, or that somebody took over, gets no text for others and fills no memory."""

import gzip
import threading
from collections.abc import Callable, Iterator

import pytest

from dashboard.answering.chat import ChatAnswerer
from dashboard.errors import VereditoError
from dashboard.judging.calls import ModelCalls, Request
from dashboard.judging.pace import Pace
from dashboard.model_server.client import Limits
from dashboard.model_server.connection import LARGEST_REPLY
from dashboard.model_server.failures import safe_excerpt
from dashboard.retrieval.encoders.openai_api import OpenAIEncoder
from tests.support.openai_server import KEY, Behaviour, OpenAIServer, body, embeddings

LIMITS = Limits(read=30.0, whole=30.0, tries=1)
BOMB = gzip.compress(b"[" * (4 * LARGEST_REPLY))


def ask_for_an_answer() -> object:
    return ChatAnswerer("modelo-x", LIMITS).stream("O que é cache?", ()).answer


def ask_a_judge() -> object:
    request = Request("modelo-x", ({"role": "user", "content": "Nota?"},), {})
    return ModelCalls(Pace(threading.Event()), LIMITS).ask(request)


def ask_for_vectors() -> object:
    return OpenAIEncoder("modelo-x")


ASKERS = pytest.mark.parametrize("ask", [ask_for_an_answer, ask_a_judge, ask_for_vectors])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield running


def refusal(ask: Callable[[], object]) -> str:
    with pytest.raises(VereditoError) as caught:
        ask()
    said = str(caught.value)
    assert KEY not in said
    assert len(said) < 1_000
    return said


def redirect(status: int, address: str) -> Behaviour:
    return lambda handler: handler.reply(status, {}, headers={"location": address})


def flood(kind: str, code: int = 200) -> Behaviour:
    """Send without an end until the client hangs up."""

    def behave(handler) -> None:
        handler.send_response(code)
        handler.send_header("content-type", kind)
        handler.end_headers()
        handler.close_connection = True
        part = b'data: {"choices": [{"delta": {"content": "%s"}}]}\n\n' % (b"x" * 2**18)
        while not handler.owner.released.is_set():
            handler.wfile.write(part if kind == "text/event-stream" else b" " * len(part))

    return behave


@ASKERS
@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_takes_neither_key_nor_text_to_another_host(
    server: OpenAIServer, ask: Callable[[], object], status: int
) -> None:
    with OpenAIServer(embeddings()) as other:
        server.script(redirect(status, f"{other.base_url}/chat/completions"))
        assert str(status) in refusal(ask)
        assert other.requests == []
    assert len(server.requests) == 1


@ASKERS
@pytest.mark.parametrize(
    "behaviour",
    [
        flood("text/event-stream"),
        flood("application/json"),
        flood("application/json", 400),
        lambda handler: handler.reply(200, BOMB, headers={"content-encoding": "gzip"}),
        lambda handler: handler.reply(500, BOMB, headers={"content-encoding": "gzip"}),
        body("[" * 100_000),
        body('{"choices": ' + "[" * 100_000),
        body('{"choices": [{"message": {"content": ' + "9" * 100_000 + "}}]}"),
    ],
    ids=["stream", "spaces", "error", "zipped", "zipped error", "nested", "nested choices", "huge number"],
)
def test_a_reply_without_end_or_measure_is_given_up(
    server: OpenAIServer, ask: Callable[[], object], behaviour: Behaviour
) -> None:
    server.script(behaviour)
    refusal(ask)


def test_what_a_server_says_is_shortened_before_it_is_looked_through() -> None:
    assert safe_excerpt("token" * 1_000_000) == ""
    assert safe_excerpt(f"{'x ' * 900}Bearer {KEY} {'y' * 5_000}", 5_000).count("…") == 1
    assert KEY[:8] not in safe_excerpt("a " * 995 + KEY * 5, 5_000)
