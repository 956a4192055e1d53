"""What an officer's answer waits longer while a candidate runs beside: rules, or both models.

    python -m benchmarks.shadow_latency [--rounds 20]

Every round screens and records a block of sample parcels three times, in turn: without a candidate (the peer), beside a
candidate's rules, and beside a candidate's models, which are the shipped ones loaded once more. Within a block parcels
come one after another without a pause, so that the background never rests: the worst case. Between blocks it is waited
until the background is done, so that no block pays for the one before.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from features.manifest_schema import parse_manifest_json
from models.bundle import open_bundle, shipped_bundles
from models.loading import load_risk, load_xray
from models.xray import Picture
from sample_images.parcels import SAMPLES
from service.composition import load_tools
from service.recording import screen_and_record
from service.screening import ScreeningRequest, Tools
from service.settings import Settings
from service.shadow_queue import ShadowQueue
from service.shadow_types import Candidate
from service.store import shadows
from service.store.store import Store, open_store

TRIALS = ("none", "rules", "models")
CLOSE_UP = 0.95
BLOCK = 10


def main() -> None:
    """Run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        settings = Settings(home=Path(name))
        store = open_store(settings)
        store.upgrade()
        try:
            measure(store, load_tools(settings), rounds)
        finally:
            store.close()


def measure(store: Store, tools: Tools, rounds: int) -> None:
    """Measure and print."""
    variants = {name: replace(tools, shadow=shadow) for name, shadow in candidates(tools).items()}
    for with_picture in (False, True):
        queue = ShadowQueue(store)
        seconds: dict[str, list[float]] = {name: [] for name in TRIALS}
        for number in range(rounds):
            for name in TRIALS:
                for part in range(BLOCK):
                    for request in requests(number * BLOCK + part, with_picture):
                        seconds[name].append(screened(request, variants[name], store, queue))
                drain(store)
        tell("with a picture" if with_picture else "manifest alone", seconds)
    with store.reading() as connection:
        print({name: dict(shadows.states(connection, name)) for name in TRIALS[1:]})


def candidates(tools: Tools) -> dict[str, Candidate | None]:
    """Return what runs beside in each variant."""
    risk = load_risk(open_bundle(shipped_bundles("risk")[-1], "risk"))
    xray = load_xray(open_bundle(shipped_bundles("xray")[-1], "xray"))
    return {
        "none": None,
        "rules": Candidate(trial="rules", package=tools.package),
        "models": Candidate(trial="models", package=tools.package, risk=risk, xray=xray),
    }


def requests(number: int, with_picture: bool) -> list[ScreeningRequest]:
    """Return the sample parcels of one round, each with an item number of its own."""
    found = []
    for sample in SAMPLES:
        if bool(sample.image) == with_picture:
            manifest = parse_manifest_json(sample.manifest_path.read_bytes())
            manifest = replace(manifest, item_id=f"{manifest.item_id}-{number}")
            pictures = (Picture(sample.image.read_bytes(), "top"),) if sample.image else ()
            found.append(ScreeningRequest(manifest=manifest, pictures=pictures))
    return found


def screened(request: ScreeningRequest, tools: Tools, store: Store, queue: ShadowQueue) -> float:
    """Screen and record a parcel and return the seconds it took."""
    begun = time.perf_counter()
    screen_and_record(request, tools, store, key_id=None, at=datetime.now(UTC), shadows=queue)
    return time.perf_counter() - begun


def drain(store: Store) -> None:
    """Wait until no parcel waits for a candidate's models."""
    while True:
        with store.reading() as connection:
            if not shadows.states(connection, "models")["waiting"]:
                return
        time.sleep(0.05)


def tell(what: str, seconds: dict[str, list[float]]) -> None:
    """Print medians and 95th percentiles, and their ratio to those without a candidate."""
    for name in TRIALS:
        middle, high = figures(seconds[name])
        base, base_high = figures(seconds["none"])
        told = (
            f"median {middle * 1000:6.1f} ms ({middle / base:.2f})   p95 {high * 1000:6.1f} ms ({high / base_high:.2f})"
        )
        print(f"{what:<15} candidate: {name:<7} {told}   n {len(seconds[name])}")


def figures(seconds: Sequence[float]) -> tuple[float, float]:
    """Return the median and the 95th percentile."""
    ranked = sorted(seconds)
    return statistics.median(ranked), ranked[min(int(CLOSE_UP * len(ranked)), len(ranked) - 1)]


if __name__ == "__main__":
    main()
