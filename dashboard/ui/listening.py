"""Where the app may listen: where anybody may choose any name, only on this machine."""

import sys
from ipaddress import ip_address
from typing import NoReturn

from dashboard.config import load_settings
from dashboard.errors import N_, SettingsError, VereditoError


def check_address(address: str | None) -> None:
    """End the program, with the reason on standard error, when it would listen where it must not.

    Args:
        address: Streamlit's setting `server.address`; None and empty mean every network of the machine.
    """
    if is_this_machine(address):
        return
    try:
        is_open = load_settings().auth == "open"
    except VereditoError as error:
        _end(error)
    if is_open:
        _end(
            SettingsError(
                N_(
                    "With VEREDITO_AUTH=open whoever reaches the app may choose any name, so it listens on "
                    "this machine only; found the address {address}. Leave --server.address and "
                    "STREAMLIT_SERVER_ADDRESS at 127.0.0.1, or set VEREDITO_AUTH to invite or oidc."
                ),
                address=address or "0.0.0.0",
            )
        )


def is_this_machine(address: str | None) -> bool:
    """Return whether an address reaches nobody but this machine."""
    if address == "localhost":
        return True
    try:
        return ip_address(address or "0.0.0.0").is_loopback
    except ValueError:
        return False


def _end(error: VereditoError) -> NoReturn:
    print(f"error: {' '.join(str(error).split())}", file=sys.stderr)
    raise SystemExit(1)
