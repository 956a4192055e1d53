"""Twice as much as the service can do, and pictures that flood it while manifests go on."""

from __future__ import annotations

import contextlib
import itertools
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import psutil

from tests.soak.desk import Desk, open_desk
from tests.soak.ledger import CREATED, REFUSED
from tests.soak.outcome import Outcome
from tests.soak.parcels import Parcel, parcel
from tests.soak.progress import Say
from tests.soak.stream import Stream, Timed, percentile

WORKERS = max(1, (os.cpu_count() or 1) - 1)
"""The harness needs a core itself: where it shares one with a worker, what it measures is how they take turns."""
CALLERS = 16
UNLOADED = 300
"""Parcels, one after the other, before and after each load: together they tell the p99 without it, on a machine whose
speed may have changed meanwhile."""
WARM_S = 3.0
FLOODERS = 8
FLOOD_PAUSE_S = 0.1
"""What a caller waits who was refused: far less than `Retry-After` asks for."""
FLOOD_SHARE = 0.3
"""Manifests during the flood of pictures, as a share of what the service can do without."""
BURST_S = 1.0
P99_TIMES = 3.0
REFUSED_S = 0.05


def overload(home: Path, seconds: float, seed: int, say: Say) -> list[Outcome]:
    """Measure what it can do, then ask twice that, then flood it with pictures."""
    with open_desk(home, f"v{seed}", workers=WORKERS) as desk:
        numbers = itertools.count()
        say("warming up, then one parcel after the other")
        _stream(desk).as_fast_as(CALLERS, _manifests(desk, "warm", numbers), WARM_S)
        before = _alone(desk, numbers)
        say("as fast as it goes")
        full = _stream(desk).as_fast_as(CALLERS, _manifests(desk, "full", numbers), seconds / 2)
        rate = sum(one.status == CREATED for one in full) / (seconds / 2)
        say(f"twice {rate:.0f} parcels a second")
        stolen = psutil.cpu_times().steal
        twice = _loaded(desk, _manifests(desk, "twice", numbers), 2 * rate, seconds)
        stolen = (psutil.cpu_times().steal - stolen) / seconds
        between = _alone(desk, numbers)
        say("a flood of pictures")
        pictures = _stream(desk)
        with _flooded(desk, pictures, seconds):
            beside = _loaded(desk, _manifests(desk, "beside", numbers), rate * FLOOD_SHARE, seconds)
        note(desk, pictures.timed)
        after = _alone(desk, numbers)
        desk.check_all()
    told = _twice(twice, rate, seconds, percentile(before + between, 0.99), stolen)
    return [_with(told, desk), _beside(beside, pictures.timed, seconds, percentile(between + after, 0.99))]


def _alone(desk: Desk, numbers: itertools.count[int]) -> list[float]:
    """Return the seconds that parcels take which come one after the other."""
    alone = _stream(desk).as_fast_as(1, itertools.islice(_manifests(desk, "alone", numbers), UNLOADED))
    return _seconds(alone, CREATED)


def _loaded(desk: Desk, parcels: Iterable[Parcel], rate: float, seconds: float) -> list[Timed]:
    """Return how parcels ended that were sent at a rate, in the order in which they were sent."""
    sent = list(itertools.islice(parcels, int(rate * seconds)))
    timed = _stream(desk).at_rate(sent, rate)
    note(desk, timed)
    place = {one.item_id: number for number, one in enumerate(sent)}
    return sorted(timed, key=lambda one: place[one.parcel.item_id])


@contextlib.contextmanager
def _flooded(desk: Desk, pictures: Stream, seconds: float) -> Iterator[None]:
    # All are made beforehand: making them would take from the sender of manifests.
    most = int(FLOODERS * (seconds + 1) / FLOOD_PAUSE_S)
    flood = [parcel(f"{desk.load.run}-flood", number, 1) for number in range(most)]
    flooding = threading.Thread(target=pictures.as_fast_as, args=(FLOODERS, iter(flood), seconds + 1, FLOOD_PAUSE_S))
    flooding.start()
    yield
    flooding.join()


