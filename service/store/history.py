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

from sqlalchemy import CompoundSelect, Connection, Select, bindparam, func, literal_column, select, union

from features.errors import CheckFailed
from features.history import PER_KEY_LIMIT, PastParcel, seen_at
from service.front.waiting import aside
from service.settings import Settings
from service.store.direct import known_moment
from service.store.findings import FOUND
from service.store.store import Store, existing_store
from service.store.tables import entity, finding

__all__ = ["CHUNK", "past_parcels", "past_parcels_of_home", "past_parcels_of_store", "rows", "seen_at"]
CHUNK = 500
"""Variables in one statement; older builds of SQLite take 999."""
ILLICIT = tuple(word for word, meaning in FOUND.items() if meaning)
TELLING = tuple(word for word, meaning in FOUND.items() if meaning is not None)
# Constants stand in the statement itself: its words are then the same whatever it is asked with.
_TELLING: list[Any] = [literal_column(f"'{word}'") for word in TELLING]
BETWEEN_KEYS = ","
"""Stands in no key: `features.history.entity_keys` makes them of a kind, a colon and hexadecimal digits."""


def rows(item_id: str, keys: Sequence[str], at: datetime) -> list[dict[str, Any]]:
    """Return the rows that remember whom an item is about; of rows that are there already the first moment stays."""
    return [{"key": key, "item_id": item_id, "at": at} for key in sorted(set(keys))]


def past_parcels(connection: Connection, keys: Sequence[str], item_id: str) -> list[PastParcel]:
    """Return the earlier parcels that share at least one key, without `item_id` itself, newest first."""
    if not keys:
        return []
    known = _items(connection, _latest(len(keys)), _values(keys, item_id))
    return _told(connection, known, _busy(keys, known.values()), item_id)


def past_parcels_of_store(store: Store, keys: Sequence[str], item_id: str) -> list[PastParcel]:
    """Do as `past_parcels` does; without a transaction where one statement tells all, as it mostly does.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    if not keys:
        return []
    rows = store.reader.select(_latest(len(keys)), _values(keys, item_id))
    known = {row[0]: _Item(row[0], known_moment(row[1]), *row[2:]) for row in rows}
    busy = _busy(keys, known.values())
    if not busy and all(one.verdict is None for one in known.values()):
        return _sorted([_past(one, None) for one in known.values()])

    def told() -> list[PastParcel]:
        with store.reading() as connection:
            return _told(connection, known, busy, item_id)

    return aside(told)


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


def _told(connection: Connection, known: dict[str, _Item], busy: Sequence[str], item_id: str) -> list[PastParcel]:
    """Return what was found in items, and those of busy keys with a find that are not among their latest."""
    if busy:
        known = known | _items(connection, _WITH_FIND, {"busy": busy, "item_id": item_id})
    verdicts = _verdicts(connection, [one.verdict for one in known.values() if one.verdict is not None])
    return _sorted([_past(one, verdicts.get(one.verdict)) for one in known.values()])


def _sorted(past: list[PastParcel]) -> list[PastParcel]:
    return sorted(past, key=lambda parcel: (parcel.at, parcel.item_id), reverse=True)


def _values(keys: Sequence[str], item_id: str) -> dict[str, Any]:
    return {f"key_{number}": key for number, key in enumerate(keys)} | {"item_id": item_id}


def _busy(keys: Sequence[str], items: Collection[_Item]) -> list[str]:
    """Return the keys that may have more parcels than their latest: one with fewer has them all among these."""
    if len(items) < PER_KEY_LIMIT:
        return []
    counts = Counter(key for one in items for key in one.keys.split(BETWEEN_KEYS))
    return [key for key in keys if counts[key] >= PER_KEY_LIMIT]


_BETWEEN: Any = literal_column(f"'{BETWEEN_KEYS}'")
_ALL_KEYS: Any = func.aggregate_strings(entity.c.key, _BETWEEN)


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
        .where(finding.c.item_id == entity.c.item_id, finding.c.found.in_(_TELLING))
        .scalar_subquery()
    )
    return (
        # A key that came with a later manifest has a later moment.
        select(
            entity.c.item_id,
            func.min(entity.c.at),
            _ALL_KEYS,
            verdict,
        )
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
