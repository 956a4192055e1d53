"""Earlier parcels that share a person, address or account with the parcel at hand.

Hands over what `features.history.summarise` counts: of every key its latest `PER_KEY_LIMIT` parcels, and every one
with a find.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, func, select, union

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
TELLING = tuple(word for word, meaning in FOUND.items() if meaning is not None)
BETWEEN_KEYS = ","
"""Stands in no key: `features.history.entity_keys` makes them of a kind, a colon and hexadecimal digits."""


def rows(item_id: str, keys: Sequence[str], at: datetime) -> list[dict[str, Any]]:
    """Return the rows that remember whom an item is about; of rows that are there already the first moment stays."""
    return [{"key": key, "item_id": item_id, "at": at} for key in sorted(set(keys))]


def past_parcels(connection: Connection, keys: Sequence[str], item_id: str) -> list[PastParcel]:
    """Return the earlier parcels that share at least one key, without `item_id` itself, newest first."""
    wanted = {f"key_{number}": key for number, key in enumerate(keys)}
    known = _items(connection, _latest(len(keys)), {**wanted, "item_id": item_id}) if keys else {}
    # A key with fewer parcels has them all among its latest; of a busier one, those with a find are looked for.
    if busy := _busy(keys, known.values()):
        known |= _items(connection, _WITH_FIND, {"busy": busy, "item_id": item_id})
    verdicts = _verdicts(connection, [one.verdict for one in known.values() if one.verdict is not None])
    past = [_past(one, verdicts.get(one.verdict)) for one in known.values()]
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


def _busy(keys: Sequence[str], items: Collection[_Item]) -> list[str]:
    if len(items) < PER_KEY_LIMIT:
        return []
    counts = Counter(key for one in items for key in one.keys.split(BETWEEN_KEYS))
    return [key for key in keys if counts[key] >= PER_KEY_LIMIT]


class _Item(NamedTuple):
    """An item as the statements below give it; `verdict` is the place in the chain of the finding that counts."""

    item_id: str
    at: datetime
    keys: str
    verdict: int | None


def _items(connection: Connection, statement: Select[Any], values: dict[str, Any]) -> dict[str, _Item]:
    return {row[0]: _Item(*row) for row in connection.execute(statement, values)}


@functools.cache
def _latest(count: int) -> Select[Any]:
    """Return the statement that finds the latest parcels of so many keys; built once, because building is costly."""
    one_by_one = [
        select(entity.c.item_id)
        .where(entity.c.key == bindparam(f"key_{number}"), entity.c.item_id != bindparam("item_id"))
        .order_by(entity.c.at.desc())
        .limit(PER_KEY_LIMIT)
        .subquery()
        for number in range(count)
    ]
    return _described(union(*(select(one.c.item_id) for one in one_by_one)))


def _described(items: CompoundSelect[Any] | Select[Any]) -> Select[Any]:
    """Return the statement that gives an `_Item` of each of these items."""
    related = items.cte("related")
    # Of several findings the latest counts that says something: a later correction replaces an earlier one.
    verdict = (
        select(func.max(finding.c.seq))
        .where(finding.c.item_id == entity.c.item_id, finding.c.found.in_(TELLING))
        .scalar_subquery()
    )
    return (
        # A key that came with a later manifest has a later moment.
        select(entity.c.item_id, func.min(entity.c.at), func.aggregate_strings(entity.c.key, BETWEEN_KEYS), verdict)
        .join(related, related.c.item_id == entity.c.item_id)
        .group_by(entity.c.item_id)
    )


_WITH_FIND = _described(
    select(entity.c.item_id)
    .where(
        entity.c.key.in_(bindparam("busy", expanding=True)),
        entity.c.item_id.in_(select(finding.c.item_id).where(finding.c.found.in_(ILLICIT))),
        entity.c.item_id != bindparam("item_id"),
    )
    .distinct()
)
_VERDICTS = select(finding.c.seq, finding.c.found, finding.c.created_at, finding.c.parts).where(
    finding.c.seq.in_(bindparam("wanted", expanding=True))
)


def _verdicts(connection: Connection, wanted: Sequence[int]) -> dict[int | None, tuple[str, datetime, str]]:
    found: dict[int | None, tuple[str, datetime, str]] = {}
    for start in range(0, len(wanted), CHUNK):
        for row in connection.execute(_VERDICTS, {"wanted": wanted[start : start + CHUNK]}):
            found[row.seq] = (row.found, row.created_at, row.parts)
    return found


def _past(item: _Item, verdict: tuple[str, datetime, str] | None) -> PastParcel:
    found, found_at, parts = verdict or (None, None, "[]")
    return PastParcel(
        item_id=item.item_id,
        at=item.at,
        entities=tuple(sorted(item.keys.split(BETWEEN_KEYS))),
        found=FOUND[found] if found else None,
        found_at=found_at,
        parts=tuple(json.loads(parts)) if found else (),
    )
