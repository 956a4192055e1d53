"""The database goes away under load and comes back: stopped at once, cut off, fallen silent."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from tests.helpers.cluster import Cluster
from tests.soak.desk import Desk, open_desk
from tests.soak.ledger import IN_DOUBT, STORE_GONE
from tests.soak.line import Line
from tests.soak.outcome import Outcome, within
from tests.soak.progress import Say

DOWN_S = 0.5
CUT_S = 10.0
UP_AGAIN_S = 3.0
TOLD_S = 8.0
"""The longest that a request may wait for its answer while the database is away."""
ANSWERS = (1, 40)
WAYS: dict[str, Callable[[Line], None]] = {"reset": Line.cut, "silent": Line.silence}
"""A line that breaks says so (a firewall that resets) or says nothing (a cable that is pulled)."""


def stop_database(home: Path, cluster: Cluster, times: int, seed: int, say: Say) -> Outcome:
    """Stop the database at once (its own word for a crash) under load, and start it again, `times` times."""
    chance, recovery = random.Random(seed), []
    with open_desk(home, f"o{seed}", database_url=cluster.fresh_database(), clients=8) as desk:
        for number in range(times):
            with desk.load as load:
                load.wait_answers(chance.randint(*ANSWERS))
                cluster.stop("immediate")
                time.sleep(DOWN_S)
                cluster.resume()
                recovery.append(desk.until_it_works(f"probe{number}"))
            desk.check()
            say(f"outage {number + 1} of {times}, {desk.so_far}")
        desk.check_all()
    return _outcome(desk, "PostgreSQL stopped at once and started again under load", times, recovery)


def cut_line(home: Path, seconds: float, how: str, cut: Callable[[Line], None], say: Say, cluster: Cluster) -> Outcome:
    """Cut the line between service and database for some seconds."""
    url, line = cluster.fresh_database(), Line(cluster.port)
    with open_desk(home, f"c{how}", database_url=url, through=line.url(url), clients=8) as desk:
        say(f"line {how}")
        recovery = cut_off(desk, line, cut, seconds)
        desk.check_all()
    line.close()
    return _outcome(desk, f"line to PostgreSQL {how} for {seconds:g} s under load", 1, [recovery])


def cut_off(desk: Desk, line: Line, cut: Callable[[Line], None], seconds: float) -> float:
    """Cut the line under load for some seconds; return the seconds until the service works again."""
    with desk.load as load:
        load.wait_answers(ANSWERS[1])
        cut(line)
        time.sleep(seconds)
        line.restore()
        return desk.until_it_works("restored")


def _outcome(desk: Desk, tried: str, times: int, recovery: list[float]) -> Outcome:
    told = [*desk.load.seconds_of(STORE_GONE), *desk.load.seconds_of(IN_DOUBT)]
    problems = [*desk.problems, *within(recovery, UP_AGAIN_S, "screening again"), *desk.restarted()]
    problems += within(told, TOLD_S, "told of the outage (503)")
    if not told:
        problems.append("nobody was told of the outage with 503")
    measured = f"{len(told):,} requests refused with 503 and Retry-After"
    if told:
        measured += f" (median {median(told) * 1000:.0f} ms, slowest {max(told):.2f} s)"
    measured += f"; {desk.repeated} requests asked again, {desk.in_store} of them were in the store already"
    return Outcome(
        part="outage",
        tried=tried,
        times=times,
        answers=len(desk.ledger.promises) + len(desk.ledger.findings),
        lost=desk.lost,
        recovery=tuple(recovery),
        measured=measured,
        problems=tuple(problems),
    )
