"""The addresses of invites, and what is told to those whom a link does not let in."""

from datetime import UTC, datetime
from functools import cache
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from dashboard.config import Settings
from dashboard.errors import AccessRefused, NotFound, TooManyRequests, VereditoError
from dashboard.roles import Actor, Via
from dashboard.services import sign_ins
from dashboard.services.invites import INVITE_PATH
from dashboard.services.project import Project
from dashboard.services.rate_limits import RateLimit
from dashboard.ui import asked_page
from dashboard.ui.i18n import LANGUAGES, explain, speaking
from dashboard.ui.peer import client_address, is_https
from dashboard.ui.visitors import COOKIE, visitor

OPENINGS_A_MINUTE = 60
"""From one address, behind which a whole laboratory may sit."""
QUIET = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<meta name="color-scheme" content="light dark"><title>Veredito</title></head>'
    '<body style="font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 12vh auto; '
    'padding: 0 1rem">'
    "<h1>Veredito</h1><p>{text}</p></body></html>"
)


def sign_in_routes(prefix: str) -> list[Route]:
    """Return the routes; `prefix` is the base path of the app, such as `/lab` or empty."""

    def open_invite(request: Request) -> Response:
        # Imported late, because what it caches belongs to a server that is running.
        from dashboard.ui.resources import get_project

        try:
            return _open_invite(request, get_project(), prefix)
        except VereditoError as error:
            return refusal(request, error)

    return [Route(f"{prefix}{INVITE_PATH}/{{token:path}}", open_invite)]


def _open_invite(request: Request, project: Project, prefix: str) -> Response:
    settings = project.settings
    if settings.auth != "invite":
        return Response(status_code=404)
    # Robots that look at links before people do sign nobody in.
    if request.method == "HEAD" or "prefetch" in request.headers.get("sec-purpose", ""):
        return Response(status_code=204, headers=QUIET)
    count_sign_in(request, settings)
    token = request.path_params["token"]
    answer = RedirectResponse(asked_page.kept(request, prefix), 303, QUIET)
    here = visitor(project, request.cookies)
    if here is None or not sign_ins.is_for(project, token, here.name):
        opened = sign_ins.open_invite(project, token)
        answer.set_cookie(
            COOKIE,
            opened.token,
            max_age=int((opened.expires_at - datetime.now(UTC)).total_seconds()),
            path=prefix or "/",
            secure=is_https(request, settings.trusted_proxies),
            httponly=True,
            samesite="lax",
        )
        if here is not None:
            sign_ins.sign_out(project.acting_as(Actor(here.name, Via.PAGE, here.sign_in_id)))
    asked_page.forget(answer, prefix)
    return answer


def count_sign_in(request: Request, settings: Settings) -> None:
    """Count one more attempt to sign in.

    Raises:
        TooManyRequests: It was one too many, from the same address or from all together.
    """
    _attempts().count(client_address(request, settings.trusted_proxies))


def refusal(request: Request, error: VereditoError) -> Response:
    """Return a page that says in the reader's language why not, and what to do."""
    status = 503
    for kind, code in ((TooManyRequests, 429), (AccessRefused, 403), (NotFound, 404)):
        status = code if isinstance(error, kind) else status
    with speaking(_language(request)) as language:
        page = _PAGE.format(language=language, text=escape(explain(error)))
    return HTMLResponse(page, status, {**QUIET, **({"Retry-After": "60"} if status == 429 else {})})


def _language(request: Request) -> str:
    from dashboard.ui.resources import get_project

    for asked in request.headers.get("accept-language", "").split(","):
        for name in LANGUAGES:
            if asked.strip()[:2].casefold() == name[:2]:
                return name
    return get_project().settings.language


@cache
def _attempts() -> RateLimit:
    return RateLimit(OPENINGS_A_MINUTE, 10 * OPENINGS_A_MINUTE)
