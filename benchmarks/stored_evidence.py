"""How fast past decisions are read from the store, replayed, and turned into the workload's cuts.

    python -m benchmarks.stored_evidence [--screenings 100000]

Times are those of the processor, all threads together, so that other work on the machine does not count. The store is
SQLite in a temporary folder, filled with copies of real answers of the shipped procedure without models of their own
(scores are drawn), so that rows have the size that they have in use. Peer of the reader: the same rows read and parsed
one by one with `sop.evidence_json.from_json`.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select
from ulid import ULID

from features.manifest_schema import parse_manifest_json
from models.results import Reason, RiskResult
from models.xray import PictureLimits
from sample_images.parcels import SAMPLES
from service.cuts import CutWatch
from service.recording import screen_and_record
from service.replay import Asked, Replayer
from service.screening import ScreeningRequest, Tools
from service.settings import Settings
from service.store.evidence import ROW, Tally, tables
from service.store.store import Store, open_store
from service.store.tables import screening
from sop.active import shipped_policy_path
from sop.evidence_json import from_json
from sop.reading.packages import load_package
from sop.registry.versions import keep

START = datetime(2026, 11, 1, tzinfo=UTC)
MADE = 500
"""Screenings that are really made; the others are copies of them."""


class DrawnRisk:
    """Stands in for the risk model: low scores as a real one gives, with the reasons of an answer."""

    title = "drawn-1.0.0"
    base_rate = 1e-5

    def __init__(self) -> None:
        self._random = random.Random(1)

    def assess(self, *_: Any) -> RiskResult:
        """Return the next score."""
        score = self._random.betavariate(0.3, 20)
        reason = Reason("PRICE_PER_KG_LOW", "41.67 USD a kilogram; shirts are usually 15 to 90.", 0.61)
        return RiskResult(score, 50.0, (reason,) * 6)


def filled(home: Path, count: int) -> tuple[Store, Tools]:
    """Return a store with so many screenings, and the tools that made them."""
    package = load_package(shipped_policy_path())
    keep(home, package.files)
    risk: Any = DrawnRisk()
    tools = Tools(package=package, risk=risk, xray=None, limits=PictureLimits(), selection_secret=b"benchmark")
    store = open_store(Settings(home=home))
    store.upgrade()
    manifests = [parse_manifest_json(sample.manifest_path.read_bytes()) for sample in SAMPLES]
    for number in range(MADE):
        manifest = replace(manifests[number % len(manifests)], item_id=f"ITEM{number}")
        at = START + timedelta(seconds=number)
        screen_and_record(ScreeningRequest(manifest=manifest), tools, store, key_id=None, at=at)
    _copy(store, count)
    return store, tools


def _copy(store: Store, count: int) -> None:
    with store.writing() as connection:
        made = [dict(row) for row in connection.execute(select(screening)).mappings()]
        for first in range(MADE, count, 5_000):
            rows = [_copied(made[seq % MADE], seq) for seq in range(first, min(first + 5_000, count))]
            connection.execute(insert(screening), rows)


def _copied(row: dict[str, Any], seq: int) -> dict[str, Any]:
    at = START + timedelta(seconds=seq)
    return {**row, "seq": seq + 1, "id": str(ULID.from_datetime(at)), "created_at": at}


@contextmanager
def timed(what: str, count: int, told: dict[str, float]) -> Iterator[None]:
    """Time a block, print rows a second of processor time, and keep the seconds."""
    begun = time.process_time()
    yield
    told[what] = time.process_time() - begun
    print(f"{what:<36} {told[what]:7.3f} s   {count / told[what]:>10,.0f} a second")


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--screenings", type=int, default=100_000)
    count = parser.parse_args().screenings
    with tempfile.TemporaryDirectory() as name:
        store, tools = filled(Path(name), count)
        try:
            measure(store, tools, Path(name), count)
        finally:
            store.close()


def measure(store: Store, tools: Tools, home: Path, count: int) -> None:
    """Measure and print."""
    told: dict[str, float] = {}
    for what, work in _works(store, home).items():
        with timed(what, count, told):
            work()
    watch = CutWatch(store)
    with timed("cuts, first look (10,000 parcels)", 10_000, told):
        watch.look([tools.package])
    _again(store, count)
    with timed("cuts, next look (100 new parcels)", 10_000, told):
        watch.look([tools.package])
    with timed("cuts, nothing new", 10_000, told):
        watch.look([tools.package])
    print(f"columns are read {told['one by one'] / told['in columns']:.1f} times as fast as one by one")


def _works(store: Store, home: Path) -> dict[str, Callable[[], None]]:
    def one_by_one() -> None:
        with store.reading() as connection:
            for row in connection.execute(select(*(screening.c[name] for name in ROW))):
                from_json(row.evidence)

    def in_columns() -> None:
        with store.reading() as connection:
            tally = Tally()
            assert sum(table.num_rows for table in tables(connection, tally=tally)) == tally.stored

    def replayed() -> None:
        with store.reading() as connection:
            # The copies' rows differ from their answers in nothing that is compared.
            assert not any(one.differences or one.hindrance for one in Replayer(connection, home).run(Asked()))

    return {"one by one": one_by_one, "in columns": in_columns, "replayed and compared": replayed}


def _again(store: Store, count: int) -> None:
    with store.writing() as connection:
        made = [dict(row) for row in connection.execute(select(screening).limit(100)).mappings()]
        connection.execute(insert(screening), [_copied(row, count + place) for place, row in enumerate(made)])


if __name__ == "__main__":
    main()