def _twice(timed: Sequence[Timed], rate: float, seconds: float, unloaded: float, stolen: float) -> Outcome:
    accepted, refused = _seconds(timed, CREATED), [s for code in REFUSED for s in _seconds(timed, code)]
    p99, told = percentile(accepted, 0.99), percentile(refused, 0.99)
    later = percentile(_seconds(timed[int(2 * rate * BURST_S) :], CREATED), 0.99)
    problems = [*_slower(p99, unloaded, "accepted"), *_no_answer(timed)]
    if told > REFUSED_S:
        problems.append(f"refused in {told * 1000:.0f} ms (p99); promised are {REFUSED_S * 1000:.0f} ms")
    text = (
        f"sustainable {rate:.0f}/s, p99 without load {unloaded * 1000:.1f} ms; at twice the rate {len(accepted):,} "
        f"accepted, p99 {p99 * 1000:.1f} ms ({p99 / unloaded:.1f} times; {later / unloaded:.1f} without the first "
        f"{BURST_S:g} s, whose burst fills the queue), {told_refused(refused)}; the harness itself was late by "
        f"{percentile([one.late for one in timed], 0.99) * 1000:.1f} ms (p99), and other machines on the host kept "
        f"{stolen:.2f} cores from this one (steal)"
    )
    tried = f"twice the sustainable rate for {seconds:g} s"
    return Outcome(part="overload", tried=tried, times=len(timed), measured=text, problems=tuple(problems))


def _beside(timed: Sequence[Timed], pictures: Sequence[Timed], seconds: float, unloaded: float) -> Outcome:
    accepted, screened = _seconds(timed, CREATED), len(_seconds(pictures, CREATED))
    p99, refused = percentile(accepted, 0.99), len(timed) - len(accepted)
    problems = [*_slower(p99, unloaded, "manifests beside pictures"), *_no_answer([*timed, *pictures])]
    if refused:
        problems.append(f"{refused} of {len(timed)} manifests were refused while pictures flooded the service")
    text = (
        f"manifests at {len(timed) / seconds:.0f}/s beside {FLOODERS} callers of pictures: {len(accepted):,} accepted, "
        f"p99 {p99 * 1000:.1f} ms ({p99 / unloaded:.1f} times {unloaded * 1000:.1f}); "
        f"pictures: {screened:,} screened, {len(pictures) - screened:,} refused"
    )
    tried = f"pictures flood the service for {seconds:g} s while manifests go on"
    return Outcome(part="overload", tried=tried, times=len(timed), measured=text, problems=tuple(problems))


def _with(outcome: Outcome, desk: Desk) -> Outcome:
    """Add what was found in the store to the outcome of the first part; it looked at both."""
    return Outcome(
        part=outcome.part,
        tried=outcome.tried,
        times=outcome.times,
        answers=len(desk.ledger.promises),
        lost=desk.lost,
        measured=outcome.measured,
        problems=(*outcome.problems, *desk.problems),
    )


def _manifests(desk: Desk, what: str, numbers: itertools.count[int]) -> itertools.chain[Parcel]:
    return itertools.chain(parcel(f"{desk.load.run}-{what}", number) for number in numbers)


def _stream(desk: Desk) -> Stream:
    return Stream(desk.service.port, desk.key)


def _seconds(timed: Sequence[Timed], status: int) -> list[float]:
    return [one.seconds for one in timed if one.status == status]


def note(desk: Desk, timed: Sequence[Timed]) -> None:
    """Keep how each request of a stream ended, so that it is looked up in the store."""
    for one in timed:
        if one.answer:
            desk.ledger.note(one.parcel, one.answer)
        else:
            desk.ledger.lose(one.parcel)


def told_refused(seconds: list[float]) -> str:
    """Return how quickly requests were refused, or that none was: then nothing is shown about it."""
    if not seconds:
        return "nothing was refused (how quickly that is told was not tried)"
    p50, p99 = (percentile(seconds, share) * 1000 for share in (0.5, 0.99))
    return f"{len(seconds):,} refused, p50 {p50:.1f} ms, p99 {p99:.1f} ms, slowest {max(seconds) * 1000:.0f} ms"


def _slower(p99: float, unloaded: float, what: str) -> list[str]:
    if p99 <= P99_TIMES * unloaded:
        return []
    return [f"{what}: p99 {p99 * 1000:.1f} ms is more than {P99_TIMES:g} times {unloaded * 1000:.1f} ms"]


def _no_answer(timed: Sequence[Timed]) -> list[str]:
    lost = sum(one.answer is None for one in timed)
    return [f"{lost} requests got no answer at all"] if lost else []
