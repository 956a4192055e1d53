"""Labelled synthetic parcels in time order, as NDJSON records."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from training.parcels.consignment import Consignment
from training.parcels.declare import declare
from training.parcels.follow_up import honest_parcels
from training.parcels.illicit import campaigns
from training.parcels.world import make_world

DEFAULT_BASE_RATE = 0.02
YEAR = 2025
# How often a parcel is opened: at random, and on suspicion, which finds only some of what is there.
OPENED_HARMLESS, OPENED_ILLICIT = 0.02, 0.35


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
    world = make_world(rng, YEAR, count)
    illicit = list(campaigns(world, round(count * base_rate)))
    parcels = [*illicit, *honest_parcels(world, count - len(illicit))]
    parcels.sort(key=lambda parcel: parcel.day)
    for parcel in parcels:
        yield _record(rng, parcel)


def _record(rng: Random, parcel: Consignment) -> dict[str, Any]:
    declared = datetime(YEAR, 1, 1, tzinfo=UTC) + timedelta(seconds=int(parcel.day * 86400))
    # The delay is constant so that the order of declaring and of screening is one.
    screened = declared + timedelta(days=1)
    record: dict[str, Any] = {
        "manifest": declare(rng, parcel, declared),
        "label": int(parcel.illicit),
        "contents": list(parcel.parts),
        "group": parcel.group,
        "screened_at": screened.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
    if rng.random() < (OPENED_ILLICIT if parcel.illicit else OPENED_HARMLESS):
        found = screened + timedelta(hours=rng.randrange(2, 14 * 24))
        record |= {
            "found": parcel.illicit,
            "finding_at": found.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "parts": list(parcel.parts),
        }
    return record
