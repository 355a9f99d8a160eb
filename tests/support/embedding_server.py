"""A local server that speaks the OpenAI embeddings protocol and records what it was sent."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class EmbeddingServer:
    """A running server.

    Attributes:
        url: Base address for OPENAI_BASE_URL.
        inputs: Every request's texts, in the order of arrival.
        fault: What to do instead of answering: `unauthorized`, `html`, `short` (one vector too few),
            `nan`, `zero`; empty for nothing.
        dimension: Numbers in a vector.
    """

    url: str = ""
    inputs: list[list[str]] = field(default_factory=list)
    fault: str = ""
    dimension: int = 8


def vector_of(text: str, dimension: int) -> list[float]:
    """Return the vector that the server gives a text: not of length 1, so that normalising can be seen."""
    digest = hashlib.sha256(text.encode()).digest()
    return [digest[place % 32] / 10.0 - 12.0 for place in range(dimension)]


@contextmanager
def embedding_server() -> Iterator[EmbeddingServer]:
    """Run a server on a free port of this machine."""
    state = EmbeddingServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            texts = [body["input"]] if isinstance(body["input"], str) else body["input"]
            state.inputs.append(texts)
            if state.fault == "unauthorized":
                key = self.headers["Authorization"].removeprefix("Bearer ")
                self._send(401, json.dumps({"error": {"message": f"Incorrect API key provided: {key}"}}))
            elif state.fault == "html":
                self._send(200, "<html>proxy</html>", "text/html")
            else:
                self._send(200, json.dumps({"object": "list", "data": self._data(texts), "model": "m"}))

        def _data(self, texts: list[str]) -> list[dict[str, object]]:
            special = {"nan": float("nan"), "zero": 0.0}
            rows = [
                {
                    "object": "embedding",
                    "index": place,
                    "embedding": [special[state.fault]] * state.dimension
                    if state.fault in special
                    else vector_of(text, state.dimension),
                }
                for place, text in enumerate(texts)
            ]
            # Servers may answer in any order; `index` says which is which.
            return rows[::-1][: -1 if state.fault == "short" else None]

        def _send(self, status: int, body: str, kind: str = "application/json") -> None:
            data = body.encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
