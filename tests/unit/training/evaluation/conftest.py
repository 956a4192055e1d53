"""A table whose truth is known: what each route, heading and pattern is worth is set here."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest

from features.manifest import Item, Manifest, Money, Party
from training.data import Record
from training.frame import Frame, frame_of

START = datetime(2026, 1, 1, tzinfo=UTC)
HEADINGS = ("8708", "9503", "6109", "7326", "8471", "4202")
ORIGINS = ("CN", "US", "DE", "BR")
ROWS = 1500


def record(place: int, rng: np.random.Generator) -> Record:
    """One parcel of 150 groups; headings differ in risk, later parcels are heavier."""
    group = int(rng.integers(0, 150))
    heading = HEADINGS[group % len(HEADINGS)]
    risk = 0.02 + 0.12 * (group % len(HEADINGS))
    manifest = Manifest(
        item_id=str(place),
        channel="courier" if group % 3 else "postal",
        mail_class="parcel" if group % 2 else "letter",
        origin_country=ORIGINS[group % len(ORIGINS)],
        destination_country="MX",
        gross_weight_g=int(rng.integers(100, 5000) * (1 + place / ROWS)),
        sender=Party(account_id=f"s{int(rng.integers(0, 4000))}"),
        items=(Item(hs_code=heading, value=Money(amount=Decimal(int(rng.integers(5, 500))), currency="USD")),),
    )
    at = START + timedelta(hours=3 * place)
    return Record(manifest=manifest, at=at, label=bool(rng.random() < risk), group=f"g{group}")


@pytest.fixture(scope="session")
def frame() -> Frame:
    rng = np.random.default_rng(5)
    return frame_of(record(place, rng) for place in range(ROWS))


@pytest.fixture(scope="session")
def tick() -> Callable[[], None]:
    return lambda: None
