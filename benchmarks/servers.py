"""The whole product under several WSGI servers and thread counts, side by side: which one `serve` should be.

    .venv/bin/python -m benchmarks.servers [--short] [--rounds N] [--seconds N] [--only WORD] [--cache DIR]

Every way runs the real application (keys, validation, model, reasons, procedure, durable record on SQLite) with 16
keep-alive connections, each of its requests with a manifest that nobody sent before. Ways take turns in every round
and start from a copy of the same store; ratios are of the same round, to gunicorn's synchronous worker. The other
servers are installed once, each in an environment of its own in the cache folder; only that asks PyPI. The generator
runs on the same machine. Figures are worth something on a quiet machine only. About 10 minutes, 3 with --short.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.serving import ours
from benchmarks.serving.load import Outcome, Plan, Request, load
from benchmarks.serving.servers import Launch, running
from benchmarks.serving.traffic import Parcel, parcels

CONNECTIONS, PAST, SEED = 16, 500, 77
FASTEST = 3000
"""Requests a second that parcels are made for."""
CACHE = Path.home() / ".cache" / "parcel-screening-peers"
APPLICATION = "service.wsgi:create"
BASE = "gunicorn sync"


@dataclass(frozen=True, slots=True)
class Way:
    """One way to serve the product.

    Attributes:
        label: In the table.
        arguments: After the environment's Python.
        package: What its environment holds besides the product; empty: nothing.
        variables: Of its processes, besides those of every way.
        short: Whether it is part of a short run.
    """

    label: str
    arguments: tuple[str, ...]
    package: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    short: bool = True


def granian(threads: int, mode: str = "mt", *, short: bool = False) -> Way:
    """Return granian itself, without what `serve` adds."""
    arguments = ("-m", "granian", "--interface", "wsgi", "--factory", "--no-ws", "--port", "{port}", APPLICATION)
    more = ("--blocking-threads", str(threads), "--runtime-mode", mode)
    return Way(f"granian {mode}, {threads} threads", (*arguments[:-1], *more, APPLICATION), short=short)


def gunicorn(label: str, *options: str) -> Way:
    """Return gunicorn with some options."""
    return Way(
        label, ("-m", "gunicorn", "--bind", "127.0.0.1:{port}", *options, f"{APPLICATION}()"), "gunicorn==23.0.0"
    )


def serve(label: str, workers: int, *, short: bool = True, **variables: str) -> Way:
    """Return the product's own command."""
    return Way(label, ("-m", "cli", "serve", "--port", "{port}", "--workers", str(workers)), "", variables, short)


WAYS: Sequence[Way] = (
    gunicorn(BASE, "--worker-class", "sync"),
    gunicorn("gunicorn gthread, 16 threads", "--worker-class", "gthread", "--threads", "16"),
    Way(
        "waitress, 16 threads",
        ("-m", "waitress", "--threads", "16", "--listen", "127.0.0.1:{port}", "--call", APPLICATION),
        "waitress==3.0.2",
    ),
    Way(
        "uvicorn with a2wsgi, 16 threads",
        ("-m", "uvicorn", "--log-level", "warning", "--port", "{port}", "--factory", "benchmarks.servers_asgi:create"),
        "uvicorn[standard]==0.38.0 a2wsgi==1.10.10",
    ),
    *(granian(threads, short=threads == 16) for threads in (1, 2, 4, 8, 16, 64)),
    granian(16, "st"),
    serve("serve", 1),
    *(serve(f"serve, {slots} slots", 1, PARCEL_SCREENING_THREADS=str(slots), short=False) for slots in (2, 8, 16)),
    serve("serve, 2 workers", 2),
    serve("serve, 2 workers, 2 OpenMP threads each", 2, OMP_NUM_THREADS="2", short=False),
    serve("serve, 2 workers, 2 that spin", 2, OMP_NUM_THREADS="2", OMP_WAIT_POLICY="active", short=False),
)


def main() -> None:
    """Run."""
    options = _options()
    ways = [way for way in WAYS if way.label == BASE or (_in_length(way, options) and options.only in way.label)]
    needed = round(FASTEST * (options.seconds + options.warm))
    made = list(itertools.islice(parcels(SEED, PAST), needed))
    runs: dict[str, list[Outcome]] = {way.label: [] for way in ways}
    with tempfile.TemporaryDirectory(prefix="servers-") as name:
        home = ours.made(Path(name) / "made", itertools.islice(parcels(SEED), PAST))
        for number, way in itertools.product(range(options.rounds), ways):
            folder = Path(name) / "run" / f"{number}-{len(runs[way.label])}-{ways.index(way)}"
            runs[way.label].append(_measured(way, home.copy(folder), made, options))
    print(_table(runs, options))


