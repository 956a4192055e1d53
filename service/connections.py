"""The connections of this process's listeners, as the system tells of them; only Linux tells enough."""

from __future__ import annotations

import contextlib
import ipaddress
import os
import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

# Of linux/tcp.h, struct tcp_info: eight bytes and nine 32-bit numbers stand before `tcpi_last_data_sent` (ms), eighteen
# numbers more and two of 64 bits before `tcpi_bytes_acked` and `tcpi_bytes_received`.
_INFO = struct.Struct("=44xI72xQQ")
_ESTABLISHED = 1
Ends = tuple[int, tuple[str, int]]
"""Port on this side, and address and port of the caller."""
HASTY = 1024 * 1024
"""Bytes of a body within the time that a connection may be silent, by which its caller is known to be at it: a caller
who sends all before reading takes nothing meanwhile, and a long batch takes minutes on a slow line."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the system tells of a connection.

    Attributes:
        is_open: Whether both sides may still send; the HTTP server drops a connection whose caller will not.
        silent: Seconds since something was last sent to the caller.
        taken: Bytes that the caller's system has taken since the connection began.
        come: Bytes that have come from the caller since then.
    """

    is_open: bool
    silent: float
    taken: int
    come: int


def are_told() -> bool:
    """Whether this system tells of connections."""
    return hasattr(socket, "TCP_INFO") and os.path.isdir("/proc/self/fd")


def told_of(connection: socket.socket) -> Told:
    """Return what the system tells of a TCP connection now."""
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    silent, taken, come = _INFO.unpack_from(info)
    return Told(info[0] == _ESTABLISHED, silent / 1000, taken, come)


def own_sockets() -> Iterator[socket.socket]:
    """Yield a second handle on every TCP socket of this process; whoever takes it closes it."""
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                one = socket.socket(fileno=os.dup(int(name)))
                if one.family in {socket.AF_INET, socket.AF_INET6} and one.type == socket.SOCK_STREAM:
                    yield one
                else:
                    one.close()


def connection_of(server: str, client: str) -> socket.socket | None:
    """Return a second handle on one connection, which whoever asked closes; None where it is not found.

    Args:
        server: Address and port at which it came, as `127.0.0.1:8080` or `[::1]:8080`.
        client: Address and port of the caller.
    """
    wanted = _place(server)[1], _place(client)
    found = None
    for one in own_sockets() if are_told() else ():
        if found is None and ends_of(one) == wanted:
            found = one
        else:
            one.close()
    return found


def ends_of(one: socket.socket) -> Ends | None:
    """Return what tells a connection from every other; None where it has no caller, as a listener."""
    try:
        (address, port), here = one.getpeername()[:2], one.getsockname()[1]
    except OSError:  # it listens, or was closed
        return None
    return here, (_plain(address), port)


def _place(text: str) -> tuple[str, int]:
    address, _, port = text.rpartition(":")
    return _plain(address.strip("[]")), int(port) if port.isdecimal() else 0


def _plain(address: str) -> str:
    """Return an address in the one way to write it; without the interface, which each library names otherwise."""
    with contextlib.suppress(ValueError):
        return str(ipaddress.ip_address(address.partition("%")[0]))
    return address
