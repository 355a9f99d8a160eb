"""What a browser is told not to do with our pages, whatever is written on them."""

import base64
import hashlib
import re

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import logs

_YOUTUBE = "https://www.youtube.com https://www.youtube-nocookie.com"

POLICY = {
    "default-src": "'self'",
    "base-uri": "'none'",
    "connect-src": "'self'",
    "font-src": "'self' data:",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "frame-src": _YOUTUBE,
    "img-src": "'self' data: blob:",
    "media-src": "'self' blob:",
    "object-src": "'none'",
    # The desk's keys are a component of our own, which Streamlit loads from memory.
    "script-src": "'self' blob:",
    # Streamlit writes its styles while it runs.
    "style-src": "'self' 'unsafe-inline'",
    "worker-src": "'self' blob:",
}
"""The Content-Security-Policy by directive; `script-src` gets the hashes of the page's own scripts."""

ALWAYS = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # Other hosts learn ours, without which YouTube plays nothing, but never the path or what follows it.
    "referrer-policy": "strict-origin-when-cross-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
"""Headers of every answer."""

_SCRIPT = re.compile(rb"<script>(.*?)</script>", re.DOTALL)


def policy_for(page: bytes = b"") -> str:
    """Return the policy of an answer; the scripts that are written out in the page itself may run."""
    digests = (hashlib.sha256(script).digest() for script in _SCRIPT.findall(page))
    hashes = "".join(f" 'sha256-{base64.b64encode(digest).decode()}'" for digest in digests)
    return "; ".join(
        f"{name} {sources}{hashes if name == 'script-src' else ''}" for name, sources in POLICY.items()
    )


class SafeHeaders:
    """Gives every request a number for the log, and every answer the headers that it lacks.

    Cookies that come over TLS never go without it. Behind a proxy that is known by uvicorn's variable
    FORWARDED_ALLOW_IPS because of what that says, not of what is between it and us.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, and add the headers to what comes back."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": _safe(message["headers"], scope.get("scheme") == "https")}
            await send(message)

        logs.begin()
        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


def _safe(headers: list[tuple[bytes, bytes]], is_encrypted: bool) -> list[tuple[bytes, bytes]]:
    if is_encrypted:
        headers = [
            (name, _secure(value) if name.lower() == b"set-cookie" else value) for name, value in headers
        ]
    wanted = {**ALWAYS, "content-security-policy": policy_for()}
    there = {name.lower() for name, _ in headers}
    added = [(name.encode(), value.encode()) for name, value in wanted.items() if name.encode() not in there]
    return [*headers, *added]


def _secure(cookie: bytes) -> bytes:
    attributes = {attribute.strip().lower() for attribute in cookie.split(b";")[1:]}
    return cookie if b"secure" in attributes else cookie + b"; Secure"
