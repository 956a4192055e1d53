"""Cuts connections over which a request never becomes whole: a body that trickles in, or stops half way.

The server closes a connection on which no head of a request arrives (`service.server.HEAD_SECONDS`), and a request that
is whole has an answer long before the limit here. So a connection over which nothing was sent to the caller for so long
belongs to a caller who does not finish what was begun; it holds a thread, of which there are `body_readers`. The system
knows when something was last sent over each connection; nothing has to be counted for each request.
"""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import struct
import threading
from collections.abc import Iterator

log = logging.getLogger("parcel_screening")
# Of linux/tcp.h, struct tcp_info: eight bytes and nine 32-bit numbers stand before `tcpi_last_data_sent`, in ms.
_LAST_SENT = struct.Struct("=44xI")
_ESTABLISHED = 1
LOOKS = 4
"""How often within the limit it is looked for such connections."""


def cut_silent_connections(seconds: float) -> None:
    """Start a thread that cuts what is silent for longer; does nothing on systems that do not tell."""
    if hasattr(socket, "TCP_INFO") and os.path.isdir("/proc/self/fd"):
        threading.Thread(target=_watch, args=(seconds,), name="silent-connections", daemon=True).start()


def _watch(seconds: float) -> None:
    pause = threading.Event()
    while not pause.wait(seconds / LOOKS):
        cut(seconds)


def cut(seconds: float) -> int:
    """Cut the connections of this process's listeners that heard nothing for that many seconds; returns how many."""
    with contextlib.ExitStack() as opened:
        sockets = [opened.enter_context(one) for one in _own_sockets()]
        ports = {one.getsockname()[1] for one in sockets if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)}
        silent = [one for one in sockets if one.getsockname()[1] in ports and _silent_seconds(one) > seconds]
        for one in silent:
            # Reading ends, so that whoever waits for the body goes on; an answer may still be sent.
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RD)
    if silent:
        log.warning("cut connections over which no request became whole", extra={"cause": f"{len(silent)} of them"})
    return len(silent)


def _own_sockets() -> Iterator[socket.socket]:
    """Yield a second handle on every TCP socket of this process."""
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                one = socket.socket(fileno=os.dup(int(name)))
                if one.family in {socket.AF_INET, socket.AF_INET6} and one.type == socket.SOCK_STREAM:
                    yield one
                else:
                    one.close()


def _silent_seconds(connection: socket.socket) -> float:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 256)
    return float(_LAST_SENT.unpack_from(info)[0]) / 1000 if info[0] == _ESTABLISHED else 0.0
