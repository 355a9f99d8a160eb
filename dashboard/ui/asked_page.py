"""The page that somebody asked for before they were signed in, kept in a cookie."""

from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import Response

COOKIE = "veredito_next"
KEPT_SECONDS = 600
LONGEST = 1_500


def is_page(place: str) -> bool:
    """Return whether a path below the base path is that of a page."""
    # Imported late, because what it caches belongs to a server that is running.
    from dashboard.ui.frame import PAGES

    return place == "/" or (place.startswith("/") and place[1:] in PAGES)


def keep(request: Request, answer: Response, prefix: str) -> None:
    """Let the browser remember which page it asked for."""
    asked = quote(request.url.path + (f"?{request.url.query}" if request.url.query else ""))
    if len(asked) <= LONGEST:
        answer.set_cookie(
            COOKIE, asked, max_age=KEPT_SECONDS, path=prefix or "/", httponly=True, samesite="lax"
        )


def kept(request: Request, prefix: str) -> str:
    """Return the address that the browser remembers; that of the home page unless it is a page of here."""
    parts = urlsplit(unquote(request.cookies.get(COOKIE, "")))
    place = parts.path.removeprefix(prefix)
    if parts.scheme or parts.netloc or not parts.path.startswith(prefix) or not is_page(place):
        return f"{prefix}/"
    query = urlencode(parse_qsl(parts.query, keep_blank_values=True))
    return f"{prefix}{place}" + (f"?{query}" if query else "")


def forget(answer: Response, prefix: str) -> None:
    """Let the browser forget it."""
    answer.delete_cookie(COOKIE, prefix or "/")
