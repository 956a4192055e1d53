"""What is removed leaves its hashes, and `verify` accepts exactly the removals on record."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Thread

import pytest
from sqlalchemy import Connection, Table, func, select, text

from features.history import entity_keys
from features.manifest import Item, Manifest, Party
from features.manifest_schema import manifest_to_dict
from service.removing import remove_all
from service.store import findings, screenings
from service.store.chain import canonical
from service.store.findings import Finding
from service.store.history import past_parcels
from service.store.pictures import StoredPicture
from service.store.removal import Order, Removed, remove, trace_of
from service.store.screenings import NewScreening
from service.store.store import Store
from service.store.sweep import remove_unneeded
from service.store.tables import entity, finding, picture, removal, screening, tombstone
from service.store.verify import verify

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
ORDER = Order(action="erase", at=NOON, by="operator", reason="request 17", criteria={"item": True})


def about(item_id: str, sender: str) -> dict[str, object]:
    """Return the manifest of an item by a sender, with the keys of both people."""
    party = Party(name=sender, address=("84 Trizave Square",), country="GB")
    manifest = Manifest(
        item_id=item_id, channel="courier", origin_country="GB", destination_country="MX",
        items=(Item(description="cotton shirts"),), sender=party,
    )  # fmt: skip
    return {"item_id": item_id, "manifest": canonical(manifest_to_dict(manifest)), "entities": entity_keys(manifest)}


@pytest.fixture
def three(
    store: Store, new_screening: Callable[..., NewScreening], new_finding: Callable[..., Finding]
) -> list[NewScreening]:
    """Item A twice, by two senders, the first with a picture and a finding; item B by the first sender."""
    shown = (StoredPicture(0, "top", store.pictures.keep(b"picture"), 7, "image/png"),)
    made = [
        new_screening(**about("A", "Ropi Mesafi"), pictures=shown),
        new_screening(**about("A", "Kepu Tubezi")),
        new_screening(**about("B", "Ropi Mesafi")),
    ]
    with store.writing() as connection:
        for one in made:
            screenings.append(connection, one)
        findings.append(connection, new_finding(made[0]))
    return made


def count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def take(store: Store, *gone: NewScreening) -> Removed | None:
    with store.writing() as connection:
        return remove(connection, [one.id for one in gone], ORDER)


def test_a_removed_screening_leaves_hashes_and_figures_alone(store: Store, three: list[NewScreening]) -> None:
    done = take(store, three[0])
    assert done is not None
    assert (done.screenings, done.findings, len(done.pictures)) == (1, 1, 1)
    assert verify(store).problems == ()
    with store.reading() as connection:
        assert screenings.get(connection, three[0].id) is None
        assert [count(connection, one) for one in (screening, finding, picture)] == [2, 0, 0]
        left = json.dumps([str(row) for one in (tombstone, removal) for row in connection.execute(select(one))])
        trace = trace_of(connection, three[0].id)
        assert trace_of(connection, three[1].id) is None
    assert trace is not None
    assert (trace.action, trace.kept["lane"], trace.kept["pictures"]) == ("erase", three[0].lane, list(done.pictures))
    for word in ("Ropi", "Trizave", "cotton", "notes"):
        assert word not in left


def test_keys_of_people_stay_where_another_screening_gives_them(store: Store, three: list[NewScreening]) -> None:
    take(store, three[0])
    with store.reading() as connection:
        named = set(connection.execute(select(entity.c.item_id).where(entity.c.key.in_(three[0].entities))).scalars())
        others = past_parcels(connection, three[1].entities, "C")
    # The address is that of all three; the sender of the removed one is known from item B alone.
    assert named == {"A", "B"}
    assert {key for key in three[0].entities if key not in three[1].entities} <= set(three[2].entities)
    assert [set(one.entities) for one in others if one.item_id == "A"] == [set(three[1].entities)]
    take(store, three[1], three[2])
    with store.reading() as connection:
        assert count(connection, entity) == 0
    assert verify(store).problems == ()


def test_nothing_is_recorded_where_nothing_is_there(store: Store, three: list[NewScreening]) -> None:
    take(store, three[0])
    assert take(store, three[0]) is None
    with store.reading() as connection:
        assert count(connection, removal) == 1


def test_the_store_goes_on_after_a_removal(
    store: Store, three: list[NewScreening], new_screening: Callable[..., NewScreening]
) -> None:
    take(store, three[1])
    with store.writing() as connection:
        screenings.append(connection, new_screening(**about("A", "Kepu Tubezi")))
    take(store, three[0], three[2])
    assert verify(store).problems == ()


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("DELETE FROM tombstone WHERE kind = 'finding'", "removal_undone"),
        ("UPDATE tombstone SET kept = '{}' WHERE kind = 'screening'", "record_changed"),
        ("UPDATE tombstone SET hash = prev_hash WHERE kind = 'screening'", "record_changed"),
        ("UPDATE removal SET removed = '[]'", "removal_unrecorded"),
        ("UPDATE removal SET removed = '{'", "record_changed"),
        ("UPDATE removal SET action = 'purge'", "record_changed"),
        ("UPDATE removal SET reason = 'another'", "record_changed"),
        ("DELETE FROM screening WHERE item_id = 'B'", "chain_gap"),
        ("UPDATE chain_head SET seq = seq - 1", "chain_head_wrong"),
    ],
)
def test_tampering_with_removals_is_found(store: Store, three: list[NewScreening], statement: str, code: str) -> None:
    take(store, three[0])
    with store.writing() as connection:
        connection.execute(text(statement))
    assert code in {one.code for one in verify(store).problems}


def test_a_record_that_is_there_again_is_found(store: Store, three: list[NewScreening]) -> None:
    with store.reading() as connection:
        before = dict(connection.execute(select(screening).where(screening.c.id == three[2].id)).mappings().one())
    take(store, three[2])
    with store.writing() as connection:
        connection.execute(screening.insert(), before)
    assert {one.code for one in verify(store).problems} >= {"chain_gap", "entity_missing"}
    with store.writing() as connection:
        connection.execute(text("DELETE FROM tombstone"))
    assert "removal_undone" in {one.code for one in verify(store).problems}


def test_a_picture_is_not_removed_before_its_record_is_written(
    store: Store, new_screening: Callable[..., NewScreening]
) -> None:
    """A sweep finds a picture that no record names yet; it waits until the record is there, and then leaves it."""
    sweeping = Thread(target=lambda: remove_unneeded(store, [sha256]))
    with store.pictures.adding():
        sha256 = store.pictures.keep(b"picture")
        sweeping.start()
        sweeping.join(0.2)
        assert sweeping.is_alive()
        new = new_screening(pictures=(StoredPicture(0, None, sha256, 7, "image/png"),))
        with store.writing() as connection:
            screenings.append(connection, new)
    sweeping.join(30)
    assert (verify(store).pictures, verify(store).problems) == (1, ())
    remove_all(store, [new.id], ORDER)
    assert not store.pictures.path(sha256).exists()
