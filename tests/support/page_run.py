"""Runs of a page in a real server, over its websocket and without a browser."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

PATIENCE_SECONDS = 60


def run_page(url: str, page: str = "", **query: str) -> str:
    """Open a page as a browser would, and return everything that the server sends until it is drawn.

    Args:
        url: Where the server is.
        page: Its address below that; empty for the home page.
        **query: What stands after the question mark.
    """
    with _connected(url) as socket:
        return "\n".join(str(message) for message in _run(socket, page, query))


@contextmanager
def a_session(url: str) -> Iterator[str]:
    """Open the home page and give the session's id, which is known until the end of the block."""
    with _connected(url) as socket:
        (session,) = {
            message.new_session.initialize.session_id
            for message in _run(socket, "", {})
            if message.WhichOneof("type") == "new_session"
        }
        yield session


def _connected(url: str) -> ClientConnection:
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    streamlit = [Subprotocol("streamlit")]
    return connect(address, origin=Origin(url), subprotocols=streamlit, proxy=None, max_size=None)


def _run(socket: ClientConnection, page: str, query: dict[str, str]) -> list[ForwardMsg]:
    request = BackMsg()
    request.rerun_script.query_string = urlencode(query)
    request.rerun_script.page_name = page
    socket.send(request.SerializeToString())
    sent: list[ForwardMsg] = []
    while not sent or sent[-1].WhichOneof("type") != "script_finished":
        received = socket.recv(PATIENCE_SECONDS)
        assert isinstance(received, bytes)
        sent.append(ForwardMsg.FromString(received))
    return sent
