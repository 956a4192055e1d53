"""Whether the processes keep growing: their resident memory over very many requests, with an interval."""

from __future__ import annotations

import math
import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy import stats

from tests.soak.desk import Desk, open_desk
from tests.soak.ledger import CREATED
from tests.soak.outcome import Outcome
from tests.soak.parcels import parcel
from tests.soak.progress import Say
from tests.soak.stream import Stream, Timed

CALLERS = 16
PICTURE_EVERY = 1000
KEEP_EVERY = 100
"""Of so many answers one is looked up byte for byte; all are counted."""
SAMPLE_S = 0.5
BATCHES = 10
LEVEL = 0.95
MOST_MIB = 16.0
"""Growth of one process over the second half that still counts as stable, upper end of the interval."""


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth of one process over the second half of a run, in MiB, with its interval; `size` at the end."""

    size: float
    grown: float
    low: float
    high: float


def memory(home: Path, requests: int, seconds: float, say: Say) -> Outcome:
    """Send so many requests (or as many as the time allows), and watch the memory of every process."""
    counted: Counter[int] = Counter()
    with open_desk(home, "m") as desk:
        stream = Stream(desk.service.port, desk.key, heard=lambda one: _heard(desk, counted, one))
        parcels = (parcel("m", n, 1 if n % PICTURE_EVERY == 0 else 0) for n in range(requests))
        sender = threading.Thread(target=stream.as_fast_as, args=(CALLERS, parcels, seconds))
        samples: list[tuple[int, dict[int, float]]] = []
        sender.start()
        while sender.is_alive():
            samples.append((counted.total(), {pid: resident_mib(pid) for pid in desk.service.pids()}))
            say(f"{counted.total():,} of {requests:,} requests, {sum(samples[-1][1].values()):.0f} MiB")
            sender.join(SAMPLE_S)
        growths = {pid: growth_of(*_second_half(samples, pid)) for pid in desk.service.pids()}
        missing = max(0, counted[CREATED] - desk.view.count())
        desk.check()
    return _outcome(desk, counted, growths, missing, requests)


def growth_of(requests: Sequence[float], sizes: Sequence[float]) -> Growth:
    """Return the growth between the first and the last of these moments.

    A straight line is fitted to the means of ten batches, because neighbouring samples are not independent; the
    interval is Student's for its slope.
    """
    x = np.array([part.mean() for part in np.array_split(np.asarray(requests, float), BATCHES)])
    y = np.array([part.mean() for part in np.array_split(np.asarray(sizes, float), BATCHES)])
    span = float(requests[-1]) - float(requests[0])
    if not np.ptp(y):  # not a byte more or less: there is no scatter to judge by, and none is needed
        return Growth(float(sizes[-1]), 0.0, 0.0, 0.0)
    fitted = stats.linregress(x, y)
    reach = float(stats.t.ppf((1 + LEVEL) / 2, BATCHES - 2)) * float(fitted.stderr)
    return Growth(float(sizes[-1]), *(float(value) * span for value in _around(float(fitted.slope), reach)))


def resident_mib(pid: int) -> float:
    """Return a process's resident memory in MiB; nan where it is gone."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return math.nan
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS:")), math.nan)


def _around(slope: float, reach: float) -> tuple[float, float, float]:
    return slope, slope - reach, slope + reach


def _second_half(samples: Sequence[tuple[int, dict[int, float]]], pid: int) -> tuple[list[float], list[float]]:
    half = samples[-1][0] / 2
    late = [(count, sizes[pid]) for count, sizes in samples if count >= half and pid in sizes]
    return [float(count) for count, _ in late], [size for _, size in late]


def _heard(desk: Desk, counted: Counter[int], one: Timed) -> None:
    counted[one.status] += 1
    if one.answer is None:
        desk.ledger.lose(one.parcel)
    elif one.status != CREATED or counted[CREATED] % KEEP_EVERY == 0:
        desk.ledger.note(one.parcel, one.answer)


def _outcome(desk: Desk, counted: Counter[int], growths: dict[int, Growth], missing: int, wanted: int) -> Outcome:
    worst = max(growths.values(), key=lambda one: one.high)
    problems = [*desk.problems, *desk.restarted()]
    if missing:
        problems.append(f"{missing} of {counted[CREATED]} answers are not in the store")
    for pid, one in growths.items():
        if not one.high <= MOST_MIB:  # also where it is not a number
            problems.append(f"process {pid} grows: {_words(one)} over the second half; {MOST_MIB:g} MiB are allowed")
    short = f"; its time was over before {wanted:,} requests" if counted.total() < wanted else ""
    total = sum(one.size for one in growths.values())
    refused = counted.total() - counted[CREATED]
    return Outcome(
        part="memory",
        tried="memory of every process over many requests",
        times=counted.total(),
        answers=counted[CREATED],
        lost=desk.lost + missing,
        measured=f"{len(growths)} processes, {total:.0f} MiB at the end; over the second half the one that grew most "
        f"grew by {_words(worst)}; {refused:,} refused{short}",
        problems=tuple(problems),
    )


def _words(one: Growth) -> str:
    return f"{one.grown:+.1f} MiB (95 %: {one.low:+.1f} to {one.high:+.1f})"
