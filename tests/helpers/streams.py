"""A stream of screenings over ever new connections, kept up while a test changes what the service screens with."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import requests
from serving import session

from sample_images.parcels import SAMPLES

MOST_SECONDS = 30
"""What the test waits at most; the service promises two seconds on a machine that is not busy with other tests."""
PAUSE = 0.02
"""Between two requests of a connection, so that the stream leaves some of the machine to what it is to meet."""


@dataclass
class Stream:
    """Screens the same parcel again and again, each time over a new connection, until told to stop."""

    base: str
    env: dict[str, str]
    answers: list[dict[str, Any]] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Stream:
        self.client = session(self.env)
        key = self.client.headers["Authorization"]
        self.threads = [threading.Thread(target=self._run, args=(key,)) for _ in range(3)]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.ended.set()
        for thread in self.threads:
            thread.join(60)

    def _run(self, key: Any) -> None:
        manifest = json.loads(SAMPLES[0].manifest_path.read_text(encoding="utf-8"))
        with requests.Session() as client:
            # One that is kept would have all its answers from one worker, and the other would never be asked.
            client.headers.update({"Authorization": key, "Connection": "close"})
            while not self.ended.is_set():
                try:
                    answer = client.post(f"{self.base}/v1/screenings", json=manifest, timeout=30)
                except requests.RequestException as error:
                    self.failures.append(repr(error))
                    continue
                time.sleep(PAUSE)
                if answer.status_code == 201:
                    self.answers.append(answer.json())
                else:
                    self.failures.append(answer.text)

    def wait(self, what: Callable[[dict[str, Any]], bool], count: int = 5) -> list[dict[str, Any]]:
        """Wait until `count` answers in a row, the newest, are so; return all answers since the call."""
        start, deadline = len(self.answers), time.monotonic() + MOST_SECONDS
        while time.monotonic() < deadline:
            since = self.answers[start:]
            if len(since) >= count and all(what(one) for one in since[-count:]):
                return since
            time.sleep(0.05)
        raise AssertionError(f"not within {MOST_SECONDS} s: {self.answers[-1:]} {self.failures[:3]}")
