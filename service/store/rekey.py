"""Computes the keys by which parcels find their history anew, from the stored manifests.

Needed once after a version that computes keys in another way (the changelog says which): old keys would no longer be
met by new parcels, and every sender would seem new.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, delete, insert

from features.errors import Problem
from service.store.history import CHUNK
from service.store.store import Store
from service.store.tables import entity
from service.store.verify_entities import Moments, items_with_keys, stored_keys


@dataclass(frozen=True, slots=True)
class Rekeyed:
    """How many items were looked at and how many got other keys; those whose manifest this version cannot read."""

    items: int
    changed: int
    unreadable: tuple[Problem, ...]


def rekey(store: Store) -> Rekeyed:
    """Give every item the keys that its manifests give, with the moments they count from; in one transaction.

    Nothing else changes, and items whose manifests cannot be read keep what they have. Screening waits meanwhile on
    SQLite; on PostgreSQL stop the service first, or parcels screened meanwhile by the version before keep its keys.

    Raises:
        StoreUnavailable: The store cannot be written; it is as it was.
    """
    count = changed = 0
    unreadable: list[Problem] = []
    with store.writing() as connection:
        items = items_with_keys(connection)
        while chunk := list(islice(items, CHUNK)):
            count += len(chunk)
            unreadable.extend(_unreadable(item_id) for item_id, keys in chunk if keys is None)
            changed += _replace(connection, [(item_id, keys) for item_id, keys in chunk if keys is not None])
    return Rekeyed(count, changed, tuple(unreadable))


def _replace(connection: Connection, wanted: Sequence[tuple[str, Moments]]) -> int:
    stored = stored_keys(connection, [item_id for item_id, _ in wanted])
    other = [(item_id, keys) for item_id, keys in wanted if keys != stored.get(item_id, {})]
    if other:
        connection.execute(delete(entity).where(entity.c.item_id.in_([item_id for item_id, _ in other])))
    rows = [{"key": key, "item_id": item_id, "at": at} for item_id, keys in other for key, at in sorted(keys.items())]
    if rows:
        connection.execute(insert(entity), rows)
    return len(other)


def _unreadable(item_id: str) -> Problem:
    return Problem(f"item {item_id}", "manifest_unreadable", "One of its manifests is none that this version reads.")
