"""How fast parcels are decided in bulk, from Parquet and from stored evidence, against one by one in the same run.

python -m benchmarks.sop_bulk [--records 1000000] [--policy FILE] [--repeat 3]

Synthetic records with every signal. Each line is one way from the file to the decisions: the median of the repeats,
decisions a second, and how many times as fast as `sop.engine.decide` one by one in the same run, on records already in
memory (it also writes the reasons). `of cores` are the seconds that the cores spent; on a busy machine the clock runs
on meanwhile. The decisions of both are compared; a difference ends the run with 1. `taskset -c 0,1` gives it two cores.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from features.codes import COUNTRIES
from models.results import PARTS
from sop.active import active_policy_path
from sop.bulk.columns import checked, from_pages, read_parquet, write_parquet
from sop.bulk.cuts import Rolling
from sop.bulk.decide import decide_all
from sop.bulk.decided import Decided
from sop.evidence_json import decide_again, from_record, to_json
from sop.package import Package
from sop.reading.packages import load_package
from sop.types import LANES, Decision
from sop.vocabulary import default_vocabulary

ONE_BY_ONE = 5000
STORED = 200_000
PAGE = 20_000
Numbers = NDArray[np.int64]
Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
FIRST = datetime(2026, 10, 1, tzinfo=UTC)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--policy", type=Path)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args()
    package = load_package(options.policy or active_policy_path(None, None))
    table = records(options.records)
    with tempfile.TemporaryDirectory() as folder:
        _report(package, table, Path(folder), options.repeat)


def records(count: int, seed: int = 1) -> pa.Table:
    """Return synthetic evidence of `count` parcels over sixty days, half of them at the station, in order of time."""
    rng = np.random.default_rng(seed)
    station = rng.random(count) < 0.5
    risk = rng.beta(0.5, 20, count)
    xray = np.where(station, rng.beta(1, 8, count), np.nan)
    seconds = np.sort(rng.integers(0, 60 * 86_400_000_000, count))
    table = {
        "item_id": [f"RR{number:08d}0GB" for number in range(count)],
        "stage": _pick(rng, ["pre_arrival", "station"], station.astype(int)),
        "station": _pick(rng, [f"station-{number}" for number in range(20)], rng.integers(0, 20, count)),
        "channel": _pick(rng, ["postal", "courier"], rng.integers(0, 2, count)),
        "mail_class": _pick(rng, ["parcel", "ems", "letter"], rng.integers(0, 3, count)),
        "direction": _pick(rng, ["import", "transit"], rng.integers(0, 2, count)),
        "nature": _pick(rng, ["gift", "sale_of_goods", "other"], rng.integers(0, 3, count)),
        "origin_country": _pick(rng, sorted(COUNTRIES), rng.integers(0, len(COUNTRIES), count)),
        "destination_country": _pick(rng, ["MX"], np.zeros(count, int)),
        "xray_assessment": _pick(rng, ["alarm", "clear", "unknown"], _assessments(xray, rng), ~station),
        "risk": pa.array(risk, mask=rng.random(count) < 0.002),
        "xray": pa.array(xray, mask=~station),
        "combined": pa.array(np.clip(risk * rng.lognormal(0, 0.5, count), 0, 1), mask=~station),
        "transit_countries": _lists(rng, ["US", "FR", "DE"], count, 0.3),
        "hs_codes": _lists(rng, [f"{number:06d}" for number in range(10_000, 970_000, 190)], count, 1.8),
        "indicators": _lists(rng, sorted(default_vocabulary().indicators), count, 0.15),
        "contradictions": _lists(rng, sorted(default_vocabulary().contradictions), count, 0.005),
        "watchlists": _lists(rng, ["national", "port"], count, 0.002),
        "missing": _lists(rng, ["scanner_uncalibrated", "image_unreadable"], count, 0.004),
        "parts": _parts(rng, xray),
        "finding_history": (rng.random(count) < 0.002).astype(int),
        "at": pa.array(seconds + int(FIRST.timestamp() * 1_000_000)).cast(pa.timestamp("us", "UTC")),
        "draw": rng.random(count),
        "tie_draw": rng.random(count),
        "policy": _pick(rng, ["0" * 64], np.zeros(count, int)),
    }
    return checked(pa.table(table), "synthetic records")


def _pick(rng: np.random.Generator, values: list[str], index: Numbers, none: Mask | None = None) -> pa.Array:
    """Return the values at `index`, null where `none` says so."""
    return pa.DictionaryArray.from_arrays(pa.array(index.astype(np.int32), mask=none), values).cast(pa.string())


def _assessments(xray: Floats, rng: np.random.Generator) -> Numbers:
    return np.where(rng.random(len(xray)) < 0.005, 2, np.where(np.nan_to_num(xray) > 0.5, 0, 1))


def _lists(rng: np.random.Generator, values: list[str], count: int, mean: float) -> pa.Array:
    lengths = rng.poisson(mean, count)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    flat = pa.DictionaryArray.from_arrays(rng.integers(0, len(values), offsets[-1]).astype(np.int32), values)
    return pa.ListArray.from_arrays(offsets, flat.cast(pa.string()))


def _parts(rng: np.random.Generator, xray: Floats) -> pa.Array:
    seen = {part: rng.random(len(xray)) < 0.1 for part in PARTS}
    return pa.StructArray.from_arrays([pa.array(xray, mask=~seen[part] | np.isnan(xray)) for part in PARTS], PARTS)


def _report(package: Package, table: pa.Table, folder: Path, repeat: int) -> None:
    parquet, database = folder / "evidence.parquet", folder / "evidence.sqlite3"
    write_parquet(table, parquet)
    lines = _stored(table, database)
    one_by_one, seconds = _one_by_one(package, table)
    peer = seconds / ONE_BY_ONE
    print(f"{len(table):,} records, {parquet.stat().st_size / 1e6:,.0f} MB of Parquet; "
          f"{STORED:,} lines of evidence, {len(lines) / 1e6:,.0f} MB")  # fmt: skip
    print(f"{'way':<44} {'records':>10} {'seconds':>8} {'of cores':>8} {'a second':>10} {'times':>7}")
    print(
        f"{'one by one, with its reasons':<44} {ONE_BY_ONE:>10,} {seconds:>8.2f} {'':>8} {1 / peer:>10,.0f} {1:>7.1f}"
    )
    ways: dict[str, tuple[int, Callable[[], object]]] = {
        "columns: decide": (len(table), lambda: decide_all(package, table)),
        "Parquet: read, decide": (len(table), lambda: decide_all(package, read_parquet(parquet))),
        "Parquet: read, decide, rolling cuts": (
            len(table),
            lambda: decide_all(package, read_parquet(parquet), cuts=Rolling()),
        ),
        "SQLite: read, parse, decide, rolling cuts": (STORED, lambda: _from_sqlite(package, database)),
    }
    for name, (count, way) in ways.items():
        taken, busy = np.median([_timed(way) for _ in range(repeat)], axis=0)
        speed = f"{count / taken:>10,.0f} {peer * count / taken:>7.0f}"
        print(f"{name:<44} {count:>10,} {taken:>8.2f} {busy:>8.2f} {speed}")
    _compare(package, table, one_by_one)


def _stored(table: pa.Table, database: Path) -> bytes:
    """Put the first records as lines of evidence into a table of SQLite, as the service stores them."""
    lines = [to_json(from_record(record)) for record in table.slice(0, STORED).to_pylist()]
    with sqlite3.connect(database) as connection:
        connection.execute("CREATE TABLE screening (seq INTEGER PRIMARY KEY, evidence TEXT NOT NULL)")
        connection.executemany("INSERT INTO screening (evidence) VALUES (?)", ((line,) for line in lines))
    return "\n".join(lines).encode()


def _from_sqlite(package: Package, database: Path) -> Decided:
    with sqlite3.connect(database) as connection:
        table = pa.concat_tables(from_pages(_pages(connection)))
    return decide_all(package, table, cuts=Rolling())


def _pages(connection: sqlite3.Connection) -> Iterator[bytes]:
    rows = connection.execute("SELECT evidence FROM screening ORDER BY seq")
    while page := rows.fetchmany(PAGE):
        yield "\n".join(line for (line,) in page).encode()


def _one_by_one(package: Package, table: pa.Table) -> tuple[list[Decision], float]:
    parcels = [from_record(record) for record in table.slice(0, ONE_BY_ONE).to_pylist()]
    start = time.perf_counter()
    return [decide_again(package, one) for one in parcels], time.perf_counter() - start


def _timed(way: Callable[[], object]) -> tuple[float, float]:
    """Return the seconds by the clock, and those that the cores spent."""
    start, busy = time.perf_counter(), time.process_time()
    way()
    return time.perf_counter() - start, time.process_time() - busy


def _compare(package: Package, table: pa.Table, one_by_one: list[Decision]) -> None:
    decided = decide_all(package, table.slice(0, ONE_BY_ONE))
    lanes = [LANES[code] for code in decided.lane]
    rules = [decided.rules[code] for code in decided.rule]
    same = lanes == [one.lane for one in one_by_one] and rules == [one.rule for one in one_by_one]
    print(f"lanes and rules of both are the same on {ONE_BY_ONE:,} records: {same}")
    if not same:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
