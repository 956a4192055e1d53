"""Earlier parcels that share a person, address or account with the parcel at hand.

Hands over what `features.history.summarise` counts: of every key its latest `PER_KEY_LIMIT` parcels, and every one
with a find.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CompoundSelect, Connection, select, union

from features.errors import CheckFailed
from features.history import PER_KEY_LIMIT, PastParcel, seen_at
from service.settings import Settings
from service.store.findings import FOUND
from service.store.store import existing_store
from service.store.tables import entity, finding

__all__ = ["CHUNK", "past_parcels", "past_parcels_of_home", "rows", "seen_at"]
CHUNK = 500
"""Variables in one statement; older builds of SQLite take 999."""
ILLICIT = tuple(word for word, meaning in FOUND.items() if meaning)


def rows(item_id: str, keys: Sequence[str], at: datetime) -> list[dict[str, Any]]:
    """Return the rows that remember whom an item is about; of rows that are there already the first moment stays."""
    return [{"key": key, "item_id": item_id, "at": at} for key in sorted(set(keys))]


def past_parcels(connection: Connection, keys: Sequence[str], item_id: str) -> list[PastParcel]:
    """Return the earlier parcels that share at least one key, without `item_id` itself, newest first."""
    if not keys:
        return []
    items = list(connection.execute(_related(keys, item_id)).scalars())
    known, findings = _entities(connection, items), _findings(connection, items)
    past = [_past(item, known[item], findings[item]) for item in items]
    return sorted(past, key=lambda parcel: (parcel.at, parcel.item_id), reverse=True)


def past_parcels_of_home(settings: Settings, keys: Sequence[str], item_id: str = "") -> list[PastParcel]:
    """Return what the store of these settings knows, for a caller that keeps no store open; none made yet: nothing.

    Raises:
        StoreUnavailable: There is a store, and it cannot be read.
        CheckFailed: There is a store of another version of this product.
    """
    store = existing_store(settings)
    if store is None:
        return []
    try:
        if not store.up_to_date():
            raise CheckFailed("The store is not of this version's form; run `parcel-screening db upgrade`.")
        with store.reading() as connection:
            return past_parcels(connection, keys, item_id)
    finally:
        store.close()


def _related(keys: Sequence[str], item_id: str) -> CompoundSelect[str]:
    latest = [
        select(entity.c.item_id)
        .where(entity.c.key == key, entity.c.item_id != item_id)
        .order_by(entity.c.at.desc())
        .limit(PER_KEY_LIMIT)
        .subquery()
        for key in keys
    ]
    with_find = (
        select(entity.c.item_id)
        .join(finding, finding.c.item_id == entity.c.item_id)
        .where(entity.c.key.in_(keys), entity.c.item_id != item_id, finding.c.found.in_(ILLICIT))
    )
    return union(*(select(one.c.item_id) for one in latest), with_find)


def _entities(connection: Connection, items: Sequence[str]) -> dict[str, list[tuple[str, datetime]]]:
    found: dict[str, list[tuple[str, datetime]]] = defaultdict(list)
    for chunk in _chunks(items):
        statement = select(entity.c.item_id, entity.c.key, entity.c.at).where(entity.c.item_id.in_(chunk))
        for row in connection.execute(statement):
            found[row.item_id].append((row.key, row.at))
    return found


def _findings(connection: Connection, items: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    columns = (finding.c.item_id, finding.c.found, finding.c.created_at, finding.c.parts, finding.c.seq)
    for chunk in _chunks(items):
        statement = select(*columns).where(finding.c.item_id.in_(chunk), finding.c.found.is_not(None))
        for row in connection.execute(statement).mappings():
            found[row["item_id"]].append(dict(row))
    return found


def _past(item_id: str, known: Sequence[tuple[str, datetime]], findings: Sequence[dict[str, Any]]) -> PastParcel:
    found, found_at, parts = _verdict(findings)
    return PastParcel(
        item_id=item_id,
        at=min(at for _, at in known),  # a key that came with a later manifest has a later moment
        entities=tuple(sorted(key for key, _ in known)),
        found=found,
        found_at=found_at,
        parts=parts,
    )


def _verdict(findings: Sequence[dict[str, Any]]) -> tuple[bool | None, datetime | None, tuple[str, ...]]:
    """Return the latest finding that says something: a later correction replaces an earlier one."""
    telling = [one for one in findings if FOUND[one["found"]] is not None]
    if not telling:
        return None, None, ()
    latest = max(telling, key=lambda one: int(one["seq"]))
    return FOUND[latest["found"]], latest["created_at"], tuple(json.loads(latest["parts"]))


def _chunks(items: Sequence[str]) -> Iterator[Sequence[str]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))
