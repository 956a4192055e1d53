"""Clients that screen parcels all the time and keep what they were promised."""

from __future__ import annotations

import itertools
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any

from tests.soak.http_wire import Connection, ConnectionLost, Request
from tests.soak.ledger import CREATED, REFUSED, Ledger, Promise, code_of
from tests.soak.parcels import Parcel, parcel

PICTURES = (0, 0, 0, 1, 0, 0, 0, 2)
"""Pictures of the parcels, in turn: a quarter of the parcels come from a scanner."""
FINDING_EVERY = 9
LOST_PAUSE_S = 0.02
REFUSED_PAUSE_S = 0.1


@dataclass
class Load:
    """Clients over one service; each `with` is another round with new connections and new parcels.

    Attributes:
        base: Address of the service.
        key: Key of the clients.
        ledger: Where the promises are kept.
        run: Marks the parcels of this run.
        clients: Connections at the same time.
    """

    base: str
    key: str
    ledger: Ledger
    run: str
    clients: int = 12
    pictures: tuple[int, ...] = PICTURES
    numbers: Any = field(default_factory=itertools.count)
    timings: list[tuple[str, float]] = field(default_factory=list)
    """How every screening ended ("created", the code of the problem, or "lost") and after how many seconds."""
    refused_connections: int = 0

    def __enter__(self) -> Load:
        self.ended = threading.Event()
        self.threads = [threading.Thread(target=self._client) for _ in range(self.clients)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join()

    def wait_answers(self, count: int, limit: float = 20.0) -> None:
        """Wait until so many more answers have come, or `limit` seconds have passed."""
        wanted, deadline = len(self.ledger.promises) + count, time.monotonic() + limit
        while len(self.ledger.promises) < wanted and time.monotonic() < deadline:
            time.sleep(0.001)

    def seconds_of(self, end: str) -> list[float]:
        """Return how long each request took that ended so."""
        return [seconds for found, seconds in self.timings if found == end]

    def for_seconds(self, seconds: float) -> None:
        """Run a round of so many seconds."""
        with self:
            time.sleep(seconds)

    def _client(self) -> None:
        connection = Connection(self.base, self.key)
        while not self.ended.is_set():
            number = next(self.numbers)
            sent = parcel(self.run, number, self.pictures[number % len(self.pictures)])
            promise = self._screen(connection, sent)
            if promise and number % FINDING_EVERY == 0:
                self._find(connection, promise)
        connection.close()

    def _screen(self, connection: Connection, sent: Parcel) -> Promise | None:
        began = time.monotonic()
        try:
            answer = connection.ask(sent.request)
        except ConnectionLost as error:
            self.timings.append(("lost", time.monotonic() - began))
            if error.sent:
                self.ledger.lose(sent, f"{error} after {time.monotonic() - began:.3f} s")
            else:
                self.refused_connections += 1
            self.ended.wait(LOST_PAUSE_S)
            return None
        seconds = time.monotonic() - began
        promise = self.ledger.note(sent, answer)
        self.timings.append(("created" if promise else code_of(answer), seconds))
        if answer.status in REFUSED:
            self.ended.wait(REFUSED_PAUSE_S)
        return promise

    def _find(self, connection: Connection, promise: Promise) -> None:
        body = json.dumps({"found": "nothing", "notes": f"opened: {promise.key}"}).encode()
        try:
            answer = connection.ask(Request("POST", f"/v1/screenings/{promise.screening_id}/finding", body))
        except ConnectionLost:
            return
        if answer.status == CREATED:
            with self.ledger.lock:
                self.ledger.findings[str(json.loads(answer.body)["finding_id"])] = promise.screening_id
