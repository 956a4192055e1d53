"""How long a running service goes on with the old procedure after `sop activate`, beside restarting it instead.

    python -m benchmarks.policy_swap [--workers 2] [--swaps 10] [--callers 4]

Callers screen parcels without a pause throughout; it tells how many screenings were refused or broke off, and whether
each answer was decided by exactly one of the versions. Activation and rollback are ordered as the command does, by two
keys. Nothing is written outside a temporary folder.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import tempfile
import threading
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

from benchmarks.model_swap import MOST_SECONDS, Server
from sample_images.parcels import SAMPLES
from service.auth import create_key
from service.settings import Settings
from service.store.store import open_store
from sop.active import shipped_policy_path
from sop.findings import POLICY
from sop.package import Package
from sop.reading.packages import load_package, parse_package
from sop.registry.change import Order, activate, approve, rollback
from sop.registry.events import By

PAUSE = 0.05
"""After a screening that was lost: a refused connection comes back at once, and would be counted without end."""


class PolicyServer(Server):
    """`serve`, asked for the procedure in force."""

    def version(self) -> str:
        """Return the procedure in force, over a new connection."""
        with urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=10) as answer:
            return str(json.load(answer)["versions"]["sop"])


class Callers:
    """Screen the same parcel again and again; count answers by the procedure that decided, and what was lost."""

    def __init__(self, server: Server, key: str, count: int) -> None:
        self.answered: dict[str, int] = {}
        self.lost = 0
        self.slowest = 0.0
        self._lock, self._ended = threading.Lock(), threading.Event()
        self._request = Request(
            f"http://127.0.0.1:{server.port}/v1/screenings",
            SAMPLES[0].manifest_path.read_bytes(),
            {"Authorization": f"Bearer {key}", "Content-Type": "application/json"},
        )
        self._threads = [threading.Thread(target=self._run, daemon=True) for _ in range(count)]

    def __enter__(self) -> Callers:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        for thread in self._threads:
            thread.join(MOST_SECONDS)

    def _run(self) -> None:
        while not self._ended.is_set():
            begun = time.monotonic()
            try:
                with urlopen(self._request, timeout=30) as answer:
                    self._count(json.load(answer)["versions"]["sop"], time.monotonic() - begun)
            except (OSError, URLError):
                with self._lock:
                    self.lost += 1
                time.sleep(PAUSE)

    def _count(self, version: str, seconds: float) -> None:
        with self._lock:
            self.answered[version] = self.answered.get(version, 0) + 1
            self.slowest = max(self.slowest, seconds)


class Registry:
    """Approves and activates in a home, by two keys."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.shipped = load_package(shipped_policy_path())
        policy = self.shipped.files[POLICY].replace(self.shipped.base.version.encode(), b"benchmark", 1)
        self.other = parse_package({**self.shipped.files, POLICY: policy}, "benchmark")
        approve(home, self.other, self._order("1"), in_force=self.shipped, examined={})

    def activate(self) -> Package:
        """Put the other version in force."""
        activate(self.home, self.other, self._order("2"), in_force=self.shipped)
        return self.other

    def rollback(self) -> Package:
        """Put the shipped version in force again."""
        rollback(self.home, self._order("1"))
        return self.shipped

    def _order(self, key: str) -> Order:
        return Order(at=datetime.now(UTC), by=By(key, "benchmark", "sop_author"), reason="benchmark")


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--swaps", type=int, default=10)
    parser.add_argument("--callers", type=int, default=4)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        home = Path(name) / "home"
        key = _key(home)
        registry = Registry(home)
        server = PolicyServer(home, options.workers)
        try:
            server.until_all_say(registry.shipped.title)
            measure(server, registry, key, options.swaps, options.callers)
        finally:
            server.stop()


def measure(server: PolicyServer, registry: Registry, key: str, swaps: int, callers: int) -> None:
    """Swap there and back, then restart, each under the callers, and print what was seen."""
    seconds = []
    with Callers(server, key, callers) as load:
        for number in range(swaps):
            package = registry.activate() if number % 2 == 0 else registry.rollback()
            seconds.append(server.until_all_say(package.title))
    told = ", ".join(f"{one:.2f}" for one in sorted(seconds))
    print(f"swap: last answer of the old procedure after {told} s; {_lost(load)}; slowest {load.slowest:.2f} s")
    print("answers by version: " + ", ".join(f"{name} {count}" for name, count in sorted(load.answered.items())))
    with Callers(server, key, callers) as load:
        server.stop()
        server.start()
        restart = server.until_all_say(package.title)
    print(f"restart instead: {restart:.2f} s until all answer; {_lost(load)}")
    print(f"a swap takes {sorted(seconds)[len(seconds) // 2] / restart:.2f} of a restart (median)")


def _lost(load: Callers) -> str:
    return f"{load.lost} of {sum(load.answered.values()) + load.lost} screenings lost"


def _key(home: Path) -> str:
    store = open_store(Settings(home=home))
    with contextlib.closing(store):
        home.mkdir(parents=True, exist_ok=True)
        store.upgrade()
        return create_key(store, "admin", "benchmark", datetime.now(UTC))[1]


if __name__ == "__main__":
    os.environ.pop("PARCEL_SCREENING_SOP", None)
    main()
