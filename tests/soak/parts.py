"""The parts by name: what `python -m tests.soak NAME` runs, in the order of the table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.helpers.cluster import BINARIES, Cluster, running_cluster
from tests.soak.disk import break_disks
from tests.soak.http_wire import ConnectionLost
from tests.soak.kill import kill_service, kill_worker
from tests.soak.memory import memory
from tests.soak.outage import CUT_S, WAYS, cut_line, stop_database
from tests.soak.outcome import Outcome, attempted, could_not
from tests.soak.overload import overload
from tests.soak.progress import Say
from tests.soak.replace_workers import replace_under_load, stop_under_load
from tests.soak.same_key import same_key
from tests.soak.service_process import SoakError


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of each.

    Attributes:
        times: Kills of the service; the other counts follow it.
        seed: Decides the moments.
        seconds: Of overload.
        requests: Of the memory part, at most.
        memory_seconds: For the memory part, at most.
    """

    times: int
    seed: int
    seconds: float
    requests: int
    memory_seconds: float

    @property
    def fewer(self) -> int:
        """Half the kills: on PostgreSQL, of its server as of the service."""
        return max(1, self.times // 2)

    @property
    def few(self) -> int:
        """A tenth of the kills, for what takes long or does not depend on the moment."""
        return max(1, self.times // 10)


Part = Callable[[Path, Amounts, Say], list[Outcome]]


def _kill(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    return [attempted("kill", "service killed", lambda: kill_service(folder / "kill", how.times, how.seed, say))]


def _worker(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    return [attempted("worker", "one worker killed", lambda: kill_worker(folder / "worker", how.few, how.seed, say))]


def _postgres(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    def killed(cluster: Cluster) -> Outcome:
        url = cluster.fresh_database()
        return kill_service(folder / "postgres", how.fewer, how.seed, say, url, "PostgreSQL")

    return [_with_postgres("service killed, PostgreSQL", killed)]


def _outage(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    def stopped(cluster: Cluster) -> Outcome:
        return stop_database(folder / "outage", cluster, how.fewer, how.seed, say)

    return [_with_postgres("PostgreSQL stopped at once", stopped)]


def _cut(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    return [
        _with_postgres(f"line to PostgreSQL {name}", partial(cut_line, folder / name, CUT_S, name, way, say))
        for name, way in WAYS.items()
    ]


def _disk(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    return break_disks(folder / "disk", how.seed, say)


def _overload(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    try:
        return overload(folder / "overload", how.seconds, how.seed, say)
    except (SoakError, ConnectionLost) as error:
        return [could_not("overload", "overload", error)]


def _idempotency(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    def on_postgres(cluster: Cluster) -> Outcome:
        return same_key(folder / "same-key-postgres", how.few, say, cluster.fresh_database(), "PostgreSQL")

    return [
        attempted("idempotency", "fifty clients, one key", lambda: same_key(folder / "same-key", how.few, say)),
        _with_postgres("fifty clients, one key, PostgreSQL", on_postgres),
    ]


def _replace(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    two, one = max(1, how.few // 2), 1
    return [
        attempted("stop", "stopped under load", lambda: stop_under_load(folder / "stop", how.few, say)),
        attempted("replace", "two workers", lambda: replace_under_load(folder / "replace", two, 2, say)),
        attempted("replace", "the only worker", lambda: replace_under_load(folder / "replace-one", one, 1, say)),
    ]


def _memory(folder: Path, how: Amounts, say: Say) -> list[Outcome]:
    def watched() -> Outcome:
        return memory(folder / "memory", how.requests, how.memory_seconds, say)

    return [attempted("memory", "memory over many requests", watched)]


PARTS: dict[str, Part] = {
    "kill": _kill,
    "worker": _worker,
    "postgres": _postgres,
    "outage": _outage,
    "cut": _cut,
    "disk": _disk,
    "idempotency": _idempotency,
    "replace": _replace,
    "overload": _overload,
    "memory": _memory,
}


def _with_postgres(tried: str, work: Callable[[Cluster], Outcome]) -> Outcome:
    if not BINARIES:
        return Outcome(part="postgres", tried=tried, skipped="PostgreSQL is not installed (Debian: postgresql)")
    with running_cluster() as cluster:
        return attempted("postgres", tried, lambda: work(cluster))
