"""One run of a page in a real server, over its websocket and without a browser."""

from urllib.parse import urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import connect

PATIENCE_SECONDS = 60


def run_page(url: str, page: str = "", **query: str) -> str:
    """Open a page as a browser would, and return everything that the server sends until it is drawn.

    Args:
        url: Where the server is.
        page: Its address below that; empty for the home page.
        **query: What stands after the question mark.
    """
    request = BackMsg()
    request.rerun_script.query_string = urlencode(query)
    request.rerun_script.page_name = page
    address = f"{url.replace('http', 'ws', 1)}/_stcore/stream"
    with connect(address, origin=url, subprotocols=["streamlit"], proxy=None, max_size=None) as socket:  # type: ignore[arg-type, list-item]
        socket.send(request.SerializeToString())
        sent = []
        while True:
            message = ForwardMsg.FromString(socket.recv(PATIENCE_SECONDS))  # type: ignore[arg-type]
            sent.append(str(message))
            if message.WhichOneof("type") == "script_finished":
                return "\n".join(sent)
