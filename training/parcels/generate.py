"""Labelled synthetic parcels in time order, as NDJSON records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from training.parcels.consignment import Consignment
from training.parcels.declare import declare
from training.parcels.deeds import do_to_parcel
from training.parcels.follow_up import honest_parcels
from training.parcels.habits import pick
from training.parcels.honest import honest
from training.parcels.illicit import campaigns
from training.parcels.study import draw_study
from training.parcels.world import make_world

DEFAULT_BASE_RATE = 0.02
BLOCK, MOST_BLOCKS = 1500, 120
"""Parcels under the same conditions, about, and the most blocks: people must be met again within one."""
ORIGINS = 400
"""Harmless parcels drawn to learn where those of a block come from."""
YEAR = 2025


def generate(count: int, seed: int, base_rate: float = DEFAULT_BASE_RATE) -> Iterator[dict[str, Any]]:
    """Yield so many records in the order of their time.

    Args:
        count: Number of parcels.
        seed: The same seed gives the same bytes.
        base_rate: Share of illicit parcels.

    Yields:
        `manifest`; `label` (1 illicit) and `contents` (names of firearm parts inside), both the full truth, also of
        parcels never opened; `group` (near-duplicates share it); `screened_at`; and for opened parcels what the
        officer knows: `found`, `finding_at` and `parts`.
    """
    # Not for secrets: a reproducible world needs a seeded source.
    rng = Random(seed)
    parcels = [parcel for block in _blocks(rng, count, base_rate) for parcel in block]
    parcels.sort(key=lambda parcel: parcel.day)
    for parcel in parcels:
        yield _record(rng, parcel)


def _blocks(rng: Random, count: int, base_rate: float) -> Iterator[Iterator[Consignment]]:
    """Yield the parcels of each study; together so many, and so many illicit, as asked."""
    blocks = min(MOST_BLOCKS, max(1, count // BLOCK))
    illicit = round(count * base_rate)
    for number in range(blocks):
        size, bad = (_share(total, number, blocks) for total in (count, illicit))
        world = make_world(rng, draw_study(rng), YEAR, size, f"{number}")
        world.origins = [honest(world).sender.country for _ in range(ORIGINS)]
        yield campaigns(world, bad)
        yield honest_parcels(world, size - bad)


def _share(total: int, number: int, blocks: int) -> int:
    return total * (number + 1) // blocks - total * number // blocks


def _record(rng: Random, parcel: Consignment) -> dict[str, Any]:
    declared = datetime(YEAR, 1, 1, tzinfo=UTC) + timedelta(seconds=int(parcel.day * 86400))
    # The delay is constant so that the order of declaring and of screening is one.
    screened = declared + timedelta(days=1)
    habits = parcel.sender.ways | pick(rng, parcel.study.parcel_habits, parcel.illicit and not parcel.careful)
    record: dict[str, Any] = {
        "manifest": declare(rng, do_to_parcel(rng, parcel, habits), declared, habits),
        "label": int(parcel.illicit),
        "contents": list(parcel.parts),
        "group": parcel.group,
        "screened_at": screened.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if rng.random() < parcel.study.opened[parcel.illicit]:
        found = screened + timedelta(hours=rng.randrange(2, parcel.study.finding_hours))
        record |= {
            "found": parcel.illicit,
            "finding_at": found.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "parts": list(parcel.parts),
        }
    return record
