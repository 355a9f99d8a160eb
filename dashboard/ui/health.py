"""`/healthz`, by which a container, a proxy or a monitor learns whether the app can be used."""

import asyncio
from functools import cache

from starlette.requests import Request
from starlette.responses import JSONResponse

from dashboard.config import load_settings
from dashboard.errors import VereditoError
from dashboard.services.health import FAILED, NO_ANSWER, WELL, Part, parts_of

DEADLINE_SECONDS = 3.0
"""What has not answered by then does not answer."""

_parts = cache(lambda: parts_of(load_settings()))


async def serve_health(request: Request) -> JSONResponse:
    """Tell how database, index and disk are: to anybody, so in plain words that say nothing else."""
    try:
        states = await _states(_parts())
    except VereditoError:
        states = {"settings": FAILED}
    ok = WELL.issuperset(states.values())
    return JSONResponse({"ok": ok, **states}, 200 if ok else 503, {"cache-control": "no-store"})


async def _states(parts: dict[str, Part]) -> dict[str, str]:
    asked = {name: asyncio.wrap_future(part.state()) for name, part in parts.items()}
    # Unlike `wait_for` this cancels nothing: the next who asks may still be told.
    answered, _late = await asyncio.wait(asked.values(), timeout=DEADLINE_SECONDS)
    return {name: state.result() if state in answered else NO_ANSWER for name, state in asked.items()}
