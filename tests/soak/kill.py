"""SIGKILL at a random moment under load: the whole service, or one worker of two."""

from __future__ import annotations

import os
import random
import signal
import time
from pathlib import Path

from tests.soak.desk import Desk, open_desk
from tests.soak.outcome import Outcome, within
from tests.soak.progress import Say
from tests.soak.service_process import POLL_S, SoakError

UP_AGAIN_S = 3.0
ANSWERS = (1, 120)
"""The moment of the kill: after so many answers of the round, drawn anew each time ..."""
MORE_S = (0.0, 0.03)
"""... and so many seconds, so that it falls anywhere within a request."""
VERIFY_EVERY = 10
CRASH_LOOP_S = 6.0
"""The server takes two ends of one worker within 5.5 s for a crash loop, and stops."""


def kill_service(home: Path, times: int, seed: int, say: Say, database_url: str = "", store: str = "SQLite") -> Outcome:
    """Kill all processes of the service `times` times, and look into the store each time."""
    chance = random.Random(seed)
    with open_desk(home, f"k{seed}", database_url=database_url) as desk:
        recovery = kills(desk, times, chance, say)
        desk.check_all()
    late = within(recovery, UP_AGAIN_S, "up again")
    return _outcome(desk, "kill", f"service killed (SIGKILL) under load, {store}", recovery, late)


def kills(desk: Desk, times: int, chance: random.Random, say: Say) -> list[float]:
    """Kill the service `times` times; return the seconds until it was up again, each time."""
    recovery: list[float] = []
    for number in range(times):
        with desk.load as load:
            load.wait_answers(chance.randint(*ANSWERS))
            time.sleep(chance.uniform(*MORE_S))
            desk.service.kill()
        recovery.append(desk.service.start())
        desk.check()
        if number % VERIFY_EVERY == VERIFY_EVERY - 1:
            desk.verify()
        say(f"kill {number + 1} of {times}, {desk.so_far}")
    return recovery


def kill_worker(home: Path, times: int, seed: int, say: Say) -> Outcome:
    """Kill one worker of two `times` times; the other goes on, and the server brings another."""
    chance = random.Random(seed)
    recovery: list[float] = []
    with open_desk(home, f"w{seed}") as desk:
        wait_workers(desk, 2)
        for number in range(times):
            with desk.load as load:
                load.wait_answers(chance.randint(*ANSWERS))
                began = time.monotonic()
                os.kill(chance.choice(desk.service.worker_pids()), signal.SIGKILL)
                recovery.append(desk.service.wait_ready())
                time.sleep(max(0.0, CRASH_LOOP_S - (time.monotonic() - began)))
            wait_workers(desk, 2)
            desk.check()
            say(f"worker {number + 1} of {times}, {desk.so_far}")
        desk.check_all()
    return _outcome(desk, "worker", "one worker of two killed (SIGKILL) under load", recovery, ())


def wait_workers(desk: Desk, count: int, limit: float = 30.0) -> None:
    """Wait until the service has so many workers.

    Raises:
        SoakError: It never has.
    """
    deadline = time.monotonic() + limit
    while len(desk.service.worker_pids()) != count:
        if time.monotonic() > deadline:
            raise SoakError(f"not {count} workers after {limit:.0f} s; the log ends:\n{desk.service.log_end()}")
        time.sleep(POLL_S)


def _outcome(desk: Desk, part: str, tried: str, recovery: list[float], late: tuple[str, ...]) -> Outcome:
    measured = (
        f"{len(desk.ledger.findings):,} findings kept; {desk.repeated} requests without an answer asked again: "
        f"{desk.in_store} were whole in the store, the others not at all"
    )
    return Outcome(
        part=part,
        tried=tried,
        times=len(recovery),
        answers=len(desk.ledger.promises) + len(desk.ledger.findings),
        lost=desk.lost,
        recovery=tuple(recovery),
        measured=measured,
        problems=(*desk.problems, *late),
    )
