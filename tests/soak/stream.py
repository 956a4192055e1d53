"""Many requests from one thread: at a fixed rate, whatever the service does, or as fast as so many callers can.

A rate that does not wait for answers is what a belt is: parcels come when they come, each on a connection of its own
where none is free. How late this thread itself was with a request is told beside its seconds, not hidden in them.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tests.soak.http_wire import TIMEOUT_S, Answer, answer_in, head_of, on_the_wire
from tests.soak.ledger import REFUSED
from tests.soak.parcels import Parcel


@dataclass(frozen=True, slots=True)
class Timed:
    """One request and how it ended.

    Attributes:
        parcel: What was sent.
        answer: None where the connection was lost.
        seconds: From sending, connecting included, to the whole answer.
        late: Seconds by which the sender itself was late.
    """

    parcel: Parcel
    answer: Answer | None
    seconds: float
    late: float = 0.0

    @property
    def status(self) -> int:
        """The answer's status; 0 where there was none."""
        return self.answer.status if self.answer else 0


class _Pipe(asyncio.Protocol):
    """One keep-alive connection with at most one request at a time."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport: asyncio.Transport = transport  # type: ignore[assignment]  # a TCP connection is one
        self.data, self.lost = b"", False
        self.answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        self.data += data
        if (found := answer_in(self.data)) and not self.answer.done():
            self.data = found[1]
            self.answer.set_result(found[0])

    def connection_lost(self, exc: Exception | None) -> None:
        self.lost = True
        if not self.answer.done():
            self.answer.set_exception(ConnectionError("lost"))

    async def ask(self, data: bytes) -> Answer:
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(data)
        async with asyncio.timeout(TIMEOUT_S):
            return await self.answer


@dataclass
class Stream:
    """A caller of one service with as many connections as it needs."""

    port: int
    key: str
    timed: list[Timed] = field(default_factory=list)
    heard: Callable[[Timed], None] | None = None
    """Takes each request as it ends; None keeps all in `timed`, which a long run has no memory for."""
    idle: list[_Pipe] = field(default_factory=list)
    stopped: bool = False

    def at_rate(self, parcels: list[Parcel], rate: float) -> list[Timed]:
        """Send so many parcels a second, and return how each ended."""
        asyncio.run(self._at_rate(parcels, rate))
        return self.timed

    def as_fast_as(
        self, callers: int, parcels: Iterator[Parcel], seconds: float = 3600.0, pause: float = 0.0
    ) -> list[Timed]:
        """Let so many callers send one parcel after another, until there are no more or the time is over.

        Whoever is refused waits `pause` seconds before the next one.
        """
        asyncio.run(self._as_fast_as(callers, parcels, seconds, pause))
        return self.timed

    def stop(self) -> None:
        """Send no more; what was sent is still waited for. May be called from another thread."""
        self.stopped = True

    async def _at_rate(self, parcels: list[Parcel], rate: float) -> None:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number, parcel in enumerate(parcels):
                due = began + number / rate
                if (early := due - time.perf_counter()) > 0:
                    await asyncio.sleep(early)
                if self.stopped:
                    break
                group.create_task(self._send(parcel, due))
                if early <= 0:
                    await asyncio.sleep(0)  # late: answers must be read all the same
        self._close()

    async def _as_fast_as(self, callers: int, parcels: Iterator[Parcel], seconds: float, pause: float) -> None:
        until = time.perf_counter() + seconds

        async def caller() -> None:
            for parcel in parcels:
                ended = await self._send(parcel, time.perf_counter())
                if ended.status in REFUSED:
                    await asyncio.sleep(pause)
                if self.stopped or time.perf_counter() > until:
                    return

        async with asyncio.TaskGroup() as group:
            for _ in range(callers):
                group.create_task(caller())
        self._close()

    async def _send(self, parcel: Parcel, due: float) -> Timed:
        answer, began = None, time.perf_counter()
        try:
            pipe = await self._pipe()
            data = on_the_wire(parcel.request, head_of("127.0.0.1", self.key))
            answer = await pipe.ask(data)
            if answer.closes:
                pipe.transport.close()
            else:
                self.idle.append(pipe)
        except OSError:  # also a connection that was lost, and one that timed out
            pass
        ended = Timed(parcel, answer, time.perf_counter() - began, began - due)
        (self.heard or self.timed.append)(ended)
        return ended

    async def _pipe(self) -> _Pipe:
        while self.idle:
            if not (pipe := self.idle.pop()).lost:
                return pipe
        loop = asyncio.get_running_loop()
        _, pipe = await loop.create_connection(_Pipe, "127.0.0.1", self.port)
        return pipe

    def _close(self) -> None:
        for pipe in self.idle:
            pipe.transport.close()
        self.idle.clear()


def percentile(seconds: list[float], share: float) -> float:
    """Return the value below which `share` of them lie; 0 where there are none."""
    ordered = sorted(seconds)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0
