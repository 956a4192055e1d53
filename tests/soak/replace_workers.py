"""Stopping and replacing under load: nothing that was taken is dropped, and whoever balances the load is told first."""

from __future__ import annotations

import signal
import time
from pathlib import Path

from tests.soak.desk import Desk, open_desk
from tests.soak.kill import wait_workers
from tests.soak.outcome import Outcome
from tests.soak.progress import Say
from tests.soak.service_process import POLL_S, SoakError

BEFORE = 60
AFTER = 60
REPLACE_LIMIT_S = 90.0
READY = 200


def stop_under_load(home: Path, times: int, say: Say) -> Outcome:
    """SIGTERM under load, `times` times; the clients stop asking when `/readyz` says so, as a balancer would."""
    told: list[float] = []
    with open_desk(home, "t") as desk:
        for number in range(times):
            say(f"stop {number + 1} of {times}, {desk.so_far}")
            with desk.load as load:
                load.wait_answers(BEFORE)
                told += _stop(desk)
            _dropped(desk, "a stop (SIGTERM)")
            desk.service.start()
            desk.check()
        desk.check_all()
    return Outcome(
        part="replace",
        tried="stopped (SIGTERM) under load; clients leave when /readyz says draining",
        times=times,
        answers=len(desk.ledger.promises) + len(desk.ledger.findings),
        lost=desk.lost,
        measured=f"{len(told)} times told before it stopped, at most {max(told, default=0):.2f} s after the signal",
        problems=tuple(desk.problems),
    )


def _stop(desk: Desk) -> list[float]:
    """Send SIGTERM, let the clients leave once the service says that it stops, and wait until it has."""
    process = desk.service.process
    if process is None:
        raise SoakError("the service is not running")
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    while (answer := desk.service.readiness()) and answer.status == READY:
        time.sleep(POLL_S)
    told = time.monotonic() - began
    desk.load.ended.set()
    if answer is None:
        desk.problems.append("the service closed its door without saying first that it stops")
    if code := desk.service.wait_stopped():
        desk.problems.append(f"SIGTERM under load ended with exit code {code}")
    return [told] if answer else []


def replace_under_load(home: Path, times: int, workers: int, say: Say) -> Outcome:
    """SIGHUP under load, `times` times: every worker is replaced, and no client sees an error."""
    seconds: list[float] = []
    with open_desk(home, f"h{workers}", workers=workers) as desk:
        wait_workers(desk, workers)
        with desk.load as load:
            for number in range(times):
                say(f"replacement {number + 1} of {times}, {desk.so_far}")
                load.wait_answers(BEFORE)
                seconds.append(_replace(desk, workers))
                load.wait_answers(AFTER)
        errors = _dropped(desk, "a replacement (SIGHUP)")
        desk.check_all()
    name = "the only worker" if workers == 1 else f"{workers} workers"
    return Outcome(
        part="replace",
        tried=f"{name} replaced (SIGHUP) under load",
        times=times,
        answers=len(desk.ledger.promises) + len(desk.ledger.findings),
        lost=desk.lost,
        measured=f"all replaced within {max(seconds):.1f} s of the signal; {errors} errors",
        problems=tuple(desk.problems),
    )


def _replace(desk: Desk, workers: int) -> float:
    process, old = desk.service.process, set(desk.service.worker_pids())
    if process is None:
        raise SoakError("the service is not running")
    began = time.monotonic()
    process.send_signal(signal.SIGHUP)
    while len(now := set(desk.service.worker_pids())) != workers or now & old:
        if time.monotonic() - began > REPLACE_LIMIT_S:
            raise SoakError(f"the workers were not replaced; the log ends:\n{desk.service.log_end()}")
        time.sleep(POLL_S)
    return time.monotonic() - began


def _dropped(desk: Desk, what: str) -> int:
    """Note and count every request that got no answer, and every connection that was refused: there may be none."""
    count, unreached = len(desk.ledger.unanswered), desk.load.refused_connections
    if count:
        causes = "; ".join(desk.ledger.causes[-count:][:5])
        desk.problems.append(f"{count} requests got no answer during {what}: {causes}")
    if unreached:
        desk.problems.append(f"{unreached} connections were refused during {what}")
    desk.load.refused_connections = 0
    return count + unreached
