"""What the web server does besides Streamlit's own: lectures' films, and pages that know their server."""

from collections.abc import Collection
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.ui.door import Door
from dashboard.ui.headers import SafeHeaders, policy_for
from dashboard.ui.health import serve_health
from dashboard.ui.media import find_media, media_type
from dashboard.ui.places import KnownPlaces
from dashboard.ui.sign_in_routes import sign_in_routes
from dashboard.ui.visitors import visitor

MEDIA_PATH = "/app/static/lectures"
"""Below the only prefix that Streamlit's player takes as an address on its own server."""

HEALTH_PATH = "/healthz"


def media_address(video_id: str) -> str:
    """Return the address under which the film of a lecture is served."""
    return f"{MEDIA_PATH}/{quote(video_id, safe='')}"


def _serve_media(request: Request) -> FileResponse:
    # Imported late, because what it caches belongs to a server that is running.
    from dashboard.ui.resources import get_project

    project = get_project()
    if project.settings.auth != "open" and visitor(project, request.cookies) is None:
        raise HTTPException(403)
    path = find_media(project.settings.media_dir, request.path_params["video_id"])
    if path is None:
        raise HTTPException(404)
    # From the disk and in ranges: Streamlit itself would keep every film that is played in memory.
    return FileResponse(path, media_type=media_type(path))


class ServerAddress:
    """Tells each page where its server is.

    Without that Streamlit's front end tries every prefix of the page's path, and a reload of /annotate
    fills the browser's console with errors.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._script = f"<script>window.__streamlit={{BACKEND_BASE_URL:location.origin+'{prefix}'}}</script>"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the address to the page when a page is the answer."""
        if scope["type"] != "http" or "/_stcore/" in scope["path"] or "/static/" in scope["path"]:
            await self._app(scope, receive, send)
            return
        headers = [(name, value) for name, value in scope["headers"] if name not in _UNWANTED]
        await self._app({**scope, "headers": headers}, receive, _Page(send, self._script.encode()))


_UNWANTED = {b"accept-encoding", b"if-none-match", b"if-modified-since"}
"""A compressed page could not be added to; one that a browser keeps would keep former headers as well."""


class _Page:
    def __init__(self, send: Send, script: bytes) -> None:
        self._send = send
        self._script = script
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start" and _is_page(message):
            self._start = message
        elif self._start is None:
            await self._send(message)
        else:
            self._body += message.get("body", b"")
            if not message.get("more_body"):
                await self._finish(self._start)

    async def _finish(self, start: Message) -> None:
        body = self._body.replace(b"<head>", b"<head>" + self._script, 1)
        headers = [(name, value) for name, value in start["headers"] if name != b"content-length"]
        headers += [
            (b"content-length", str(len(body)).encode()),
            (b"content-security-policy", policy_for(body).encode()),
        ]
        await self._send({**start, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def routes(base_path: str) -> list[BaseRoute]:
    """Return what is served besides Streamlit's own; `base_path` is its setting `server.baseUrlPath`."""
    return [
        Route(f"{_prefix(base_path)}{MEDIA_PATH}/{{video_id:path}}", _serve_media),
        *sign_in_routes(_prefix(base_path)),
        *(Route(path, serve_health) for path in _health_paths(base_path)),
    ]


def middleware(
    base_path: str, hosts: Collection[str] = (), origins: Collection[str] = ()
) -> list[Middleware]:
    """Return the middleware of the server.

    Args:
        base_path: Streamlit's setting `server.baseUrlPath`.
        hosts: Its `server.allowedHosts`.
        origins: Its `server.corsAllowedOrigins`.
    """
    return [
        Middleware(SafeHeaders),
        Middleware(KnownPlaces, hosts=hosts, origins=origins, open_paths=_health_paths(base_path)),
        Middleware(ServerAddress, prefix=quote(_prefix(base_path))),
        Middleware(Door, prefix=_prefix(base_path)),
    ]


def _prefix(base_path: str) -> str:
    base = base_path.strip("/")
    return f"/{base}" if base else ""


def _health_paths(base_path: str) -> list[str]:
    # Under the bare path too: who asks whether the app is well may ask it directly, not through a proxy.
    return sorted({HEALTH_PATH, _prefix(base_path) + HEALTH_PATH})
