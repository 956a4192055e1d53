"""Compares the keys by which parcels find their history with the manifests they were made from.

The keys stand outside the hash chain because they can be computed again; here they are. Without this a deleted key
would let a sender start anew, and nobody would notice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby, islice

from sqlalchemy import Connection, exists, select

from features.errors import InputError, Problem
from features.history import entity_keys
from features.manifest_schema import parse_manifest_json
from service.store.history import CHUNK, seen_at
from service.store.tables import entity, screening

Moments = dict[str, datetime]
"""Key to the moment from which it counts."""


def entity_problems(connection: Connection) -> Iterator[Problem]:
    """Yield every item whose stored keys are not those of its manifests, a chunk of items at a time."""
    items = items_with_keys(connection)
    while chunk := list(islice(items, CHUNK)):
        stored = stored_keys(connection, [item_id for item_id, _ in chunk])
        for item_id, wanted in chunk:
            yield from _unreadable(item_id) if wanted is None else _differences(item_id, wanted, stored[item_id])
    yield from _without_screening(connection)


def items_with_keys(connection: Connection, items: Sequence[str] | None = None) -> Iterator[tuple[str, Moments | None]]:
    """Yield each item, or each of some, with the keys of all its manifests; None where a manifest cannot be read."""
    columns = (screening.c.item_id, screening.c.manifest, screening.c.declared_at, screening.c.created_at)
    statement = select(*columns).order_by(screening.c.item_id, screening.c.seq)
    if items is not None:
        statement = statement.where(screening.c.item_id.in_(items))
    rows = connection.execute(statement, execution_options={"yield_per": CHUNK})
    for item_id, screenings in groupby(rows, key=lambda row: str(row.item_id)):
        try:
            yield item_id, _wanted([(row.manifest, seen_at(row.declared_at, row.created_at)) for row in screenings])
        except InputError:
            yield item_id, None


def _wanted(manifests: Sequence[tuple[str, datetime]]) -> Moments:
    wanted: Moments = {}
    for manifest, at in manifests:
        for key in entity_keys(parse_manifest_json(manifest)):
            wanted.setdefault(key, at)  # as stored: the first moment stays
    return wanted


def stored_keys(connection: Connection, items: Sequence[str]) -> dict[str, Moments]:
    """Return the keys that the store holds for these items."""
    found: dict[str, Moments] = defaultdict(dict)
    statement = select(entity.c.item_id, entity.c.key, entity.c.at).where(entity.c.item_id.in_(items))
    for row in connection.execute(statement):
        found[row.item_id][row.key] = row.at
    return found


def _differences(item_id: str, wanted: Moments, stored: Moments) -> Iterator[Problem]:
    place = f"item {item_id}"
    if gone := len(wanted.keys() - stored.keys()):
        text = f"{gone} of the {len(wanted)} keys that its manifests give are gone: its history is not found by them."
        yield Problem(place, "entity_missing", text)
    if added := len(stored.keys() - wanted.keys()):
        yield Problem(place, "entity_added", f"Keys that none of its manifests gives: {added}.")
    if moved := sum(stored[key] != wanted[key] for key in stored.keys() & wanted.keys()):
        text = f"Keys whose moment is not that of the first screening that gave them: {moved}."
        yield Problem(place, "entity_changed", text)


def _unreadable(item_id: str) -> Iterator[Problem]:
    text = "One of its manifests is none that this version reads; its keys could not be checked."
    yield Problem(f"item {item_id}", "manifest_unreadable", text)


def _without_screening(connection: Connection) -> Iterator[Problem]:
    screened = exists().where(screening.c.item_id == entity.c.item_id)
    for item_id in connection.execute(select(entity.c.item_id).where(~screened).distinct()).scalars():
        yield Problem(f"item {item_id}", "entity_added", "It has keys, but no screening.")
