"""The load: so many keep-alive connections, each with the next request as soon as its answer is whole.

One thread on epoll with plain sockets: latencies are exact, every request differs and every answer is checked. What it
costs is measured and told. A latency runs from the first byte sent to the last byte received.
"""

from __future__ import annotations

import gc
import re
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from benchmarks.serving.traffic import Parcel

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
SAMPLE_EVERY = 250
PATIENCE = 10.0
"""Seconds to wait for the last answers after the load has ended."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request: the bytes to send, the parcel they are about, and its features as a JSON array where given."""

    data: bytes
    parcel: Parcel
    features: str = ""


@dataclass(slots=True)
class Outcome:
    """What came of a load.

    Attributes:
        seconds: The measured window, without the warm-up.
        latencies: Seconds of the good answers that came within it.
        errors: Answers other than 2xx, broken connections and answers that never came, within it.
        good: Answers 2xx from the beginning to the very end: what a durable store must hold.
        samples: Every so many requests with its answer's body.
        own_cpu: Processor seconds of the generator within the window.
        first_error: The first answer that was none, to be shown.
    """

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)
    errors: int = 0
    good: int = 0
    samples: list[tuple[Request, bytes]] = field(default_factory=list)
    own_cpu: float = 0.0
    first_error: str = ""


@dataclass(slots=True)
class _Connection:
    """One keep-alive connection and the request on it."""

    socket: socket.socket
    request: Request
    sent: float = 0.0
    received: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How to load: connections, seconds of warm-up and of measuring."""

    connections: int
    warm: float
    seconds: float


def load(port: int, requests: Iterator[Request], plan: Plan, at_mark: Callable[[], None]) -> Outcome:
    """Load a server on loopback.

    Args:
        port: Where it listens.
        requests: Without end.
        plan: How much, for how long.
        at_mark: Called when the measured window begins and when it ends.
    """
    gc.collect()
    gc.disable()
    try:
        return _Load(port, requests, plan, at_mark).run()
    finally:
        gc.enable()


class _Load:
    def __init__(self, port: int, requests: Iterator[Request], plan: Plan, at_mark: Callable[[], None]) -> None:
        self.port, self.requests, self.plan, self.at_mark = port, requests, plan, at_mark
        self.outcome = Outcome(seconds=plan.seconds)
        self.selector = selectors.DefaultSelector()
        self.measuring = self.ended = False
        self.number = self.under_way = 0

    def run(self) -> Outcome:
        for _ in range(self.plan.connections):
            self._connect()
        self._until(time.perf_counter() + self.plan.warm)
        self.at_mark()
        cpu, self.measuring = time.process_time(), True
        self._until(time.perf_counter() + self.plan.seconds)
        self.outcome.own_cpu, self.measuring, self.ended = time.process_time() - cpu, False, True
        self.at_mark()
        self._until(time.perf_counter() + PATIENCE)
        self._give_up()
        return self.outcome

    def _until(self, end: float) -> None:
        while (left := end - time.perf_counter()) > 0 and self.under_way:
            for key, _ in self.selector.select(min(left, 0.2)):
                self._receive(key.data)

    def _connect(self) -> None:
        opened = socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        connection = _Connection(opened, next(self.requests))
        self.selector.register(opened, selectors.EVENT_READ, connection)
        self.under_way += 1
        self._send(connection)

    def _send(self, connection: _Connection) -> None:
        connection.received, connection.sent = b"", time.perf_counter()
        connection.socket.sendall(connection.request.data)

    def _receive(self, connection: _Connection) -> None:
        try:
            data = connection.socket.recv(1 << 18)
        except OSError as error:
            return self._broken(connection, str(error))
        if not data:
            return self._broken(connection, "the server closed the connection")
        connection.received += data
        if (body := _whole(connection.received)) is not None:
            self._answered(connection, body)
        return None

    def _answered(self, connection: _Connection, body: bytes) -> None:
        self.number += 1
        if connection.received[9:10] == b"2":
            self.outcome.good += 1
            if self.measuring:
                self.outcome.latencies.append(time.perf_counter() - connection.sent)
            if self.number % SAMPLE_EVERY == 1:
                self.outcome.samples.append((connection.request, body))
        else:
            self._error(connection.received[:400].decode("utf-8", "replace"))
        if self.ended:
            return self._close(connection)
        connection.request = next(self.requests)
        return self._send(connection)

    def _broken(self, connection: _Connection, cause: str) -> None:
        self._error(cause)
        self._close(connection)
        if not self.ended:
            self._connect()

    def _error(self, what: str) -> None:
        self.outcome.errors += self.measuring
        self.outcome.first_error = self.outcome.first_error or what

    def _close(self, connection: _Connection) -> None:
        self.selector.unregister(connection.socket)
        connection.socket.close()
        self.under_way -= 1

    def _give_up(self) -> None:
        for key in list(self.selector.get_map().values()):
            self.outcome.errors += 1
            self._close(key.data)
        self.selector.close()


def _whole(received: bytes) -> bytes | None:
    """Return the body of an answer that is whole; None while bytes are missing."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return None
    length = LENGTH.search(received, 0, end)
    if length is None:
        raise ValueError(f"an answer without Content-Length: {received[:end]!r}")
    body = received[end + 4 :]
    return body if len(body) >= int(length.group(1)) else None
