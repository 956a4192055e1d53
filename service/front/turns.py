"""One thread at a time computes, beside the event loop.

Python lets one thread compute at a time, and each that would like to gets its turn after the others: with eight threads
that read forms, the loop has the ninth part of the time, and manifests come nine times as late. So threads that compute
for requests take turns among themselves first, and the loop has one rival at most. Who waits for something else than
the interpreter is `away` meanwhile and holds nobody up; who waits too long for a turn goes on without one.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator

PATIENCE_S = 0.02
"""Seconds after which a thread goes on without a turn, so that nobody waits for one that blocks unforeseen."""
_MINE = threading.local()


class Turns:
    """The turn that the threads of one worker share.

    Args:
        patience: Seconds that one waits for it, each time.
    """

    def __init__(self, patience: float = PATIENCE_S) -> None:
        self._patience = patience
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def one(self) -> Iterator[None]:
        """Work on a request in this thread, with the turn wherever it computes."""
        with _Turn(self._lock, self._patience) as turn:
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


class _Turn:
    """One thread's share in it."""

    def __init__(self, lock: threading.Lock, patience: float) -> None:
        self._lock, self._patience, self._has = lock, patience, False

    def __enter__(self) -> _Turn:
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        self.give()

    def take(self) -> None:
        self._has = self._lock.acquire(timeout=self._patience)

    def give(self) -> None:
        if self._has:
            self._has = False
            self._lock.release()
