"""Makes a home with a month of screenings and findings, so that simulation, replay and shadow have something to show.

python -m benchmarks.past_month HOME [--count 6000] [--seed 3] [--base-rate 0.02]

Synthetic parcels go through the real pipeline: first their advance data, then, where the lane asks for it, a picture
at the station (one of `sample_images`, with a part where the parcel is illicit). Officers open what is examined or
detained and write down what they found, nineteen times out of twenty. Times are spread over October 2026, from five to
nine in the evening. Nothing in it says how good the product is: the same generator made the models.
"""

from __future__ import annotations

import argparse
import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ulid import ULID

from features.manifest_schema import parse_manifest_json
from models.xray import Picture
from sample_images.parcels import FOLDER
from service.composition import load_tools
from service.recording import screen_and_record
from service.screening import ScreeningRequest, Tools
from service.settings import Settings
from service.store import findings
from service.store.store import Store, open_store
from training.parcels.generate import generate

START, DAYS = datetime(2026, 10, 1, 5, tzinfo=UTC), 31
HOURS_A_DAY = 16
WRITTEN_DOWN = 0.95
WITH_PART = ("pistol.png", "parts-kit.jpg", "revolver-grey.jpg", "dual-energy.tif")
WITHOUT = ("harmless.jpg", "electronics.jpg")
STATIONS = ("leeds-1", "leeds-2", "dover-1")


@dataclass(frozen=True, slots=True)
class Desk:
    """All that a screening needs, and the dice."""

    tools: Tools
    store: Store
    dice: random.Random


def main() -> None:
    """Fill the home."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("home", type=Path)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=3)
    parser.add_argument("--base-rate", type=float, default=0.02)
    options = parser.parse_args()
    settings = Settings(home=options.home)
    settings.home.mkdir(parents=True, exist_ok=True)
    store = open_store(settings)
    store.upgrade()
    desk = Desk(load_tools(settings), store, random.Random(options.seed))
    found = 0
    for number, parcel in enumerate(generate(options.count, options.seed, options.base_rate)):
        found += _through(desk, parcel, _moment(number, options.count))
    store.close()
    print(f"{options.home}: {options.count:,} parcels, {found:,} illicit ones found.")


def _moment(number: int, count: int) -> datetime:
    hours = number / count * DAYS * HOURS_A_DAY
    return START + timedelta(days=int(hours // HOURS_A_DAY), hours=hours % HOURS_A_DAY)


def _through(desk: Desk, parcel: dict[str, Any], at: datetime) -> bool:
    """Bring one parcel through; returns whether officers found it illicit."""
    manifest = parse_manifest_json(json.dumps(parcel["manifest"]))
    illicit, station = bool(parcel["label"]), desk.dice.choice(STATIONS)
    _, lane = _screen(desk, ScreeningRequest(manifest=manifest), at)
    if lane in ("documents", "release"):
        return False
    name = desk.dice.choice(WITH_PART if illicit else WITHOUT)
    picture = Picture((FOLDER / name).read_bytes(), name)
    at += timedelta(seconds=2)
    seen = ScreeningRequest(manifest=manifest, pictures=(picture,), station_id=station, scanner_id=f"{station}-belt")
    screening_id, lane = _screen(desk, seen, at)
    if lane not in ("detain", "examine") or desk.dice.random() > WRITTEN_DOWN:
        return False
    _record(desk, screening_id, manifest.item_id, illicit, at + timedelta(seconds=1))
    return illicit


def _screen(desk: Desk, request: ScreeningRequest, at: datetime) -> tuple[str, str]:
    done = screen_and_record(request, desk.tools, desk.store, key_id=None, at=at)
    return done.screening_id, json.loads(done.answer)["decision"]["lane"]


def _record(desk: Desk, screening_id: str, item_id: str, illicit: bool, at: datetime) -> None:
    found = findings.Finding(
        id=str(ULID.from_datetime(at)), screening_id=screening_id, item_id=item_id, created_at=at, key_id=None,
        found="illicit" if illicit else "nothing",
    )  # fmt: skip
    with desk.store.writing() as connection:
        findings.append(connection, found)


if __name__ == "__main__":
    main()