def _in_length(way: Way, options: argparse.Namespace) -> bool:
    return way.short or not options.short


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--short", action="store_true", help="fewer ways and rounds, shorter runs")
    parser.add_argument("--rounds", type=int, help="how often every way has its turn")
    parser.add_argument("--seconds", type=float, help="measured seconds of a run")
    parser.add_argument("--warm", type=float, default=1.5, help="seconds before that")
    parser.add_argument("--only", default="", help="only ways whose label holds this")
    parser.add_argument("--cache", type=Path, default=CACHE, help="where the environments are kept")
    options = parser.parse_args()
    options.rounds = options.rounds or (2 if options.short else 3)
    options.seconds = options.seconds or (4.0 if options.short else 6.0)
    return options


def _measured(way: Way, home: ours.Home, made: Sequence[Parcel], options: argparse.Namespace) -> Outcome:
    figures = home.folder / "figures"
    figures.mkdir()
    variables = {**home.environment, "PROMETHEUS_MULTIPROC_DIR": str(figures), **way.variables}
    launch = Launch(command=(_python(way, options.cache), *way.arguments), environment=variables, ready="/readyz")
    plan = Plan(connections=CONNECTIONS, warm=options.warm, seconds=options.seconds)
    print(way.label, file=sys.stderr, flush=True)
    with running(launch, home.folder.with_suffix(".log")) as server:
        return load(server.port, _requests(made, home.key), plan, lambda: None)


def _requests(made: Sequence[Parcel], key: str) -> Iterator[Request]:
    for parcel in made:
        head = (
            f"POST /v1/screenings HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(parcel.body)}\r\n\r\n"
        )
        yield Request(head.encode() + parcel.body, parcel)
    raise RuntimeError(f"{len(made)} parcels are not enough; ask for fewer --seconds.")


def _python(way: Way, cache: Path) -> str:
    """Return the Python of a way: the product's own, or that of an environment with one more server."""
    if not way.package:
        return sys.executable
    folder = cache / ("server-" + "".join(one if one.isalnum() else "-" for one in way.package))
    python = folder / "bin" / "python"
    if not (folder / "made").exists():
        subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", *way.package.split()], check=True)
        site = folder / "lib" / f"python{sysconfig.get_python_version()}" / "site-packages"
        # Behind its own packages, the product's: the same application, to the byte.
        (site / "product.pth").write_text(sysconfig.get_path("purelib") + "\n")
        (folder / "made").touch()
    return str(python)


def _table(runs: Mapping[str, Sequence[Outcome]], options: argparse.Namespace) -> str:
    head = "| server | requests/s (least to most) | of gunicorn sync | p50 ms | p99 ms | not answered |"
    lines = [head, "|---|---|---|---|---|---|"]
    base = [_rate(one) for one in runs[BASE]]
    for label, found in runs.items():
        rates = [_rate(one) for one in found]
        ratio = statistics.median(rate / of for rate, of in zip(rates, base, strict=True))
        p50, p99 = (statistics.median(_quantile(one, q) for one in found) * 1000 for q in (0.50, 0.99))
        shown = f"{statistics.median(rates):.0f} ({min(rates):.0f} to {max(rates):.0f})"
        errors = sum(one.errors for one in found)
        lines.append(f"| {label} | {shown} | {ratio:.2f} | {p50:.1f} | {p99:.1f} | {errors} |")
    noise = f"{max(base) / min(base):.2f}"
    lines.append(
        f"\n{options.rounds} rounds of {options.seconds:g} s, {CONNECTIONS} connections, {os.cpu_count()} cores; the "
        f"same server differed by {noise} times between rounds; load average {os.getloadavg()[0]:.1f} at the end."
    )
    return "\n".join(lines)


def _rate(outcome: Outcome) -> float:
    return len(outcome.latencies) / outcome.seconds


def _quantile(outcome: Outcome, share: float) -> float:
    ranked = sorted(outcome.latencies)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else float("nan")


if __name__ == "__main__":
    main()
