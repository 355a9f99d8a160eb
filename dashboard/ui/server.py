"""What the web server does besides Streamlit's own: lectures' films, and pages that know their server."""

from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.ui.door import Door
from dashboard.ui.media import find_media, media_type
from dashboard.ui.sign_in_routes import sign_in_routes
from dashboard.ui.visitors import visitor

MEDIA_PATH = "/app/static/lectures"
"""Below the only prefix that Streamlit's player takes as an address on its own server."""


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
        # A compressed page could not be added to.
        headers = [(name, value) for name, value in scope["headers"] if name != b"accept-encoding"]
        await self._app({**scope, "headers": headers}, receive, _Page(send, self._script.encode()))


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
        await self._send({**start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


def _is_page(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/html") for name, value in start["headers"])


def middleware(base_path: str) -> list[Middleware]:
    """Return the middleware of the server; `base_path` is Streamlit's setting `server.baseUrlPath`."""
    prefix = _prefix(base_path)
    return [Middleware(ServerAddress, prefix=prefix), Middleware(Door, prefix=prefix)]


def routes(base_path: str) -> list[Route]:
    """Return the addresses that are the app's own; `base_path` is as with `middleware`."""
    prefix = _prefix(base_path)
    return [Route(f"{prefix}{MEDIA_PATH}/{{video_id:path}}", _serve_media), *sign_in_routes(prefix)]


def _prefix(base_path: str) -> str:
    return "/" + quote(base_path.strip("/")) if base_path.strip("/") else ""
