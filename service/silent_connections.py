"""Cuts connections over which a request never becomes whole: a body that trickles in, or stops half way.

The server closes a connection on which no head of a request arrives (`service.server.HEAD_SECONDS`), and a request that
is whole has an answer long before the limit here. So a connection over which nothing was sent for so long, and little
has come, belongs to a caller who does not finish what was begun; it holds a thread, of which there are `body_readers`.
The system knows all this of each connection; nothing has to be counted for each request.
"""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from dataclasses import dataclass

from service.connections import HASTY, Ends, Told, are_told, ends_of, own_sockets, told_of

log = logging.getLogger("parcel_screening")
LOOKS = 4
"""How often within the limit it is looked for such connections."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """How much of a body had come when that was last more than a trickle, and when that was seen."""

    come: int
    since: float


class Cutter:
    """Looks for silent connections of this process's listeners, again and again.

    Args:
        seconds: How long one may be silent.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen: dict[Ends, _Seen] = {}

    def cut(self) -> int:
        """Cut those that are silent for too long; returns how many."""
        with contextlib.ExitStack() as opened:
            sockets = [opened.enter_context(one) for one in own_sockets()]
            ports = {one.getsockname()[1] for one in sockets if one.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)}
            served = {ends: one for one in sockets if (ends := ends_of(one)) and ends[0] in ports}
            self._seen = {ends: seen for ends, seen in self._seen.items() if ends in served}
            silent = [one for ends, one in served.items() if self._is_silent(ends, told_of(one))]
            for one in silent:
                # Reading ends, so that whoever waits for the body goes on; an answer may still be sent.
                with contextlib.suppress(OSError):
                    one.shutdown(socket.SHUT_RD)
        if silent:
            log.warning("cut connections over which no request became whole", extra={"cause": f"{len(silent)} of them"})
        return len(silent)

    def _is_silent(self, ends: Ends, told: Told) -> bool:
        now = time.monotonic()
        seen = self._seen.setdefault(ends, _Seen(told.come, -self._seconds))
        if told.come - seen.come >= HASTY:
            seen = self._seen[ends] = _Seen(told.come, now)
        return told.is_open and told.silent > self._seconds and now - seen.since > self._seconds


def cut_silent_connections(seconds: float) -> None:
    """Start a thread that cuts what is silent for longer; does nothing on systems that do not tell."""
    if are_told():
        threading.Thread(target=_watch, args=(seconds,), name="silent-connections", daemon=True).start()


def _watch(seconds: float) -> None:
    cutter, pause = Cutter(seconds), threading.Event()
    while not pause.wait(seconds / LOOKS):
        cutter.cut()
