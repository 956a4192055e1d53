"""How much of a streamed answer its caller has not taken yet; who sends more waits for that.

The server takes every piece at once and holds what the caller does not read, however much that is: the answers of one
long batch would fill the worker's memory. The system knows how much of what was sent the caller's side has taken.
"""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Iterator

from service.connections import HASTY, Told, connection_of, told_of

MOST = 1024 * 1024
"""Bytes of an answer that are on their way at once: enough for a fast line, and little for four batches a worker."""
PAUSE_S = 0.02


class NotTakenError(Exception):
    """The caller has gone, or has taken nothing for so long that it is taken for gone."""


class Taken:
    """Counts what is sent over one connection against what was taken.

    Args:
        connection: A handle of one's own on it; None where the system does not tell of it: then nothing waits.
        patience: Seconds after which a caller who takes nothing, and sends no more than a trickle, is given up.
        most: Bytes that may be on their way.
    """

    def __init__(self, connection: socket.socket | None, patience: float, most: int = MOST) -> None:
        self._connection, self._patience, self._most = connection, patience, most
        self._sent, self._before = 0, told_of(connection).taken if connection else 0

    def sent(self, size: int) -> None:
        """Hear that so many bytes more were sent; waits while more than the bound is on its way.

        Raises:
            NotTakenError: The caller has gone, or takes nothing.
        """
        self._sent += size
        if self._connection and self._sent > self._most:  # else nothing could be too much
            self._wait(self._connection)

    def _wait(self, connection: socket.socket) -> None:
        seen = told = told_of(connection)
        since = time.monotonic()
        while self._sent - (told.taken - self._before) > self._most:
            if not told.is_open or time.monotonic() - since > self._patience:
                # Both ways: whoever comes to read after all must not take what is there for the whole answer.
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
                raise NotTakenError
            time.sleep(PAUSE_S)
            told = told_of(connection)
            if _moved(seen, told):
                seen, since = told, time.monotonic()


@contextlib.contextmanager
def taken_by(server: str, client: str, patience: float) -> Iterator[Taken]:
    """Count what the caller of a request takes.

    Args:
        server: Address and port at which the request came.
        client: Address and port of the caller.
        patience: As for `Taken`.
    """
    connection = connection_of(server, client)
    with connection or contextlib.nullcontext():
        yield Taken(connection, patience)


def _moved(before: Told, now: Told) -> bool:
    return now.taken > before.taken or now.come - before.come >= HASTY
