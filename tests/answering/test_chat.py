import threading
from collections.abc import Callable, Iterator

import pytest

from dashboard.answering.chat import ChatAnswerer, ChatStream
from dashboard.answering.prompt import PROMPT_VERSION, messages
from dashboard.model_server import failures
from dashboard.model_server.client import Limits
from dashboard.model_server.failures import BrokenAnswer
from tests.support import openai_server as fake
from tests.support.hits import hits
from tests.support.openai_server import KEY, OpenAIServer

QUICK = Limits(connect=2, read=5, whole=20, tries=3, pause=0.0)
HITS = hits("A atenção pesa palavras.", "O gato dorme.", "A soma converge.")
Ask = Callable[..., ChatStream]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        monkeypatch.setenv("OPENAI_BASE_URL", running.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        yield running


@pytest.fixture
def ask(server: OpenAIServer) -> Ask:
    def start(*behaviours: fake.Behaviour, limits: Limits = QUICK) -> ChatStream:
        server.script(*behaviours)
        return ChatAnswerer("modelo-x", limits).stream("O que é atenção?", HITS)

    return start


def failure(stream: ChatStream) -> BrokenAnswer:
    with pytest.raises(BrokenAnswer) as caught:
        list(stream)
    error = caught.value
    assert KEY not in str(error) and "127.0.0.1" not in str(error)
    assert error.__cause__ is None and error.__context__ is None
    return error


def test_the_answer_has_text_references_model_time_and_tokens(ask: Ask, server: OpenAIServer) -> None:
    stream = ask(fake.answer("A atenção pesa palavras [1], e [3]. "))
    pieces = list(stream)
    answer = stream.answer
    assert "".join(pieces).strip() == answer.text == "A atenção pesa palavras [1], e [3]."
    assert [r.rank for r in answer.references] == [1, 3]
    assert (answer.model, answer.tokens_in, answer.tokens_out) == ("modelo-x", 120, 17)
    assert answer.latency_ms is not None and answer.latency_ms > 0
    (request,) = server.requests
    assert request.path == "/v1/chat/completions"
    assert request.headers["authorization"] == f"Bearer {KEY}"
    assert request.json["messages"] == messages("O que é atenção?", HITS)
    assert request.json["stream"] is True


def test_pieces_arrive_before_the_server_has_finished(ask: Ask) -> None:
    gate = threading.Event()
    stream = ask(fake.answer(["Primeiro", " segundo."], gate=gate))
    assert next(stream) == "Primeiro"
    gate.set()
    assert "".join(stream) == " segundo."


def test_the_answer_can_be_had_without_iterating(ask: Ask) -> None:
    assert ask(fake.answer("Sim [1].")).answer.text == "Sim [1]."


def test_identity_names_the_model_and_the_prompt() -> None:
    answerer = ChatAnswerer("modelo-x")
    assert (answerer.id, answerer.prompt_version) == ("openai:modelo-x", PROMPT_VERSION)


def test_a_server_that_knows_no_stream_options_is_asked_without_them(ask: Ask, server: OpenAIServer) -> None:
    answer = ask(fake.rejects_stream_options(fake.answer("Sim [1]."))).answer
    assert (answer.text, answer.tokens_in) == ("Sim [1].", None)
    assert ["stream_options" in request.json for request in server.requests] == [True, False]


def test_a_server_that_does_not_stream_works_too(ask: Ask) -> None:
    answer = ask(fake.answer("Sim [2].", may_stream=False)).answer
    assert (answer.text, answer.tokens_in, [r.rank for r in answer.references]) == ("Sim [2].", 120, [2])


@pytest.mark.parametrize(
    "usage", [{"prompt_tokens": -3, "completion_tokens": "many"}, {}, {"prompt_tokens": True}]
)
def test_impossible_token_counts_are_unknown(ask: Ask, usage: dict[str, object]) -> None:
    answer = ask(fake.answer("Sim.", usage=usage)).answer
    assert (answer.text, answer.tokens_in, answer.tokens_out) == ("Sim.", None, None)


def test_no_key_is_said(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_ADMIN_KEY", raising=False)
    assert failure(ask(fake.answer("x"))).message == failures.NO_KEY


@pytest.mark.parametrize(
    ("behaviour", "message", "requests"),
    [
        (fake.status(401, f"Incorrect API key provided: {KEY}"), failures.UNAUTHORISED, 1),
        (fake.status(403), failures.UNAUTHORISED, 1),
        (fake.status(404, "no model"), failures.UNKNOWN_MODEL, 1),
        (fake.status(429), failures.RATE_LIMITED, 3),
        (fake.status(429, headers={"retry-after": "0"}), failures.RATE_LIMITED, 3),
        (fake.status(429, headers={"retry-after": "86400"}), failures.RATE_LIMITED, 1),
        (
            fake.status(429, headers={"retry-after": "Fri, 31 Dec 2999 23:59:59 GMT"}),
            failures.RATE_LIMITED,
            1,
        ),
        (fake.status(500), failures.SERVER_FAILED, 3),
        (fake.body("<html>bad gateway</html>", "text/html", 502), failures.SERVER_FAILED, 3),
        (fake.status(400, f"bad temperature, Bearer {KEY}"), failures.REJECTED, 2),
        (fake.status(400, "too big", "context_length_exceeded"), failures.CONTEXT_TOO_LONG, 1),
        (
            fake.status(400, "This model's maximum context length is 4096 tokens"),
            failures.CONTEXT_TOO_LONG,
            1,
        ),
        (fake.status(400, "filtered", "content_filter"), failures.FILTERED, 1),
        (fake.body("<html>login</html>", "text/html"), failures.BROKEN_REPLY, 1),
        (fake.body('{"choices": ['), failures.NOT_JSON, 1),
        (fake.body("[1, 2]"), failures.BROKEN_REPLY, 1),
        (fake.body('{"choices": "sim"}'), failures.BROKEN_REPLY, 1),
        (fake.body('{"choices": [null]}'), failures.BROKEN_REPLY, 1),
        (fake.body(b"data: \xff\xfe\n\n", "text/event-stream"), failures.NOT_JSON, 1),
        (fake.body("", "text/event-stream"), failures.EMPTY, 1),
        (fake.no_choices(), failures.EMPTY, 1),
        (fake.answer("  "), failures.EMPTY, 1),
        (fake.ends_with("stop", refusal="Não posso."), failures.REFUSED, 1),
        (fake.ends_with("content_filter", "Meia"), failures.FILTERED, 1),
        (fake.ends_with("length", "Meia"), failures.TOO_LONG_ANSWER, 1),
    ],
)
def test_each_fault_has_its_own_message(
    ask: Ask, server: OpenAIServer, behaviour: fake.Behaviour, message: str, requests: int
) -> None:
    assert failure(ask(behaviour)).message == message
    assert len(server.requests) == requests


def test_a_server_that_recovers_is_asked_again(ask: Ask, server: OpenAIServer) -> None:
    stream = ask(fake.status(429, headers={"retry-after": "0"}), fake.status(503), fake.answer("Sim [1]."))
    assert stream.answer.text == "Sim [1]."
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        (fake.truncated("Metade da resposta"), failures.CUT_OFF),
        (fake.cut_connection("Metade da resposta"), failures.CUT_OFF),
        (fake.broken_event("Metade da resposta"), failures.NOT_JSON),
        (fake.error_event("Metade da resposta", f"out of memory, api_key={KEY}"), failures.REPORTED),
        (fake.ends_with("length", "Metade da resposta"), failures.TOO_LONG_ANSWER),
    ],
)
def test_text_received_before_a_break_is_kept(ask: Ask, behaviour: fake.Behaviour, message: str) -> None:
    error = failure(ask(behaviour))
    assert (error.message, error.partial) == (message, "Metade da resposta")


