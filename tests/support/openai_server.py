"""A real HTTP server on 127.0.0.1 that speaks the OpenAI protocol and follows a script.

    with OpenAIServer(answer("A atenção pesa palavras [1].")) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.base_url)
        monkeypatch.setenv("OPENAI_API_KEY", KEY)
        ...
    assert server.requests[0].json["stream"] is True

Each request to `/v1/chat/completions` (or `/v1/embeddings`) takes the next behaviour of the script; the
last one is used again and again. `/v1/models` always answers. A behaviour is a function `(handler) ->
None`; the ones below cover what servers do right and wrong. `server.script(...)` replaces the script at any
time.
"""

import hashlib
import json
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

KEY = "sk-segredo-de-teste-123456"
DIMENSION = 8


@dataclass(frozen=True)
class Request:
    """A request as it arrived. `json` is None where the body was not JSON."""

    path: str
    headers: dict[str, str]
    json: Any


class OpenAIServer:
    """Serves on a random port until the `with` block ends; stalled connections are let go then.

    Attributes:
        requests: Every request so far, in the order of arrival.
        released: Set it to let stalled replies end; `close` sets it.
    """

    def __init__(self, *behaviours: "Behaviour") -> None:
        self.requests: list[Request] = []
        self.released = threading.Event()
        self._lock = threading.Lock()
        self._script: list[Behaviour] = []
        self.script(*behaviours)
        self._http = _Server(("127.0.0.1", 0), _Handler)
        self._http.owner = self
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True)

    @property
    def base_url(self) -> str:
        """The value for OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._http.server_address[1]}/v1"

    def script(self, *behaviours: "Behaviour") -> None:
        """Replace what the next requests meet; without any, a fixed answer."""
        with self._lock:
            self._script = list(behaviours) or [answer("Resposta do servidor de teste [1].")]

    def next_behaviour(self, request: Request) -> "Behaviour":
        """Record a request and return what it meets."""
        with self._lock:
            self.requests.append(request)
            return self._script.pop(0) if len(self._script) > 1 else self._script[0]

    def note(self, request: Request) -> None:
        """Record a request that takes no behaviour."""
        with self._lock:
            self.requests.append(request)

    def close(self) -> None:
        """Let go of every stalled connection and stop."""
        self.released.set()
        self._http.shutdown()
        self._http.server_close()
        self._thread.join()

    def __enter__(self) -> "OpenAIServer":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    owner: OpenAIServer

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Stay quiet: clients that hang up are part of the tests."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_POST(self) -> None:
        self.request_seen = self._read()
        self.owner = self.server.owner
        if self.request_seen.path not in ("/v1/chat/completions", "/v1/embeddings"):
            self.owner.note(self.request_seen)
            self.reply(404, {"error": {"message": "no such path", "code": None}})
            return
        self.owner.next_behaviour(self.request_seen)(self)

    def do_GET(self) -> None:
        self.server.owner.note(self._read())
        if self.path == "/v1/models":
            self.reply(200, {"object": "list", "data": [{"id": "modelo-de-teste", "object": "model"}]})
        else:
            self.reply(404, {"error": {"message": "no such path", "code": None}})

    def _read(self) -> Request:
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        try:
            data = json.loads(body)
        except ValueError:
            data = None
        return Request(self.path, {name.lower(): value for name, value in self.headers.items()}, data)

    def reply(
        self, status: int, body: Any, kind: str = "application/json", headers: dict[str, str] | None = None
    ) -> None:
        """Send a whole reply; anything but bytes and text goes out as JSON."""
        data = (
            body
            if isinstance(body, bytes)
            else (body if isinstance(body, str) else json.dumps(body)).encode()
        )
        self.send_response(status)
        for name, value in {
            "content-type": kind,
            "content-length": str(len(data)),
            **(headers or {}),
        }.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin_events(self) -> None:
        """Begin a stream of server-sent events, which ends when the connection closes."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("connection", "close")
        self.end_headers()
        self.close_connection = True

    def event(self, data: Any) -> None:
        """Send one event; text goes out as it is, anything else as JSON."""
        self.raw(f"data: {data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)}\n\n")

    def raw(self, text: str) -> None:
        """Send text at once."""
        self.wfile.write(text.encode())
        self.wfile.flush()

    @property
    def streams(self) -> bool:
        """Whether the request asked for a stream."""
        return bool((self.request_seen.json or {}).get("stream"))

    def chunk(self, delta: dict[str, Any], finish: str | None = None, **more: Any) -> dict[str, Any]:
        """Return one part of a streamed chat completion."""
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return {**self._frame("chat.completion.chunk"), "choices": [choice], **more}

    def whole(self, message: dict[str, Any], finish: str | None = "stop", **more: Any) -> dict[str, Any]:
        """Return a chat completion in one piece."""
        choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
        return {**self._frame("chat.completion"), "choices": [choice], **more}

    def _frame(self, kind: str) -> dict[str, Any]:
        model = (self.request_seen.json or {}).get("model", "")
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": model}

    def log_message(self, *_: object) -> None:
        """Keep the test output clean."""


Behaviour = Callable[[_Handler], None]
Usage = dict[str, Any] | None

_USAGE = {"prompt_tokens": 120, "completion_tokens": 17, "total_tokens": 137}


