"""A body that is still on its way, for a request that has a thread of its own."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from io import RawIOBase
from typing import Protocol

from service.front.turns import away

MOST_AHEAD = 1024 * 1024
"""Bytes that are taken from the server at once where so many are there: each time costs a way to the loop and back."""
log = logging.getLogger("parcel_screening")


class Protocoled(Protocol):
    """The server's side of a request."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """Return the pieces of the body as they come."""

    async def __call__(self) -> bytes:
        """Return the body as a whole."""


class ComingBody(RawIOBase):
    """Reads what has come, and waits where nothing has; ends where the body ends or breaks off."""

    def __init__(self, protocol: Protocoled, loop: asyncio.AbstractEventLoop) -> None:
        self._pieces, self._loop = aiter(protocol), loop
        self._held, self._ended = memoryview(b""), False  # cut without a copy: it is taken in small blocks
        self._next: asyncio.Task[bytes] | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # what RawIOBase hands over
        """Read at least one byte, unless the body has ended."""
        if not self._held and not self._ended:
            with away():
                self._held = memoryview(asyncio.run_coroutine_threadsafe(self._come(), self._loop).result())
        taken, self._held = self._held[: len(buffer)], self._held[len(buffer) :]
        buffer[: len(taken)] = taken
        return len(taken)

    async def _come(self) -> bytes:
        """Return what is there, and wait for the first piece of it only."""
        found = [await self._piece()]
        size = len(found[0])
        while not self._ended and size < MOST_AHEAD and (more := await self._piece_that_is_there()):
            found.append(more)
            size += len(more)
        return b"".join(found)

    async def _piece(self) -> bytes:
        task, self._next = self._next or self._loop.create_task(self._ask()), None
        return await task

    async def _piece_that_is_there(self) -> bytes:
        self._next = self._next or self._loop.create_task(self._ask())
        await asyncio.sleep(0)
        return await self._piece() if self._next.done() else b""

    async def _ask(self) -> bytes:
        try:
            while True:
                if piece := await anext(self._pieces):
                    return piece
        except StopAsyncIteration:
            pass
        except Exception as error:  # noqa: BLE001 - however it broke off: its length tells that it did
            log.debug("a body broke off", extra={"cause": repr(error)})
        self._ended = True
        return b""