def test_a_reply_that_stalls_ends_at_the_read_limit_and_keeps_its_text(ask: Ask) -> None:
    error = failure(ask(fake.stall("Metade"), limits=Limits(read=0.2, whole=20)))
    assert (error.message, error.found["seconds"], error.partial) == (failures.TOO_SLOW, 0.2, "Metade")


def test_a_server_that_never_begins_ends_at_the_read_limit_without_another_try(
    ask: Ask, server: OpenAIServer
) -> None:
    assert failure(ask(fake.stall(), limits=Limits(read=0.2, whole=20))).message == failures.TOO_SLOW
    assert len(server.requests) == 1


def test_a_server_that_only_keeps_the_connection_alive_ends_at_the_deadline(ask: Ask) -> None:
    error = failure(ask(fake.drip(), limits=Limits(read=20, whole=0.3)))
    assert (error.message, error.found["seconds"]) == (failures.TOO_SLOW, 0.3)


def test_nobody_listening_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with OpenAIServer() as gone:
        address = gone.base_url
    monkeypatch.setenv("OPENAI_BASE_URL", address)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    error = failure(ChatAnswerer("m", QUICK).stream("?", HITS))
    assert (error.message, error.found) == (failures.UNREACHABLE, {"tries": 3})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_API_KEY", "chave com acentuação"),
        ("OPENAI_API_KEY", "sk-uma\nsk-outra"),
        ("OPENAI_BASE_URL", "localhost:8000/v1"),
        ("OPENAI_BASE_URL", "http://[::1/v1"),
        ("OPENAI_BASE_URL", "http://a b:x/"),
    ],
)
def test_settings_that_cannot_be_used_are_said_without_showing_them(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    stream = ask(fake.answer("x"))
    monkeypatch.setenv(name, value)
    error = failure(stream)
    assert (error.message, error.found) == (failures.BAD_SETTINGS, {})


def test_the_failure_is_told_again_when_the_answer_is_asked_for(ask: Ask) -> None:
    stream = ask(fake.truncated("Meia"))
    error = failure(stream)
    with pytest.raises(BrokenAnswer) as again:
        _ = stream.answer
    assert again.value is error


def test_closing_early_lets_the_server_go_and_gives_no_answer(ask: Ask) -> None:
    stream = ask(fake.stall("Meia"))
    assert next(stream) == "Meia"
    stream.close()
    stream.close()
    with pytest.raises(BrokenAnswer) as caught:
        _ = stream.answer
    assert caught.value.partial == "Meia"


def test_one_answerer_serves_several_threads(ask: Ask, server: OpenAIServer) -> None:
    server.script(fake.answer("Sim [1]."))
    answerer = ChatAnswerer("m", QUICK)
    texts: list[str] = []
    threads = [
        threading.Thread(target=lambda: texts.append(answerer.stream("?", HITS).answer.text))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts == ["Sim [1]."] * 8


def test_a_secret_in_a_servers_words_is_blotted_out(ask: Ask, server: OpenAIServer) -> None:
    said = f"bad key {KEY} at {server.base_url} {server.base_url[7:]} Authorization: Bearer abc.def"
    assert "abc.def" not in str(failure(ask(fake.status(400, said))))


@pytest.mark.parametrize(
    ("behaviour", "words"),
    [
        (fake.status(429, headers={"retry-after": "90"}), "tries: 1, it asks to wait 90 s)"),
        (fake.status(429, headers={"retry-after": "Fri, 31 Dec 2999 23:59:59 GMT"}), "wait Fri, 31 Dec 2999"),
        (fake.body("{"), "sent a reply that is not JSON;"),
        (fake.body("[1, 2]"), "cannot be read (found JSON);"),
    ],
)
def test_faults_are_told_in_words(ask: Ask, behaviour: fake.Behaviour, words: str) -> None:
    assert words in str(failure(ask(behaviour)))