def answer(
    text: str | Iterable[str],
    usage: Usage = None,
    gate: threading.Event | None = None,
    may_stream: bool = True,
) -> Behaviour:
    """Answer with a text, or with the given pieces one event each.

    Args:
        text: The answer; a text is streamed word by word.
        usage: Token counts to report instead of the usual ones.
        gate: Waited for after the first piece, so that a test can prove what arrived before the end.
        may_stream: False sends one JSON body even to a client that asked for a stream.
    """
    parts = _words(text) if isinstance(text, str) else list(text)
    counts = _USAGE if usage is None else usage

    def behave(handler: _Handler) -> None:
        if not (handler.streams and may_stream):
            handler.reply(200, handler.whole({"content": "".join(parts)}, usage=counts))
            return
        handler.begin_events()
        handler.event(handler.chunk({"role": "assistant", "content": ""}))
        for index, part in enumerate(parts):
            handler.event(handler.chunk({"content": part}))
            if gate is not None and index == 0:
                gate.wait()
        handler.event(handler.chunk({}, finish="stop"))
        if ((handler.request_seen.json or {}).get("stream_options") or {}).get("include_usage"):
            handler.event({**handler.chunk({}), "choices": [], "usage": counts})
        handler.event("[DONE]")

    return behave


def status(
    code: int, message: str = "", error_code: str | None = None, headers: dict[str, str] | None = None
) -> Behaviour:
    """Fail with an HTTP status and an OpenAI error body; `headers` may hold Retry-After."""
    error = {"message": message or f"status {code}", "type": "error", "param": None, "code": error_code}
    return lambda handler: handler.reply(code, {"error": error}, headers=headers)


def rejects_stream_options(then: Behaviour) -> Behaviour:
    """Reject requests with `stream_options`, as some servers do, and let the others through."""
    refuse = status(400, "Unrecognized request argument supplied: stream_options")
    return lambda handler: (refuse if "stream_options" in handler.request_seen.json else then)(handler)


def body(data: str | bytes, kind: str = "application/json", code: int = 200) -> Behaviour:
    """Send any body: HTML, broken JSON, an empty text."""
    return lambda handler: handler.reply(code, data, kind)


def truncated(text: str) -> Behaviour:
    """Stream a text and close the connection without an end."""

    def behave(handler: _Handler) -> None:
        handler.begin_events()
        for word in _words(text):
            handler.event(handler.chunk({"content": word}))

    return behave


def cut_connection(text: str) -> Behaviour:
    """Promise more bytes than are sent, then close the connection."""

    def behave(handler: _Handler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "text/event-stream")
        handler.send_header("content-length", "1000000")
        handler.end_headers()
        handler.event(handler.chunk({"content": text}))
        handler.close_connection = True

    return behave


def broken_event(text: str) -> Behaviour:
    """Stream a text, then an event that is not JSON."""

    def behave(handler: _Handler) -> None:
        handler.begin_events()
        handler.event(handler.chunk({"content": text}))
        handler.event('{"choices": [')

    return behave


def error_event(text: str, message: str) -> Behaviour:
    """Stream a text, then an error inside the stream."""

    def behave(handler: _Handler) -> None:
        handler.begin_events()
        handler.event(handler.chunk({"content": text}))
        handler.event({"error": {"message": message, "type": "server_error", "code": None}})

    return behave


def stall(text: str = "") -> Behaviour:
    """Stream a text, if any, then hold the connection until the test or the end of the server releases it."""

    def behave(handler: _Handler) -> None:
        if text:
            handler.begin_events()
            handler.event(handler.chunk({"content": text}))
        handler.owner.released.wait()

    return behave


def drip() -> Behaviour:
    """Send comments for ever: the connection lives, the answer never comes."""

    def behave(handler: _Handler) -> None:
        handler.begin_events()
        while not handler.owner.released.wait(0.02):
            handler.raw(": ping\n\n")

    return behave


def ends_with(finish: str, text: str = "", refusal: str = "") -> Behaviour:
    """End for a reason other than `stop`: `content_filter`, `length`; or with a refusal."""

    def behave(handler: _Handler) -> None:
        message = {"content": text or None, "refusal": refusal or None}
        if not handler.streams:
            handler.reply(200, handler.whole(message, finish))
            return
        handler.begin_events()
        handler.event(handler.chunk(message))
        handler.event(handler.chunk({}, finish=finish))
        handler.event("[DONE]")

    return behave


def no_choices() -> Behaviour:
    """Answer without any choice."""

    def behave(handler: _Handler) -> None:
        empty = {**handler.chunk({}), "choices": []}
        if not handler.streams:
            handler.reply(200, empty)
            return
        handler.begin_events()
        handler.event(empty)
        handler.event("[DONE]")

    return behave


def embeddings(vector: Callable[[str], list[float]] | None = None) -> Behaviour:
    """Embed every input; by default as a few numbers made from its hash, so that equal texts agree."""
    embed = vector or _hashed

    def behave(handler: _Handler) -> None:
        given = handler.request_seen.json["input"]
        texts = [given] if isinstance(given, str) else given
        data = [
            {"object": "embedding", "index": at, "embedding": embed(text)} for at, text in enumerate(texts)
        ]
        model = handler.request_seen.json["model"]
        usage = {"prompt_tokens": len(texts), "total_tokens": len(texts)}
        handler.reply(200, {"object": "list", "data": data, "model": model, "usage": usage})

    return behave


def _hashed(text: str) -> list[float]:
    return [byte / 255 for byte in hashlib.sha256(text.encode()).digest()[:DIMENSION]]


def _words(text: str) -> list[str]:
    words = text.split(" ")
    return [word + " " for word in words[:-1]] + words[-1:]
