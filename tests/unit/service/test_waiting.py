"""Who computes on the event loop lets those in who need it for a moment only."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import ExitStack

import pytest
from sqlalchemy.util import greenlet_spawn

from service.front import waiting
from service.front.waiting import here, let_others_in, sleep
from service.stages import Stages


def order(requests: int, work: Callable[[list[str]], None]) -> list[str]:
    """Return in which order one that computes, and one whose record was just committed, get on."""
    seen: list[str] = []

    async def resumes() -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        seen.append("committed")

    async def both() -> None:
        loop = asyncio.get_running_loop()
        with ExitStack() as stack:
            for _ in range(requests):
                stack.enter_context(here(loop))
            computing = loop.create_task(greenlet_spawn(work, seen))
            await asyncio.gather(computing, resumes())

    asyncio.run(both())
    return seen


def stages(seen: list[str]) -> None:
    measured = Stages(between=let_others_in)
    for name in ("indicators", "risk", "decide"):
        with measured(name):  # type: ignore[arg-type]  # each is a stage
            seen.append(name)


def test_who_only_needs_a_moment_does_not_wait_for_a_whole_computation() -> None:
    assert order(2, stages) == ["committed", "indicators", "risk", "decide"]


def test_alone_nobody_is_let_in() -> None:
    assert order(1, stages) == ["indicators", "risk", "decide", "committed"]


def test_others_are_let_in_again_only_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds: list[int] = []

    async def counted() -> None:
        rounds.append(1)
        await asyncio.sleep(0)

    monkeypatch.setattr(waiting, "_rounds", counted)
    monkeypatch.setattr(waiting, "QUANTUM_S", 100.0)
    order(2, stages)
    assert len(rounds) == 1
    monkeypatch.setattr(waiting, "QUANTUM_S", 0.0)
    order(2, stages)
    assert len(rounds) == 1 + 3


def test_outside_of_a_loop_there_is_nobody_to_let_in() -> None:
    let_others_in()
    sleep(0.0)
