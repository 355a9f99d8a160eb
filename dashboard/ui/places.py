"""Refuses requests that reach the server under another's name, or that another's page sends."""

import logging
from collections.abc import Collection
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_LOGGER = logging.getLogger(__name__)

_READING = {"GET", "HEAD", "OPTIONS"}
_POLICY_VIOLATION = 1008


class KnownPlaces:
    """Lets in who asks for this server by a name that it has, from a page of its own.

    Streamlit checks only its websocket, lets any port of this machine in, and looks its own address up with
    another host when an origin is strange to it.

    Args:
        app: What is behind it.
        hosts: Names that the server has, as in `server.allowedHosts`; `*.` stands for any subdomain, and
            none for any name.
        origins: Other sites whose pages may send requests, as in `server.corsAllowedOrigins`.
        open_paths: What anybody may read under any name.
    """

    def __init__(
        self, app: ASGIApp, hosts: Collection[str], origins: Collection[str], open_paths: Collection[str]
    ) -> None:
        self._app = app
        self._hosts = [host.strip().lower().rstrip(".") for host in hosts]
        self._origins = {origin.strip().rstrip("/") for origin in origins}
        self._open_paths = frozenset(open_paths)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        reason = ""
        if scope["type"] in ("http", "websocket") and scope["path"] not in self._open_paths:
            reason = self._fault(scope)
        if not reason:
            await self._app(scope, receive, send)
            return
        _LOGGER.warning("refused: %s", reason)
        if scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": reason})
        else:
            await PlainTextResponse(f"Refused: {reason}.\n", 403)(scope, receive, send)

    def _fault(self, scope: Scope) -> str:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self._is_ours(host):
            return "this server is not known by that name; the operator sets server.allowedHosts"
        origin = headers.get("origin")
        is_reading = scope["type"] == "http" and scope["method"] in _READING
        if origin is None or is_reading or origin in self._origins or _place_of(origin) == host.lower():
            return ""
        return "the request comes from another site; the operator sets server.corsAllowedOrigins"

    def _is_ours(self, host: str) -> bool:
        if not self._hosts:
            return True
        name = _name_of(host)
        return bool(name) and any(
            pattern == "*" or name == pattern or (pattern.startswith("*.") and name.endswith(pattern[1:]))
            for pattern in self._hosts
        )


def _name_of(host: str) -> str:
    """Return the name in a Host header, empty when it is none."""
    try:
        parts = urlsplit(f"//{host}")
        is_plain = parts.netloc == host and parts.username is None and (parts.port or True)
    except ValueError:
        return ""
    return (parts.hostname or "").rstrip(".") if is_plain else ""


def _place_of(origin: str) -> str:
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""
