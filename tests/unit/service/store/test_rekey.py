"""After a change of how keys are computed, the stored ones are made anew and the history is found again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from features.history import entity_keys
from features.manifest import Item, Manifest, Party
from features.manifest_schema import manifest_to_dict
from service.store import screenings
from service.store.chain import canonical
from service.store.history import past_parcels
from service.store.rekey import rekey
from service.store.screenings import NewScreening
from service.store.store import Store
from service.store.verify import verify

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
MANIFEST = Manifest(
    item_id="X", channel="courier", origin_country="GB", destination_country="MX",
    items=(Item(description="cotton shirts"),),
    sender=Party(name="Ropi Mesafi", address=("84 Trizave Square",), country="GB", phone="+999 516-33836"),
)  # fmt: skip
OLD_KEYS = ("sender:0ld", "sender_address:0ld")


def fill(store: Store, new_screening: Callable[..., NewScreening], count: int) -> None:
    with store.writing() as connection:
        for number in range(count):
            screenings.append(
                connection,
                new_screening(item_id=f"item-{number}", manifest=canonical(manifest_to_dict(MANIFEST)),
                              entities=OLD_KEYS, created_at=NOON + timedelta(minutes=number)),
            )  # fmt: skip


def test_old_keys_are_replaced_and_the_history_is_found(
    store: Store, new_screening: Callable[..., NewScreening], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("rekey", "verify_entities"):  # more items than one statement takes
        monkeypatch.setattr(f"service.store.{module}.CHUNK", 2)
    fill(store, new_screening, 3)
    with store.reading() as connection:
        assert past_parcels(connection, entity_keys(MANIFEST), "now") == []
    assert {problem.code for problem in verify(store).problems} == {"entity_missing", "entity_added"}
    done = rekey(store)
    assert (done.items, done.changed, done.unreadable) == (3, 3, ())
    assert verify(store).problems == ()
    with store.reading() as connection:
        past = past_parcels(connection, entity_keys(MANIFEST), "now")
    assert [(parcel.item_id, parcel.at) for parcel in past] == [
        (f"item-{number}", NOON + timedelta(minutes=number)) for number in (2, 1, 0)
    ]
    assert rekey(store).changed == 0


def test_items_that_cannot_be_read_keep_their_keys_and_are_named(
    store: Store, new_screening: Callable[..., NewScreening]
) -> None:
    fill(store, new_screening, 2)
    with store.writing() as connection:
        connection.execute(text("UPDATE screening SET manifest = '{}' WHERE item_id = 'item-1'"))
    done = rekey(store)
    assert (done.items, done.changed) == (2, 1)
    assert [problem.path for problem in done.unreadable] == ["item item-1"]
    with store.reading() as connection:
        kept = connection.execute(text("SELECT key FROM entity WHERE item_id = 'item-1' ORDER BY key")).scalars().all()
    assert tuple(kept) == OLD_KEYS


def test_an_empty_store_has_nothing_to_make_anew(store: Store) -> None:
    assert rekey(store).items == 0
