"""Waiting, written once for requests in a thread of their own and for those that the event loop works on.

A thread that waits blocks. A request on the event loop runs in a greenlet: its code reads as that of a thread does, but
where it waits here the loop goes on with other requests, and comes back when what was waited for is there.
"""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.util import await_only
from sqlalchemy.util.concurrency import in_greenlet

from service.front.turns import away, give_way

Result = TypeVar("Result")
PASSES = 4
"""Rounds of the loop from a commit's end to its answer (the thread's result, the writer, the bell, the request); a
request's head and its body come in fewer."""
QUANTUM_S = 0.0005
"""Seconds of computing after which the others are let in: a fraction of what one request takes."""
_BELLS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Bell] = WeakKeyDictionary()
_TRAFFIC: WeakKeyDictionary[asyncio.AbstractEventLoop, _Traffic] = WeakKeyDictionary()
__all__ = ["aside", "here", "in_greenlet", "let_others_in", "outcome", "sleep"]


def outcome(future: Future[Result], seconds: float | None) -> Result:
    """Return what a future of another thread brings.

    Args:
        future: Its result is made by somebody else.
        seconds: How long to wait; None: as long as it takes.

    Raises:
        TimeoutError: It did not come in time.
        BaseException: Whatever the future brings instead of a result.
    """
    if in_greenlet() and not future.done():
        await_only(_done(future, seconds))
        return future.result(0)
    with away():
        return future.result(seconds)


def aside(do: Callable[[], Result], threads: Executor | None = None) -> Result:
    """Do something that may block; on the event loop in another thread, so that the loop goes on.

    Args:
        do: It must not wait in the ways of this module.
        threads: Where; None: those of the loop.
    """
    if not in_greenlet():
        with away():
            return do()
    context = contextvars.copy_context()
    return await_only(asyncio.get_running_loop().run_in_executor(threads, context.run, do))


def sleep(seconds: float) -> None:
    """Wait for so many seconds."""
    if in_greenlet():
        await_only(asyncio.sleep(seconds))
    else:
        with away():
            time.sleep(seconds)


@contextlib.contextmanager
def here(loop: asyncio.AbstractEventLoop) -> Iterator[None]:
    """Count a request as one of those that the loop works on, or that wait there, for as long as the context lasts."""
    traffic = _traffic(loop)
    traffic.requests += 1
    try:
        yield
    finally:
        traffic.requests -= 1


def let_others_in() -> None:
    """Let others go first: a thread the event loop's requests, those the ones that need the loop for a moment only.

    The latter are who has just come, and whose record is on disk.

    Without it each of the rounds in which they get on would last as long as a whole request is computed. It costs
    nothing where there is nobody else, and little where the last time is but a moment ago.
    """
    if in_greenlet():
        traffic = _traffic(asyncio.get_running_loop())
        if traffic.requests > 1 and time.perf_counter() - traffic.let_in > QUANTUM_S:
            await_only(_rounds())
            traffic.let_in = time.perf_counter()
    else:
        give_way()


@dataclass(slots=True)
class _Traffic:
    """How many requests a loop has, and when it last let others in (seconds of `time.perf_counter`)."""

    requests: int = 0
    let_in: float = 0.0


async def _rounds() -> None:
    for _ in range(PASSES):
        await asyncio.sleep(0)


def _traffic(loop: asyncio.AbstractEventLoop) -> _Traffic:
    traffic = _TRAFFIC.get(loop)
    return traffic or _TRAFFIC.setdefault(loop, _Traffic())


class _Bell:
    """Wakes requests of one loop from other threads: for a group that was recorded together the loop is called once."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._woken: deque[asyncio.Future[None]] = deque()  # its ends may be used by several threads without a lock
        self._rung = False

    def wake(self, waiter: asyncio.Future[None]) -> None:
        """Let a waiter go on; from any thread."""
        self._woken.append(waiter)
        if not self._rung:
            self._rung = True
            self._loop.call_soon_threadsafe(self._heard)

    def _heard(self) -> None:
        self._rung = False  # before the first is taken: who is added from now on rings again
        while self._woken:
            _wake(self._woken.popleft())


def _bell(loop: asyncio.AbstractEventLoop) -> _Bell:
    bell = _BELLS.get(loop)
    return bell or _BELLS.setdefault(loop, _Bell(loop))


async def _done(future: Future[Result], seconds: float | None) -> None:
    loop = asyncio.get_running_loop()
    waiter: asyncio.Future[None] = loop.create_future()
    future.add_done_callback(lambda _: _bell(loop).wake(waiter))
    timer = loop.call_later(seconds, _wake, waiter) if seconds is not None else None
    try:
        await waiter
    finally:
        if timer:
            timer.cancel()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
