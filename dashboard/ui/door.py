"""The server's door: haste is slowed, and the page asked for is kept until one is signed in."""

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard.config import load_settings
from dashboard.errors import TooManyRequests, VereditoError
from dashboard.ui import asked_page
from dashboard.ui.sign_in_routes import QUIET, count_sign_in, refusal
from dashboard.ui.visitors import COOKIE, is_somebody

_LOGIN = ("/auth/login", "/oauth2callback")
_LOGOUT = "/auth/logout"
_UPLOAD = "/_stcore/upload_file/"
"""Streamlit takes files from every session, also of who sees nothing but the screen to sign in."""
_THROUGH = 200


class Door:
    """Stands before the app in the modes in which people sign in.

    Args:
        app: What is behind.
        prefix: The base path of the app, such as `/lab`, or empty.
    """

    def __init__(self, app: ASGIApp, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        place = scope["path"].removeprefix(self._prefix) if scope["type"] == "http" else ""
        if not place or not _is_watched(scope["method"], place):
            await self._app(scope, receive, send)
            return
        answer = await run_in_threadpool(self._look, Request(scope), place)
        if answer.status_code != _THROUGH:
            await answer(scope, receive, send)
            return

        async def add_cookies(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(raw=list(message["headers"]))
                for cookie in answer.headers.getlist("set-cookie"):
                    headers.append("set-cookie", cookie)
                message = {**message, "headers": headers.raw}
            await send(message)

        await self._app(scope, receive, add_cookies)

    def _look(self, request: Request, place: str) -> Response:
        """Return the answer when it is given here; else an empty one, whose cookies are set on the app's."""
        # Imported late, because what it caches belongs to a server that is running.
        from dashboard.ui.resources import get_project

        through = Response(status_code=_THROUGH)
        try:
            settings = load_settings()
            if settings.auth == "open":
                return through
            if place in _LOGIN:
                count_sign_in(request, settings)
                return through
            is_in = is_somebody(get_project(), request.cookies)
        except TooManyRequests as error:
            return refusal(request, error)
        except VereditoError:
            # The page itself says what is wrong.
            return through
        if place.startswith(_UPLOAD):
            return through if is_in else Response(status_code=403)
        if place == _LOGOUT:
            if not is_in:
                through.delete_cookie(COOKIE, self._prefix or "/")
        elif not is_in:
            asked_page.keep(request, through, self._prefix)
        elif asked_page.COOKIE in request.cookies:
            return self._on(request, through, place)
        return through

    def _on(self, request: Request, through: Response, place: str) -> Response:
        """Send one who has just signed in on to the page asked for; a provider sends all to the home page."""
        onward = asked_page.kept(request, self._prefix)
        answer = (
            through if place != "/" or onward == request.url.path else RedirectResponse(onward, 303, QUIET)
        )
        asked_page.forget(answer, self._prefix)
        return answer


def _is_watched(method: str, place: str) -> bool:
    if method == "GET":
        return place in (*_LOGIN, _LOGOUT) or asked_page.is_page(place)
    return place.startswith(_UPLOAD)
