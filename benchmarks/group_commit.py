"""Durable records a second and how long each takes: one writer that groups them, beside one commit a record.

    python -m benchmarks.group_commit [--threads 16] [--seconds 3] [--rounds 5] [--bytes 4000]

Both ways write what a screening writes (the record in its chain, eight entity keys, the head), both wait for the disk,
on SQLite (synchronous=FULL) and on a private PostgreSQL (fsync on); on SQLite also with two processes, as with two
workers. Rounds alternate; medians with the smallest and largest are shown, and the load of the machine before. All the
threads do is to hand over a record and wait, so that this is what the store can take, not what the service answers.
"""

from __future__ import annotations

import argparse
import itertools
import json
import multiprocessing
import os
import secrets
import statistics
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier
from pathlib import Path

from ulid import ULID

from benchmarks.serving.postgres import Cluster, cluster
from service.settings import Settings
from service.store import screenings
from service.store.screenings import NewScreening
from service.store.store import Store, open_store
from service.store.verify import verify

WAYS = ("grouped", "alone")
KINDS = ("", "_address", "_phone", "_email")


@dataclass(frozen=True, slots=True)
class Load:
    """What one process does."""

    settings: Settings
    way: str
    threads: int
    seconds: float
    size: int


@dataclass(frozen=True, slots=True)
class Round:
    """One run of one way: records a second, and the 50th and 99th percentile of one record's milliseconds."""

    rate: float
    p50: float
    p99: float


def main() -> None:
    """Run all rounds and print a table."""
    options = _options()
    print(f"load average before: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores; {options.threads} threads")
    print("| store | processes | way | records/s | p50 ms | p99 ms |")
    print("|---|---:|---|---:|---:|---:|")
    with cluster() as server:
        for kind, url, processes in (
            ("SQLite", "", 1),
            ("SQLite", "", 2),
            ("PostgreSQL", _database(server, "one"), 1),
            ("PostgreSQL", _database(server, "two"), 2),
        ):
            with tempfile.TemporaryDirectory() as folder:
                _compare(kind, Settings(home=Path(folder), database_url=url), processes, options)


def _database(server: Cluster, name: str) -> str:
    server.execute(f"CREATE DATABASE {name}")
    return server.url(name)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--threads", type=int, default=16, help="All together, however many processes.")
    parser.add_argument("--seconds", type=float, default=3.0, help="Of one round.")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--bytes", type=int, default=4000, help="Of an answer; manifest and evidence half each.")
    return parser.parse_args()


def _compare(kind: str, settings: Settings, processes: int, options: argparse.Namespace) -> None:
    store = open_store(settings)
    store.upgrade()
    found: dict[str, list[Round]] = {way: [] for way in WAYS}
    for _, way in itertools.product(range(options.rounds), WAYS):
        found[way].append(_round(settings, way, processes, options))
    # The manifests here are none, so that the keys cannot be computed from them again.
    broken = [one for one in verify(store).problems if one.code.startswith(("chain", "record"))]
    store.close()
    if broken:
        raise SystemExit(f"the chain is broken: {broken[0]}")
    for way in WAYS:
        rates, p50, p99 = ([getattr(one, name) for one in found[way]] for name in Round.__slots__)
        print(f"| {kind} | {processes} | {way} | {_spread(rates, '.0f')} | {_spread(p50)} | {_spread(p99)} |")
    ratio = statistics.median(
        one.rate / other.rate for one, other in zip(found["grouped"], found["alone"], strict=True)
    )
    print(f"| {kind} | {processes} | ratio | {ratio:.1f} | | |", flush=True)


def _spread(values: list[float], form: str = ".1f") -> str:
    return f"{statistics.median(values):{form}} ({min(values):{form}} to {max(values):{form}})"


def _round(settings: Settings, way: str, processes: int, options: argparse.Namespace) -> Round:
    context = multiprocessing.get_context("spawn")
    results: Queue[list[float]] = context.Queue()
    load = Load(settings, way, max(1, options.threads // processes), options.seconds, options.bytes)
    gate = context.Barrier(processes)
    running = [context.Process(target=_work, args=(load, gate, results)) for _ in range(processes)]
    for one in running:
        one.start()
    spent = sorted(itertools.chain.from_iterable(results.get(timeout=options.seconds + 120) for _ in running))
    for one in running:
        one.join()
    cuts = statistics.quantiles(spent, n=100)
    return Round(len(spent) / options.seconds, cuts[49] * 1000, cuts[98] * 1000)


def _work(load: Load, gate: Barrier, results: Queue[list[float]]) -> None:
    """Run one process: its threads write until the time is up."""
    store = open_store(load.settings)
    write = _grouped(store) if load.way == "grouped" else _alone(store)
    write(_new(load.size))  # connected and warm
    gate.wait()
    until = time.perf_counter() + load.seconds
    with ThreadPoolExecutor(load.threads) as pool:
        spent = list(pool.map(lambda _: _until(until, write, load.size), range(load.threads)))
    store.close()
    results.put(list(itertools.chain.from_iterable(spent)))


def _until(until: float, write: Callable[[NewScreening], None], size: int) -> list[float]:
    spent = []
    while (started := time.perf_counter()) < until:
        write(_new(size))
        spent.append(time.perf_counter() - started)
    return spent


def _grouped(store: Store) -> Callable[[NewScreening], None]:
    def write(new: NewScreening) -> None:
        store.writer.write(screenings.entry(new))

    return write


def _alone(store: Store) -> Callable[[NewScreening], None]:
    def write(new: NewScreening) -> None:
        with store.writing() as connection:
            screenings.append(connection, new)

    return write


def _new(size: int) -> NewScreening:
    keys = tuple(f"{side}{kind}:{secrets.token_hex(12)}" for side in ("sender", "recipient") for kind in KINDS)
    return NewScreening(
        id=str(ULID()), item_id=secrets.token_hex(8), created_at=datetime.now(UTC), declared_at=None, stage="station",
        lane="release", outcome="AC", rule="DEFAULT", random_selection=False, selection_probability=0.01,
        station_id="belt-1", scanner_id=None, key_id="benchmark", versions={"service": "benchmark"},
        manifest=json.dumps({"text": "m" * (size // 2)}), answer=json.dumps({"text": "a" * size}),
        evidence=json.dumps({"text": "e" * (size // 2)}), entities=keys,
    )  # fmt: skip


if __name__ == "__main__":
    main()
