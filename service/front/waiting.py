"""Waiting, written once for requests in a thread of their own and for those that the event loop works on.

A thread that waits blocks. A request on the event loop runs in a greenlet: its code reads as that of a thread does, but
where it waits here the loop goes on with other requests, and comes back when what was waited for is there.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections import deque
from collections.abc import Callable
from concurrent.futures import Executor, Future
from typing import TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy.util import await_only
from sqlalchemy.util.concurrency import in_greenlet

Result = TypeVar("Result")
_BELLS: WeakKeyDictionary[asyncio.AbstractEventLoop, _Bell] = WeakKeyDictionary()
__all__ = ["aside", "in_greenlet", "let_others_in", "outcome"]


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
    return future.result(seconds)


def aside(do: Callable[[], Result], threads: Executor | None = None) -> Result:
    """Do something that may block; on the event loop in another thread, so that the loop goes on.

    Args:
        do: It must not wait in the ways of this module.
        threads: Where; None: those of the loop.
    """
    if not in_greenlet():
        return do()
    context = contextvars.copy_context()
    return await_only(asyncio.get_running_loop().run_in_executor(threads, context.run, do))


def let_others_in() -> None:
    """On the event loop, let those who have just come take their places before this request goes on."""
    if in_greenlet():
        await_only(asyncio.sleep(0))


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
