"""Whether people can sign in: an admin, and the provider in the file that Streamlit reads."""

import os
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from dashboard.roles import Role
from dashboard.services.project import Project
from dashboard.store import accounts

SHARED = ("redirect_uri", "cookie_secret")
OF_PROVIDER = ("client_id", "client_secret", "server_metadata_url")
CALLBACK = "/oauth2callback"
SHORTEST_SECRET = 32
_VARIABLE = "STREAMLIT_SECRETS_FILES"
_TEMPLATE = "[auth] in .streamlit/secrets.toml; docs/access.md has an example"


def find_no_admin(project: Project) -> tuple[str, str]:
    """Return how many admins may come in and, when there is none, how to make the first."""
    by_provider = project.settings.auth == "oidc"
    with project.store.read() as session:
        admins = accounts.count_admins(session)
        rules = [role for _pattern, role in accounts.list_rules(session)] if by_provider else []
    if admins or Role.ADMIN in rules:
        return f"{project.settings.auth}, {admins} {'admin' if admins == 1 else 'admins'}", ""
    how = "grant E-MAIL admin" if by_provider else "invite NAME --role admin"
    return f"{project.settings.auth}, no admin", f"Make the first: python -m dashboard {how}"


def find_fault(folder: Path) -> tuple[str, str]:
    """Return what was found and, when something is wrong with it, what to do; no value is in either.

    Args:
        folder: Where the app is started.
    """
    try:
        auth = _auth_section(folder)
    except (OSError, tomllib.TOMLDecodeError) as error:
        return f"secrets.toml cannot be read: {type(error).__name__}", "Mend the file."
    if auth is None:
        return "there is no section [auth]", f"Write the section {_TEMPLATE}."
    providers = {
        name: one for name, one in auth.items() if isinstance(one, Mapping) and name != "client_kwargs"
    }
    if not providers or "client_id" in auth:
        providers = {"auth": auth}
    missing = [name for name in SHARED if not auth.get(name)]
    missing += [
        name if place == "auth" else f"{place}.{name}"
        for place, one in providers.items()
        for name in OF_PROVIDER
        if not one.get(name)
    ]
    if missing:
        return f"the section [auth] lacks {', '.join(missing)}", f"Complete {_TEMPLATE}."
    if not urlsplit(str(auth["redirect_uri"])).path.endswith(CALLBACK):
        return "redirect_uri does not end in /oauth2callback", "Write the app's address and /oauth2callback."
    if len(str(auth["cookie_secret"])) < SHORTEST_SECRET:
        return "cookie_secret is short", f"Use {SHORTEST_SECRET} random characters or more."
    return "the section [auth] is complete", ""


def _auth_section(folder: Path) -> Mapping[str, Any] | None:
    found: Mapping[str, Any] | None = None
    named = os.environ.get(_VARIABLE, "")
    usual = [Path.home() / ".streamlit/secrets.toml", folder / ".streamlit/secrets.toml"]
    # As with Streamlit, what is read later counts.
    for path in [Path(one) for one in named.split() if one] or usual:
        if path.is_file():
            section = tomllib.loads(path.read_text(encoding="utf-8")).get("auth")
            found = section if isinstance(section, Mapping) else found
    return found
