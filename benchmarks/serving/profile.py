"""Where the time of a request goes: the serving process is sampled from outside while it is under load.

    .venv/bin/python -m benchmarks.serving.profile [--seconds 10] [--picture] [--document FILE]

py-spy (in an environment of its own) looks 100 times a second which thread holds the interpreter's lock, the one thing
that the threads of a worker compete for; each sample counts for the outermost stage it is in, so that what a stage
calls counts for it. What runs without that lock (SQLite, the disk, the detector's network) is not in it. One worker.
"""

from __future__ import annotations

import argparse
import collections
import itertools
import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil

from benchmarks.picture_stages import CONNECTIONS as PICTURES
from benchmarks.serving import ours
from benchmarks.serving.__main__ import CACHE, CONNECTIONS, SEED
from benchmarks.serving.document import fill
from benchmarks.serving.environments import prepared
from benchmarks.serving.load import Outcome, Plan, Request, load
from benchmarks.serving.pictures import screening_with_picture
from benchmarks.serving.servers import Running, running
from benchmarks.serving.traffic import parcels

RATE = 100
PAST = 4000
LISTED = 25
# A sample belongs to the first line that matches a frame, looking from the outermost frame inwards.
STAGES = (
    ("store: the writer's transactions", r"service/store/group\.py"),
    ("store: earlier parcels and idempotency", r"^(_look_up|past_parcels) \("),
    ("store: the record's row, the picture's bytes", r"^(_record|_hand_over|entry|_keep) \("),
    ("body, JSON, manifest", r"service/intake\.py|features/manifest_schema|features/strict_json"),
    ("key, limits and permission", r"service/(auth|gate|rate_limits|key_\w+|certificates)\.py|service/store/key"),
    ("keys of people", r"^entity_keys \("),
    ("history and indicators", r"features/indicators|^summarise \("),
    ("risk: score and reasons", r"models/(risk|tree|linear|memory|hs_text|rates)"),
    ("picture: read, planes, network, regions", r"models/xray|features/xray"),
    ("procedure: evidence, rules, carrier's answer", r"sop/|service/(deciding|evidence)\.py|models/fusion\.py"),
    ("the answer's text", r"service/answer\.py|json/"),
    ("metrics", r"service/(metrics|load_figures)\.py|prometheus_client"),
    ("log line", r"service/logs\.py|logging/"),
)
LEFT = "Flask, guard, server, and what is left"
WAITING = re.compile(r"^$|sigwait|(wait|acquire|get|select|accept) \((threading|queue|selectors|socket|signal)\.py")
"""The innermost frame of a thread that waits for others; empty for the server's own threads, which run no Python."""


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--picture", action="store_true", help="with a picture of one megapixel in every request")
    parser.add_argument("--document", type=Path, help="a document to put the table into")
    parser.add_argument("--functions", action="store_true", help="list the busiest functions too")
    options = parser.parse_args()
    py_spy = prepared("profiler", CACHE).program("py-spy")
    with tempfile.TemporaryDirectory(prefix="profile-") as name:
        folder = Path(name)
        home = ours.made(folder / "home", itertools.islice(parcels(SEED), PAST))
        with running(ours.launch(home, 1), folder / "server.log") as server:
            plan = Plan(connections=PICTURES if options.picture else CONNECTIONS, warm=2.0, seconds=options.seconds + 1)
            outcome, samples = _sampled(server, _requests(home.key, options.picture), plan, folder, py_spy)
    if outcome.errors:
        raise SystemExit(f"{outcome.errors} requests were not answered: where their time went is no screening's.")
    text = table(samples, len(outcome.latencies), outcome.seconds)
    print(text)
    if options.functions:
        print("\n".join(f"{count:6d} {where}" for where, count in busiest(samples)))
    if options.document:
        fill(options.document, "profile-picture" if options.picture else "profile", text)


def _requests(key: str, picture: bool) -> Iterator[Request]:
    head = f"Host: localhost\r\nAuthorization: Bearer {key}\r\n"
    for parcel in parcels(SEED, first=PAST):
        kind, body = screening_with_picture(parcel.body) if picture else ("application/json", parcel.body)
        lines = f"POST /v1/screenings HTTP/1.1\r\n{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        yield Request(lines.encode() + body, parcel)


def _sampled(
    server: Running, requests: Iterator[Request], plan: Plan, folder: Path, py_spy: str
) -> tuple[Outcome, dict[str, int]]:
    """Load the server and return what came of it, and how often each stack of its worker was seen."""
    worker = max(psutil.Process(server.process.pid).children(recursive=True), key=lambda one: one.memory_info().rss)
    raw = folder / "stacks.txt"
    lasting = str(int(plan.seconds) - 1)  # it starts within the load, and must end before it
    command = [py_spy, "record", "--gil", "--format", "raw", "--rate", str(RATE), "--duration", lasting]
    sampler: list[subprocess.Popen[bytes]] = []

    def at_mark() -> None:
        if not sampler:
            sampler.append(
                subprocess.Popen(
                    [*command, "--output", str(raw), "--pid", str(worker.pid)],
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
            )

    outcome = load(server.port, requests, plan, at_mark)
    sampler[0].wait(60)
    return outcome, stacks(raw.read_text())


def stacks(raw: str) -> dict[str, int]:
    """Read py-spy's raw form: frames from the outermost inwards, joined by semicolons, and a count."""
    found: dict[str, int] = collections.defaultdict(int)
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        if not WAITING.search(stack.rpartition(";")[2]):
            found[stack] += int(count)
    return found


def stage_of(stack: str) -> str:
    """Return the stage that a stack belongs to."""
    for frame in stack.split(";"):
        for name, pattern in STAGES:
            if re.search(pattern, frame):
                return name
    return LEFT


def table(samples: dict[str, int], answers: int, seconds: float) -> str:
    """Return shares of the samples by stage, the largest first."""
    shares: dict[str, int] = collections.defaultdict(int)
    for stack, count in samples.items():
        shares[stage_of(stack)] += count
    total = sum(shares.values())
    lines = ["| stage | share of running time |", "|---|---|"]
    lines += [f"| {name} | {count / total:.0%} |" for name, count in sorted(shares.items(), key=lambda one: -one[1])]
    return "\n".join([*lines, "", f"{total:,} samples, {answers / seconds:,.0f} answers a second under the sampler."])


def busiest(samples: dict[str, int]) -> list[tuple[str, int]]:
    """Return the innermost frames that were seen most."""
    counts: collections.Counter[str] = collections.Counter()
    for stack, count in samples.items():
        counts[stack.rpartition(";")[2]] += count
    return counts.most_common(LISTED)


if __name__ == "__main__":
    main()
