"""Whom a browser's cookies are of."""

import json
from collections.abc import Mapping
from typing import Any

from dashboard.services import sign_ins
from dashboard.services.project import Project
from dashboard.store.sign_ins import SignIn

COOKIE = "veredito_sign_in"
"""The cookie of who came by an invite. Who came by a provider has Streamlit's own."""


def visitor(project: Project, cookies: Mapping[str, str]) -> SignIn | None:
    """Return the sign-in of whoever asked for something besides a page, None when it does not hold."""
    if project.settings.auth == "invite":
        return sign_ins.signed_in(project, cookies.get(COOKIE, ""))
    if project.settings.auth == "oidc":
        return sign_ins.signed_in_before(project, _claims(cookies))
    return None


def is_somebody(project: Project, cookies: Mapping[str, str]) -> bool:
    """Return whether somebody who asks for a page is signed in, or comes from a provider this very moment."""
    if project.settings.auth == "oidc":
        return bool(_claims(cookies))
    return visitor(project, cookies) is not None


def _claims(cookies: Mapping[str, str]) -> Mapping[str, Any]:
    """Return what the provider said, from Streamlit's signed cookie; empty unless it is whole."""
    from streamlit.auth_util import get_cookie_with_chunks
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    def read(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(get_cookie_secret(), name, value.encode("latin-1")) if value else None

    found = get_cookie_with_chunks(read, USER_COOKIE_NAME)
    claims = json.loads(found) if found else {}
    return claims if isinstance(claims, dict) else {}
