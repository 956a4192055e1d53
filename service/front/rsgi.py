"""The application as the server runs it: one event loop a worker, and threads for what takes long.

Python's threads take turns, and each turn costs: threads give no more answers than one that does one request after the
other, and everybody who waits holds one (`docs/operations.md`, "Which server"). So the event loop itself works on what
takes a few milliseconds, each request in a greenlet (`service.front.waiting`). Pictures, batches, pages and everything
else have threads, as in any WSGI server.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Protocol

from granian.rsgi import ProtocolClosed  # type: ignore[attr-defined]  # not named among its exports
from sqlalchemy.util import greenlet_spawn

from service.front.bodies import ComingBody, Protocoled
from service.front.environ import IS_HERE, Scope, environ_of
from service.front.taken import NotTakenError, taken_by
from service.front.turns import Turns
from service.front.waiting import here

SMALL = 64 * 1024
"""Bytes of a body that the loop takes; a longer manifest is read by a thread, so that nobody waits for it."""
ASIDE = 8
"""Threads for what the loop must not wait for: PostgreSQL, the place for writing in SQLite, and the disk's promise."""
QUICK = frozenset({("POST", "/v1/screenings"), ("POST", "/v1/scores")})
JSON_TYPE = "application/json"
SWITCH_S = 0.0003
"""Seconds after which a thread that computes lets another one go first. With Python's own 5 ms the server's thread,
which tells the loop of each request and each body, could wait that long, and who is refused would hear of it late."""
log = logging.getLogger("parcel_screening.http")
Environ = dict[str, Any]
Answer = tuple[int, list[tuple[str, str]], bytes]
"""Status, headers in lower case, body."""


class Sender(Protocol):
    """The rest of a streamed answer."""

    async def send_bytes(self, data: bytes) -> None:
        """Send a piece."""


class RsgiProtocol(Protocoled, Protocol):
    """The server's side of a request, with its answer."""

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send an answer as a whole."""

    def response_stream(self, status: int, headers: list[tuple[str, str]]) -> Sender:
        """Begin an answer."""


@dataclass(slots=True)
class _Begun:
    """The head of an answer, as the application gives it."""

    status: int = 500
    headers: tuple[tuple[str, str], ...] = ()

    def start(self, status: str, headers: list[tuple[str, str]], _error: Any = None) -> Callable[[bytes], object]:
        """Take it (`start_response` of WSGI)."""
        self.status, self.headers = int(status[:3]), tuple((name.lower(), value) for name, value in headers)
        return _never_called


class Front:
    """What granian calls for each request.

    Args:
        application: The WSGI application.
        threads: How many requests may be worked on outside of the loop.
        patience: Seconds after which a caller is given up who takes nothing of a streamed answer.
        serving: Is told the loop before the first request.
        crowded: Returns the answer to a quick request for which there is no room; None where there is.
    """

    def __init__(
        self,
        application: Callable[[Environ, Any], Iterable[bytes]],
        threads: int,
        patience: float,
        serving: Callable[[asyncio.AbstractEventLoop], None] = lambda _: None,
        crowded: Callable[[Scope], Answer | None] = lambda _: None,
    ) -> None:
        self._application, self._serving, self._crowded = application, serving, crowded
        self._pool = ThreadPoolExecutor(threads, "request")
        self._turns, self._patience = Turns(), patience
        self._loop: asyncio.AbstractEventLoop

    def __rsgi_init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear of the loop; in the worker, before it listens."""
        self._loop = loop
        loop.set_default_executor(ThreadPoolExecutor(ASIDE, "aside"))
        sys.setswitchinterval(SWITCH_S)
        self._serving(loop)

    async def __rsgi__(self, scope: Scope, protocol: RsgiProtocol) -> None:
        """Answer one request."""
        if is_quick(scope):
            with here(self._loop), self._turns.on_loop():
                await self._on_loop(scope, protocol)
        else:
            await self._in_thread(scope, protocol)

    async def _on_loop(self, scope: Scope, protocol: RsgiProtocol) -> None:
        try:
            body = await protocol()
        except Exception:  # noqa: BLE001 - it broke off, and the length tells so
            body = b""
        # From here on nothing is waited for until the request has a place: who came together with it sees that.
        if full := self._crowded(scope):
            protocol.response_bytes(*full)
            return
        begun = _Begun()
        environ = environ_of(scope, BytesIO(body)) | {IS_HERE: True}
        text = await greenlet_spawn(self._whole, environ, begun)
        protocol.response_bytes(begun.status, list(begun.headers), text)

    def _whole(self, environ: Environ, begun: _Begun) -> bytes:
        with _closed(self._application(environ, begun.start)) as pieces:
            return b"".join(pieces)

    async def _in_thread(self, scope: Scope, protocol: RsgiProtocol) -> None:
        environ = environ_of(scope, ComingBody(protocol, self._loop))
        begun = _Begun()
        text = await self._loop.run_in_executor(self._pool, self._answered, environ, begun, protocol, scope)
        if text is not None:
            protocol.response_bytes(begun.status, list(begun.headers), text)

    def _answered(self, environ: Environ, begun: _Begun, protocol: RsgiProtocol, scope: Scope) -> bytes | None:
        """Return an answer whose length is known; send any other as it comes, and return None."""
        with contextlib.ExitStack() as open_pieces:
            with self._turns.one():
                pieces = open_pieces.enter_context(_closed(self._application(environ, begun.start)))
                if any(name == "content-length" for name, _ in begun.headers):
                    return b"".join(pieces)
            self._stream(pieces, begun, protocol, scope)  # a batch's lines give way by themselves (`service.admission`)
            return None

    def _stream(self, pieces: Iterable[bytes], begun: _Begun, protocol: RsgiProtocol, scope: Scope) -> None:
        coming = iter(pieces)
        first = next(coming, b"")  # an application may begin its answer no sooner than with this
        with taken_by(scope.server, scope.client, self._patience) as taken:
            sender = protocol.response_stream(begun.status, list(begun.headers))
            try:
                for piece in itertools.chain((first,), coming):
                    asyncio.run_coroutine_threadsafe(_sent(sender, piece), self._loop).result()
                    taken.sent(len(piece))
            except NotTakenError:
                told = {"request_id": dict(begun.headers).get("x-request-id"), "route": scope.path}
                log.warning("an answer was given up: its caller has gone, or takes nothing", extra=told)


def is_quick(scope: Scope) -> bool:
    """Whether the event loop may work on a request itself: a manifest of ordinary length and nothing else."""
    if (scope.method, scope.path) not in QUICK:
        return False
    kind, length = "", ""
    for name, value in scope.headers.items():
        if name == "content-type":
            kind = value
        elif name == "content-length":
            length = value
    return kind.startswith(JSON_TYPE) and length.isdecimal() and int(length) <= SMALL


async def _sent(sender: Sender, piece: bytes) -> None:
    try:
        await sender.send_bytes(piece)
    except ProtocolClosed:
        raise NotTakenError from None


def _closed(pieces: Iterable[bytes]) -> AbstractContextManager[Any]:
    """Close what an application returned at the end, as WSGI asks for, where it can be closed."""
    return closing(pieces) if hasattr(pieces, "close") else nullcontext(pieces)


def _never_called(_data: bytes) -> object:
    raise RuntimeError("the application must return its answer, not write it")
