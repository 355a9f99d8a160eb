"""A way to a PostgreSQL server that is cut at the worst moment: it has stored, and has not said so."""

import select
import socket
import threading

from sqlalchemy import make_url


class CuttingProxy:
    """Passes everything on in both directions; armed, it swallows the answer to one commit and hangs up.

    Args:
        address: The database behind it, whose server listens on a local socket.

    Attributes:
        address: The same database by way of the proxy.
        cuts: How many commits lost their confirmation.
    """

    def __init__(self, address: str) -> None:
        url = make_url(address)
        self._server = f"{url.query['host']}/.s.PGSQL.5432"
        self._listener = socket.create_server(("127.0.0.1", 0))
        here = url.set(host="127.0.0.1", port=self._listener.getsockname()[1], query={"sslmode": "disable"})
        self.address = here.render_as_string(hide_password=False)
        self.cuts = 0
        self._is_armed = False
        threading.Thread(target=self._accept, daemon=True).start()

    def arm(self) -> None:
        """Cut at the next commit."""
        self._is_armed = True

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.socket(socket.AF_UNIX)
            server.connect(self._server)
            threading.Thread(target=self._serve, args=(client, server), daemon=True).start()

    def _serve(self, client: socket.socket, server: socket.socket) -> None:
        with client, server:
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    is_last = self._is_armed and source is client and b"COMMIT\0" in data
                    (server if source is client else client).sendall(data)
                    if is_last and server.recv(65536):
                        self._is_armed = False
                        self.cuts += 1
                        return
