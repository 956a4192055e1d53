"""Milliseconds of each stage of a screening with a picture of one megapixel, and pictures a second through the server.

    .venv/bin/python -m benchmarks.picture_stages [--rounds 200] [--seconds 10] [--document FILE]

The stages run in this process on one core (it keeps itself to the last one): wall-clock medians and 99th percentiles,
and beside them the least processor time, which other work on the machine hardly touches. `xray_stages` has the same
stages for smaller pictures, and the engines against each other. The server runs as an operator starts it; its pictures
differ in every request. Drawing is not part of a screening: it is done when somebody looks.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2

from benchmarks.serving import ours
from benchmarks.serving.document import fill
from benchmarks.serving.load import Outcome, Plan, Request, load
from benchmarks.serving.pictures import FORMATS, SIZE, rendered, screening_with_picture
from benchmarks.serving.servers import ONE_THREAD, running
from benchmarks.serving.traffic import parcels
from benchmarks.xray_stages import LIMITS, analysed
from features.xray_image import canonical
from features.xray_read import read_picture
from models.bundle import locate, open_bundle
from models.drawing import draw
from models.xray import Picture, XrayModel
from models.xray_heads import windows
from service.store.pictures import PictureFolder

Stages = dict[str, Callable[[], object]]
CONNECTIONS = 4
"""Fewer than one worker takes at once and lets wait, so that none is refused."""
SEED = 606
STAGES = ("decode", "planes", "inference", "regions", "drawing", "store", "bytes to assessment")


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=10.0, help="of load for each number of workers; 0: none")
    parser.add_argument("--xray-model", type=Path)
    parser.add_argument("--document", type=Path, help="a document to put the tables into")
    options = parser.parse_args()
    tables = [served(options.seconds)] if options.seconds else []
    text = "\n\n".join([stages_table(options.rounds, options.xray_model), *tables])
    print(text)
    if options.document:
        fill(options.document, "pictures", text)


def stages_table(rounds: int, folder: Path | None) -> str:
    """Measure the stages on one core and return them as a table."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(cores)})
    cv2.setNumThreads(1)
    model = XrayModel.load(open_bundle(locate("xray", None, folder), "xray"))
    with tempfile.TemporaryDirectory(prefix="pictures-", dir=".") as name:
        columns = [_measured(stages(model, fmt, Path(name)), rounds) for fmt in FORMATS.values()]
    os.sched_setaffinity(0, cores)
    head = (
        f"| ms, {SIZE} x {SIZE} px, one core | " + " | ".join(f"{name}: median | p99 | CPU" for name in FORMATS) + " |"
    )
    lines = [head, "|---|" + "---|---|---|" * len(columns)]
    for stage in STAGES:
        cells = " | ".join(" | ".join(f"{figure:.1f}" for figure in column[stage]) for column in columns)
        lines.append(f"| {stage} | {cells} |")
    return "\n".join(lines)


def stages(model: XrayModel, fmt: str, folder: Path) -> Stages:
    """Return what is done in each stage for the first picture of a format."""
    data = rendered(fmt, 0)
    decoded = read_picture(data, LIMITS)
    image = canonical(decoded)
    result = model.assess([Picture(data)]).images[0]
    batches = [window.batch for window in windows(image)]
    around, store, numbers = analysed(data, decoded, image, model), PictureFolder(folder), itertools.count()
    return {
        "decode": around["read the file"],
        "planes": lambda: [around[one]() for one in ("canonical planes", "is it an X-ray", "shares and dense areas")],
        "inference": lambda: [model.engine.run(batch) for batch in batches],
        "regions": lambda: [around[one]() for one in ("scales and tiles", "peaks to boxes")],
        "drawing": lambda: draw(data, result),
        "store": lambda: store.keep(data + str(next(numbers)).encode()),  # the same bytes would be kept only once
        "bytes to assessment": lambda: model.assess([Picture(data)]),
    }


def _measured(work: Stages, rounds: int) -> dict[str, tuple[float, float, float]]:
    """Return median and 99th percentile of the wall clock and the least processor time of each stage, in turn."""
    wall: dict[str, list[float]] = {name: [] for name in work}
    cpu: dict[str, list[float]] = {name: [] for name in work}
    for turn in range(rounds + 1):
        for name, one in work.items():
            began, used = time.perf_counter(), time.process_time()
            one()
            if turn:  # the first one warms up
                wall[name].append(1e3 * (time.perf_counter() - began))
                cpu[name].append(1e3 * (time.process_time() - used))
    return {
        name: (statistics.median(times), sorted(times)[min(int(0.99 * len(times)), len(times) - 1)], min(cpu[name]))
        for name, times in wall.items()
    }


def served(seconds: float) -> str:
    """Load the real server with pictures and return a table."""
    lines = ["| workers | pictures/s | p50 ms | p99 ms | errors | server CPU, ms each |", "|---|---|---|---|---|---|"]
    os.environ.update(ONE_THREAD)
    with tempfile.TemporaryDirectory(prefix="pictures-") as name:
        folder = Path(name)
        home = ours.made(folder / "home", itertools.islice(parcels(SEED), 500))
        for workers in (1, 2):
            outcome, cpu = _loaded(home.copy(folder / f"home-{workers}"), workers, seconds, folder)
            ranked = [1e3 * one for one in sorted(outcome.latencies)]
            p99 = ranked[min(int(0.99 * len(ranked)), len(ranked) - 1)]
            figures = f"{len(ranked) / seconds:.1f} | {statistics.median(ranked):.0f} | {p99:.0f} | {outcome.errors}"
            lines.append(f"| {workers} | {figures} | {1e3 * cpu / len(ranked):.0f} |")
    return "\n".join([*lines, "", f"Pseudo-colour PNG with its manifest, {CONNECTIONS} connections, SQLite."])


def _loaded(home: ours.Home, workers: int, seconds: float, folder: Path) -> tuple[Outcome, float]:
    with running(ours.launch(home, workers), folder / "server.log") as server:
        marks: list[float] = []
        requests = iter(list(itertools.islice(_requests(home.key), int(40 * (seconds + 2)))))
        plan = Plan(connections=CONNECTIONS, warm=2.0, seconds=seconds)
        outcome = load(server.port, requests, plan, lambda: marks.append(server.cpu_seconds()))
    if outcome.errors:
        raise RuntimeError(f"{outcome.errors} errors: {outcome.first_error}")
    return outcome, marks[1] - marks[0]


def _requests(key: str) -> Iterator[Request]:
    for parcel in parcels(SEED, first=500):
        kind, body = screening_with_picture(parcel.body)
        head = f"POST /v1/screenings HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\n"
        yield Request(f"{head}Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body, parcel)


if __name__ == "__main__":
    main()
