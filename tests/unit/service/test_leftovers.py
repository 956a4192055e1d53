"""Pictures of refused records: each is left alone until a commit in doubt has come true or not."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import pytest

from service import leftovers
from service.leftovers import SETTLED_S, Leftovers


class Turns:
    """Stands in for the clock: a sleep lasts until the test ends it."""

    def __init__(self) -> None:
        self.asleep, self.wake, self.seconds = threading.Semaphore(0), threading.Semaphore(0), list[float]()

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.asleep.release()
        assert self.wake.acquire(timeout=30)


def test_what_comes_during_the_wait_waits_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    turns, looked_at, done = Turns(), list[Sequence[str]](), threading.Semaphore(0)

    def remove(_: Any, hashes: Sequence[str]) -> int:
        looked_at.append(hashes)
        done.release()
        return 0

    monkeypatch.setattr(leftovers, "time", turns)
    monkeypatch.setattr(leftovers, "remove_unneeded", remove)
    store: Any = None
    refused = Leftovers(store)
    refused.add(["first"])
    assert turns.asleep.acquire(timeout=30)
    assert looked_at == []
    refused.add(["second"])
    for _ in range(2):
        turns.wake.release()
        assert done.acquire(timeout=30)
    assert looked_at == [["first"], ["second"]]
    assert turns.seconds == [SETTLED_S, SETTLED_S]
