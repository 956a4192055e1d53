"""How fast `sop simulate` is from a Parquet file to every figure, against deciding one by one in the same run.

python -m benchmarks.sop_simulate [--records 1000000] [--repeat 3]

Synthetic records with every signal, the shipped procedure, and the same with one threshold moved. Each line is a step
that a simulation takes, the median of the repeats, by the clock and in seconds of the processor, which a busy machine
does not stretch; a second counts two decisions a record, as both procedures decide it. The last column says how many
times less of the processor it takes than `sop.evidence_json.decide_again` one by one, which writes reasons as well but
compares nothing.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import TypeVar

import numpy as np
import pyarrow as pa

from benchmarks.sop_bulk import records
from cli.sop_simulate_input import from_file
from cli.sop_simulate_report import render
from sop.active import shipped_policy_path
from sop.bulk.columns import to_stored, write_parquet
from sop.evidence_json import decide_again
from sop.package import Package
from sop.reading.packages import load_package
from sop.simulation.replay import Asked, Replayed, replay, simulate
from sop.simulation.simulate import Simulation
from sop.simulation.threshold_places import places, with_value
from sop.simulation.thresholds import Wanted
from sop.types import LANES

ONE_BY_ONE = 2000
SEEN = 0.02
READ, BOTH, COMPARE = "read the file", "decide by both, rolling cuts", "compare"
WHOLE = "from the file to every figure"
Found = TypeVar("Found")
Taken = tuple[float, float]
"""Seconds by the clock, and of the processor, which a busy machine does not stretch."""


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "past.parquet"
        write_parquet(_with_findings(records(options.records)), path)
        print(f"{options.records:,} records, {path.stat().st_size / 1e6:,.0f} MB of Parquet")
        _report(path, options.repeat)


def _with_findings(table: pa.Table) -> pa.Table:
    """Add what was decided and found then, as a store would have it: every parcel of a high rank was opened."""
    rng = np.random.default_rng(2)
    risk = table.column("risk").to_numpy()
    opened = (risk > 0.2) | (rng.random(len(risk)) < 0.01)
    lanes = pa.array(np.where(opened, "examine", "release"))
    rules = pa.array(np.where(risk > 0.2, "RK-020", "RANDOM"))
    found = pa.array(np.where(rng.random(len(risk)) < SEEN, "illicit", "nothing"), mask=~opened)
    share = pa.array(np.full(len(risk), 0.01))
    named = {"lane": lanes, "rule": rules, "found": found, "selection_probability": share}
    for name, column in named.items():
        table = table.append_column(name, column)
    return table


def _report(path: Path, repeat: int) -> None:
    active = load_package(shipped_policy_path())
    place = next(place for place in places(active, "scan") if place.within.signal == "risk")
    candidate = with_value(active, place, place.now * 1.5)
    table = from_file(path, None, None).table
    peer = _one_by_one(active, candidate, table)
    taken: dict[str, list[Taken]] = {}

    def step(name: str, work: Callable[[], Found]) -> Found:
        start, busy = time.perf_counter(), time.process_time()
        found = work()
        taken.setdefault(name, []).append((time.perf_counter() - start, time.process_time() - busy))
        return found

    for _ in range(repeat):
        read = step(READ, lambda: from_file(path, None, None).table)
        replayed = step(BOTH, lambda read=read: replay(read, active, candidate, b"", True))
        found = step(COMPARE, lambda one=replayed: _simulated(one, active, candidate))
        step("thresholds for one share", lambda one=replayed: _simulated(one, active, candidate, wanted=True))
        step("write the page", lambda one=found: render(one))
    _print(taken, len(table), peer)
    _check(replayed, active, candidate)


def _simulated(replayed: Replayed, active: Package, candidate: Package, wanted: bool = False) -> Simulation:
    wishes = (Wanted("examine", "at_most", 0.001),) if wanted else ()
    return simulate(replayed, active, candidate, b"", Asked(capacity={}, wanted=wishes), "a file", {})


def _one_by_one(active: Package, candidate: Package, table: pa.Table) -> Taken:
    """Return seconds a record for two decisions, by the clock and of the processor."""
    parcels = [to_stored(table, row) for row in range(ONE_BY_ONE)]
    start, busy = time.perf_counter(), time.process_time()
    for parcel in parcels:
        decide_again(active, parcel)
        decide_again(candidate, parcel)
    return (time.perf_counter() - start) / ONE_BY_ONE, (time.process_time() - busy) / ONE_BY_ONE


def _print(taken: dict[str, list[Taken]], count: int, peer: Taken) -> None:
    steps = {name: (median(one[0] for one in times), median(one[1] for one in times)) for name, times in taken.items()}
    whole = tuple(sum(steps[name][at] for name in (READ, BOTH, COMPARE)) for at in (0, 1))
    print(f"{'step':<34} {'seconds':>8} {'processor':>10} {'decisions a second':>19} {'of it':>12} {'times':>6}")
    rows = {"decide one by one, with reasons": (peer[0] * count, peer[1] * count), **steps, WHOLE: whole}
    for name, (seconds, busy) in rows.items():
        print(f"{name:<34} {seconds:>8.2f} {busy:>10.2f} {2 * count / seconds:>19,.0f} {2 * count / busy:>12,.0f} "
              f"{peer[1] * count / busy:>6.1f}")  # fmt: skip


def _check(replayed: Replayed, active: Package, candidate: Package) -> None:
    for package, decided in ((active, replayed.before), (candidate, replayed.after)):
        untouched = [row for row in range(ONE_BY_ONE) if decided.cut[row] < 0]
        for row in untouched:
            if decide_again(package, to_stored(replayed.table, row)).lane != LANES[decided.lane[row]]:
                raise SystemExit(f"row {row} is decided otherwise in bulk")
    print(f"lanes are the same as one by one on {ONE_BY_ONE:,} records that no cut moved")


if __name__ == "__main__":
    main()
