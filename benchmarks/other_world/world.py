"""Makes a file of the other world: so many parcels, so large a share illicit, in the order they were screened."""

from __future__ import annotations

from random import Random
from typing import Any

from benchmarks.other_world.boxes import World
from benchmarks.other_world.declare import file_line
from benchmarks.other_world.parcel import Parcel
from benchmarks.other_world.smuggling import SPLIT, draw_campaign
from benchmarks.other_world.trade import honest_season

COVERED = 0.12
"""Share of the illicit parcels that are like an honest one in every respect: no manifest model finds them."""
PERFECT_COVER = "perfect_cover"


def make(count: int, seed: int, base_rate: float) -> list[dict[str, Any]]:
    """Return labelled parcels.

    Args:
        count: Number of parcels, at least 1.
        seed: The same seed gives the same parcels.
        base_rate: Share of illicit parcels, 0 to 0.5.

    Returns:
        One JSON object each, by `screened_at`: manifest, label (0 or 1), modus (None where harmless), contents (parts
        inside), group (near-duplicates), screened_at, and where it was opened found, finding_at, parts.
    """
    world = World(Random(seed))
    wanted = round(count * base_rate)
    illicit, honest = _parcels(world, wanted - round(wanted * COVERED), count - wanted + round(wanted * COVERED))
    for parcel in world.rng.sample(honest, round(wanted * COVERED)):
        parcel.modus, parcel.parts = PERFECT_COVER, (world.rng.choice(SPLIT),)
        parcel.group = world.group("campaign")
    lines = [file_line(world, parcel) for parcel in (*illicit, *honest)]
    return sorted(lines, key=lambda line: (line["screened_at"], line["manifest"]["item_id"]))


def _parcels(world: World, illicit: int, honest: int) -> tuple[list[Parcel], list[Parcel]]:
    bad: list[Parcel] = []
    good: list[Parcel] = []
    while len(bad) < illicit:
        for parcel in draw_campaign(world):
            (bad if parcel.modus else good).append(parcel)
    while len(good) < honest:
        good.extend(honest_season(world))
    # The honest neighbours of the campaigns come first and stay; the last season is cut off.
    return bad[:illicit], good[:honest]
