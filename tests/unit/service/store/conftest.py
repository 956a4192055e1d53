from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from ulid import ULID

from service.store.findings import Finding
from service.store.screenings import NewScreening

NOBODYS_MANIFEST = (
    '{"channel":"courier","destination_country":"MX","item_id":"RR473124829GB",'
    '"items":[{"description":"Größe 中文"}],"origin_country":"GB"}'
)
"""Names nobody, so it gives no entity keys."""
NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def new_screening() -> Callable[..., NewScreening]:
    def make(**changes: Any) -> NewScreening:
        values: dict[str, Any] = {
            "id": str(ULID()),
            "item_id": "RR473124829GB",
            "created_at": NOON,
            "declared_at": None,
            "stage": "pre_arrival",
            "lane": "release",
            "outcome": "AC",
            "rule": "DEFAULT",
            "random_selection": False,
            "selection_probability": 0.01,
            "station_id": "st-1",
            "scanner_id": None,
            "key_id": "k1",
            "versions": {"service": "0.1.0"},
            "manifest": NOBODYS_MANIFEST,
            "answer": '{"decision":{"lane":"release"}}',
        }
        return NewScreening(**values | changes)

    return make


@pytest.fixture
def new_finding() -> Callable[..., Finding]:
    def make(about: NewScreening, **changes: Any) -> Finding:
        values: dict[str, Any] = {
            "id": str(ULID()),
            "screening_id": about.id,
            "item_id": about.item_id,
            "created_at": NOON,
            "key_id": "k2",
            "found": "illicit",
            "parts": ("barrel",),
            "notes": "in a tool box",
        }
        return Finding(**values | changes)

    return make
