"""Who asks, seen from the network. What a visitor writes into a header counts only from a trusted proxy."""

from ipaddress import ip_address, ip_network

from starlette.requests import Request

_BELIEVED = "127.0.0.1"
"""Whose headers the web server itself takes for true, and then puts port 0 in the place of the real one."""


def client_address(request: Request, proxies: tuple[str, ...]) -> str:
    """Return the visitor's address.

    Args:
        request: What was asked.
        proxies: Networks of the reverse proxies that are trusted.
    """
    address = _peer(request)
    forwarded = [part.strip() for part in ",".join(request.headers.getlist("x-forwarded-for")).split(",")]
    # From the right: each trusted proxy has written down who asked it.
    while _is_in(address, proxies) and forwarded and forwarded[-1]:
        address = forwarded.pop()
    return address


def is_https(request: Request, proxies: tuple[str, ...]) -> bool:
    """Return whether the visitor's browser asked by https."""
    if request.url.scheme == "https":
        return True
    return _is_in(_peer(request), proxies) and request.headers.get("x-forwarded-proto") == "https"


def _peer(request: Request) -> str:
    host, port = request.client or ("", 0)
    return host if port else _BELIEVED


def _is_in(address: str, networks: tuple[str, ...]) -> bool:
    try:
        parsed = ip_address(address)
    except ValueError:
        return False
    return any(parsed in ip_network(network) for network in networks)
