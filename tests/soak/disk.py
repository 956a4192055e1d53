"""The disk under a running service: full, read-only, and a picture folder that takes nothing more.

The home is a small file system in memory that the harness mounts, so this part needs root.
"""

from __future__ import annotations

import contextlib
import functools
import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.soak.desk import Desk, open_desk
from tests.soak.kill import wait_workers
from tests.soak.ledger import CREATED, STORE_GONE
from tests.soak.outcome import Outcome, attempted, within
from tests.soak.parcels import parcel
from tests.soak.progress import Say
from tests.soak.service_process import POLL_S, SoakError

SIZE_MB = 64
LEFT_BYTES = 400_000
"""What is left when the disk is nearly full: the last of it is filled by the service itself."""
BROKEN_S = 1.5
"""How long it stays broken after the first refusal."""
BEFORE = 60
UP_AGAIN_S = 3.0
REFUSAL_LIMIT_S = 40.0


@dataclass(frozen=True, slots=True)
class Breakage:
    """One way to break a disk. `pictures`: only parcels with pictures are refused, the others go on."""

    words: str
    breaks: Callable[[Desk, Path], None]
    mends: Callable[[Path], None]
    pictures: bool = False
    replaces_workers: bool = False


def break_disks(folder: Path, seed: int, say: Say) -> list[Outcome]:
    """Break the disk in every way, each over a fresh home."""
    if os.geteuid() != 0:
        why = "needs root (it mounts a small file system)"
        return [Outcome(part="disk", tried=one.words, skipped=why) for one in BREAKAGES]
    outcomes = []
    for number, one in enumerate(BREAKAGES):
        say(one.words)
        work = functools.partial(_broken, folder / f"disk{number}", one, f"d{seed}-{number}")
        outcomes.append(attempted("disk", one.words, work))
    return outcomes


def _broken(disk: Path, breakage: Breakage, run: str) -> Outcome:
    with small_disk(disk):
        desk = open_desk(disk / "home", run, clients=8)
        desk.service.log = disk.with_suffix(".log")  # an open file would keep the disk from becoming read-only
        return _broken_under_load(desk, disk, breakage)


def _broken_under_load(desk: Desk, disk: Path, breakage: Breakage) -> Outcome:
    with desk:
        wait_workers(desk, 2)
        recovery, beside = broken(desk, disk, breakage)
        desk.check_all()
    return _outcome(desk, breakage, recovery, beside)


def broken(desk: Desk, disk: Path, breakage: Breakage, seconds: float = BROKEN_S) -> tuple[float, str]:
    """Break the disk under load and mend it; return the seconds until it works again, and what went on meanwhile."""
    with desk.load as load:
        load.wait_answers(BEFORE)
        breakage.breaks(desk, disk)
        _wait_refused(desk)
        beside = _beside(desk) if breakage.pictures else ""
        time.sleep(seconds)
        breakage.mends(disk)
        return desk.until_it_works("mended", pictures=1), beside


def _wait_refused(desk: Desk) -> None:
    deadline = time.monotonic() + REFUSAL_LIMIT_S
    while not desk.load.seconds_of(STORE_GONE):
        if time.monotonic() > deadline:
            raise SoakError(f"nobody was refused in {REFUSAL_LIMIT_S:.0f} s; the log ends:\n{desk.service.log_end()}")
        time.sleep(POLL_S)


def _beside(desk: Desk) -> str:
    """Screen a manifest alone while the picture folder is broken."""
    answer = desk.screen(parcel(f"{desk.load.run}-beside", 0))
    if answer is None or answer.status != CREATED:
        desk.problems.append(f"a manifest without picture was refused too ({answer and answer.status})")
        return ""
    return "; a manifest without a picture went through"


def _outcome(desk: Desk, breakage: Breakage, recovery: float, beside: str) -> Outcome:
    told = desk.load.seconds_of(STORE_GONE)
    problems = [*desk.problems, *within([recovery], UP_AGAIN_S, "screening again")]
    if not breakage.replaces_workers:
        problems += desk.restarted()
    measured = f"{len(told):,} requests refused with 503 and Retry-After (slowest {max(told):.2f} s){beside}"
    return Outcome(
        part="disk",
        tried=breakage.words,
        times=1,
        answers=len(desk.ledger.promises) + len(desk.ledger.findings),
        lost=desk.lost,
        recovery=(recovery,),
        measured=measured,
        problems=tuple(problems),
    )


def _fill(_: Desk, disk: Path) -> None:
    free = os.statvfs(disk)
    size = free.f_bavail * free.f_frsize - LEFT_BYTES
    with (disk / "ballast").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)


def _empty(disk: Path) -> None:
    (disk / "ballast").unlink()


def _read_only(desk: Desk, disk: Path) -> None:
    # A file system with files open for writing refuses to become read-only: the workers let go of them by dying, and
    # those that follow find what a disk with errors is.
    for pid in desk.service.worker_pids():
        os.kill(pid, signal.SIGKILL)
    deadline = time.monotonic() + 2.0
    while _mount("-o", "remount,ro", disk):
        if time.monotonic() > deadline:
            raise SoakError("the disk could not be made read-only in time")
        time.sleep(0.005)


def _writable(disk: Path) -> None:
    _mount("-o", "remount,rw", disk)


def _close_pictures(_: Desk, disk: Path) -> None:
    pictures = disk / "home" / "pictures"
    _mount("--bind", pictures, pictures)
    _mount("-o", "remount,ro,bind", pictures)


def _open_pictures(disk: Path) -> None:
    _unmount(disk / "home" / "pictures")


FULL = Breakage("disk full under load", _fill, _empty)
BREAKAGES = (
    FULL,
    Breakage("disk read-only when the workers come up", _read_only, _writable, replaces_workers=True),
    Breakage("picture folder read-only under load", _close_pictures, _open_pictures, pictures=True),
)


@contextlib.contextmanager
def small_disk(place: Path) -> Iterator[None]:
    """Mount a small file system there.

    Raises:
        SoakError: It cannot be mounted.
    """
    place.mkdir(parents=True)
    if code := _mount("-t", "tmpfs", "-o", f"size={SIZE_MB}m", "parcel-soak", place):
        raise SoakError(f"mount ended with {code}")
    try:
        yield
    finally:
        _unmount(place)


def _mount(*arguments: str | Path) -> int:
    return subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode


def _unmount(place: Path) -> None:
    subprocess.run(["umount", "--lazy", str(place)], capture_output=True, check=False)
