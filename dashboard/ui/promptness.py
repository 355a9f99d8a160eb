"""Answers that leave at once, where TCP would wait up to 40 ms for the browser to confirm the last one."""

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import suppress

_OPEN_FILES = "/dev/fd"


def answer_at_once(port: int) -> None:
    """Switch off that waiting (Nagle's algorithm) on this process's sockets that are bound to a port.

    asyncio does so by itself, but only for sockets that say that they are TCP, and the one that Streamlit
    binds does not. What a listening socket has, those that it accepts have too; a system on which that is
    otherwise, or that does not tell its open files, is only slower.

    Args:
        port: Where the server listens, or is about to.
    """
    for number in _sockets():
        with suppress(OSError), socket.socket(fileno=os.dup(number)) as found:
            is_tcp = found.type == socket.SOCK_STREAM and found.family in (socket.AF_INET, socket.AF_INET6)
            if is_tcp and found.getsockname()[1] == port:
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _sockets() -> Iterator[int]:
    with suppress(OSError):
        for number in map(int, os.listdir(_OPEN_FILES)):
            with suppress(OSError):
                if stat.S_ISSOCK(os.fstat(number).st_mode):
                    yield number
