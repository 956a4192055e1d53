"""The service beside its peers under the same load: requests a second, latencies, processor time, and ratios.

    .venv/bin/python -m benchmarks.serving --output DIR [--short] [--rounds N] [--seconds N] [--document FILE]

Real servers on loopback, each in an environment of its own (made once, in a cache folder; PyPI is asked for that
alone), 16 keep-alive connections, and in every request a manifest of 1.4 kB that nobody sent before. Servers take turns
in every round and start from the same store; ratios are of the same round. The generator runs on the same machine: its
share is told, as is what everything else took. Answers are looked at, and every answer must be on record. Figures are
worth something on a quiet machine only. About 13 minutes, 5 with --short.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.serving import ours, results
from benchmarks.serving.cases import Case, Site
from benchmarks.serving.catalogue import catalogue
from benchmarks.serving.document import fill
from benchmarks.serving.environments import prepared
from benchmarks.serving.load import Plan, Request
from benchmarks.serving.measure import Run, Supply, measured
from benchmarks.serving.postgres import cluster
from benchmarks.serving.servers import ONE_THREAD
from benchmarks.serving.traffic import Parcel, parcels
from features.version import __version__

SEED = 606
CONNECTIONS = 16
FASTEST = 5000
"""Requests a second that parcels are made for."""
READY_ROWS = 500
PEERS = {"fastapi": ("fastapi", "uvicorn"), "bentoml": ("bentoml",), "mlserver": ("mlserver",)}
OPTIONS = ("connections", "rounds", "seconds", "warm", "past", "short")
CACHE = Path.home() / ".cache" / "parcel-screening-peers"


def main() -> None:
    """Run."""
    options = _options()
    options.output.mkdir(parents=True, exist_ok=True)
    os.environ.update(ONE_THREAD)
    cases = [case for case in catalogue() if _wanted(case, options)]
    with tempfile.TemporaryDirectory(prefix="serving-") as folder, cluster() as postgres:
        supply = _supply(options)
        site = _site(Path(folder), options, postgres)
        failed: dict[str, str] = {}
        runs = list(_runs(cases, site, supply, options, failed))
    result = _result(cases, runs, site, options) | {"failed": failed}
    (options.output / "serving.json").write_text(json.dumps(result, indent=1))
    print(results.report(result))
    if options.document:
        fill(options.document, "serving", results.report(result))
    sys.exit(1 if failed else 0)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=Path, required=True, help="folder for serving.json")
    parser.add_argument("--short", action="store_true", help="fewer and shorter runs, most with one worker only")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="of measuring in each run")
    parser.add_argument("--warm", type=float, default=1.5, help="seconds of load before")
    parser.add_argument("--past", type=int, help="parcels on record before each run")
    parser.add_argument("--cases", nargs="*", metavar="NAME", help="only these, as named in serving.json")
    parser.add_argument("--document", type=Path, help="a document to put the tables into")
    parser.add_argument("--environments", type=Path, default=CACHE, help="where the peers' environments are kept")
    options = parser.parse_args()
    options.connections = CONNECTIONS
    options.rounds = options.rounds or (2 if options.short else 3)
    options.seconds = options.seconds or (3.0 if options.short else 4.0)
    options.past = options.past or (2_000 if options.short else 8_000)
    return options


def _wanted(case: Case, options: argparse.Namespace) -> bool:
    if options.cases:
        return case.label in options.cases or case.name in options.cases
    return not (options.short and case.full_only)


def _supply(options: argparse.Namespace) -> Supply:
    from benchmarks.serving.peers.hosted import Hosted, as_row

    hosted = Hosted()
    count = int((options.warm + options.seconds) * FASTEST)
    made = list(itertools.islice(parcels(SEED, first=options.past), count))

    def score(request: Request) -> float:
        row = as_row(json.loads(request.features)) if request.features else _row_of(request.parcel)
        return hosted.score(row)

    def _row_of(parcel: Parcel) -> Any:
        return hosted.row_of_json(json.loads(parcel.body))

    return Supply(made, [_json(_row_of(parcel)[0].tolist()) for parcel in made[:READY_ROWS]], score)


def _json(features: list[float]) -> str:
    return json.dumps([None if value != value else value for value in features], separators=(",", ":"))


def _site(folder: Path, options: argparse.Namespace, postgres: Any) -> Site:
    environments = {name: prepared(name, options.environments) for name in PEERS}
    homes = {
        "sqlite": ours.made(folder / "sqlite", _past(options)),
        "postgresql": ours.made(folder / "postgresql", _past(options), postgres),
    }
    return Site(folder / "run", homes, environments)


def _past(options: argparse.Namespace) -> Iterator[Parcel]:
    return itertools.islice(parcels(SEED), options.past)


def _runs(
    cases: list[Case], site: Site, supply: Supply, options: argparse.Namespace, failed: dict[str, str]
) -> Iterator[Run]:
    """Yield the figures of every run; a case that failed once is left out of the rounds after, and told."""
    plan = Plan(connections=CONNECTIONS, warm=options.warm, seconds=options.seconds)
    for number in range(options.rounds):
        for case in cases:
            if case.label in failed:
                continue
            try:
                run = measured(case, site, supply, plan, number)
            except RuntimeError as error:
                failed[case.label] = str(error)
                print(f"{case.label} FAILED: {error}", file=sys.stderr, flush=True)
                continue
            print(
                f"{number + 1}/{options.rounds} {case.label:24} {run.requests_per_second:8.0f}/s  p50 {run.p50_ms:7.1f}"
                f"  p99 {run.p99_ms:7.1f} ms  errors {run.errors}  CPU {run.cpu_ms:.2f} ms  others {run.others:.2f}",
                run.first_error,
                file=sys.stderr,
                flush=True,
            )
            yield run


def _result(cases: list[Case], runs: list[Run], site: Site, options: argparse.Namespace) -> dict[str, Any]:
    installed = {name: site.environments[name].versions() for name in PEERS}
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "service": __version__,
        "machine": _machine(),
        "options": {
            name: getattr(options, name) for name in ("connections", "rounds", "seconds", "warm", "past", "short")
        },
        "peers": {package: installed[name][package] for name, packages in PEERS.items() for package in packages},
        "titles": {case.label: case.title for case in cases},
        "runs": [asdict(run) for run in runs],
    }


def _machine() -> dict[str, Any]:
    about = Path("/proc/cpuinfo").read_text().splitlines()
    names = (line.partition(":")[2].strip() for line in about if line.startswith("model name"))
    return {
        "processor": next(names, platform.machine()),
        "cores": len(os.sched_getaffinity(0)),
        "kernel": platform.release(),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    main()
