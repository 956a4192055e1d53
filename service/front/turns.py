"""Threads that compute for requests stand back behind the event loop, and behind each other.

Python lets one thread compute at a time, and each that would like to gets its turn after the others: with eight threads
that read forms, the loop has the ninth part of the time, and manifests come nine times as late. So such threads take
turns among themselves, and begin each step only while the loop has no request. Who waits for something else than the
interpreter is `away` meanwhile and holds nobody up; who waits too long for a turn, or for the loop, goes on all the
same: pictures come later where manifests come without a pause, but they come.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator

PATIENCE_S = 0.02
"""Seconds that a thread waits for its turn, and for the loop to have no request, before it goes on without."""
MOST_S = 0.2
"""Seconds that one request waits in this way for all its steps, about ten for a picture: a loop whose requests wait for
a database that does not answer has some all the time."""
_MINE = threading.local()


class Turns:
    """The turn that the threads of one worker share.

    Args:
        patience: Seconds that one waits, each time.
        most: Seconds that one waits for all steps of a request together.
    """

    def __init__(self, patience: float = PATIENCE_S, most: float = MOST_S) -> None:
        self._patience, self._most = patience, most
        self._lock, self._no_request = threading.Lock(), threading.Event()
        self._no_request.set()
        self._requests = 0

    @contextlib.contextmanager
    def on_loop(self) -> Iterator[None]:
        """Work on a request in the event loop; called by its thread alone."""
        self._requests += 1
        self._no_request.clear()
        try:
            yield
        finally:
            self._requests -= 1
            if not self._requests:
                self._no_request.set()

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Work on a request in this thread, with the turn wherever it computes."""
        with _Turn(self._lock, self._no_request, self._patience, self._most) as turn:
            _MINE.turn = turn
            try:
                yield
            finally:
                _MINE.turn = None


@contextlib.contextmanager
def away() -> Iterator[None]:
    """Wait for something, and let others have the turn meanwhile; anywhere else than in `Turns.one` it does nothing."""
    turn: _Turn | None = getattr(_MINE, "turn", None)
    if turn is None:
        yield
        return
    turn.give()
    try:
        yield
    finally:
        turn.take()


def give_way() -> None:
    """Let others go first between two steps; anywhere else than in `Turns.one` it does nothing."""
    turn: _Turn | None = getattr(_MINE, "turn", None)
    if turn is not None:
        turn.give()
        turn.take()


class _Turn:
    """One thread's share in it."""

    def __init__(self, lock: threading.Lock, no_request: threading.Event, patience: float, most: float) -> None:
        self._lock, self._no_request, self._has = lock, no_request, False
        self._patience, self._left = patience, most

    def __enter__(self) -> _Turn:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.give()

    def take(self) -> None:
        began = time.monotonic()
        self._has = self._lock.acquire(timeout=min(self._patience, self._left))
        self._no_request.wait(min(self._patience, self._left))
        self._left = max(0.0, self._left - (time.monotonic() - began))

    def give(self) -> None:
        if self._has:
            self._has = False
            self._lock.release()
