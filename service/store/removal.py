"""Takes screenings off the store: what names anybody goes, the hashes stay, and the removal is itself on record.

In the place of each removed screening and finding stands a tombstone with its hashes, so that the chain goes on. The
removal is a record of the same chain and lists what it removed by number and digest: `verify` accepts exactly that, and
nothing else that is gone, changed or there again.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, Table, delete, insert, select
from ulid import ULID

from service.store import chain
from service.store.tables import entity, finding, idempotency, picture, removal, screening, shadow, tombstone
from service.store.verify_entities import items_with_keys

Action = Literal["purge", "erase"]
Kind = Literal["screening", "finding"]
BATCH = 200
"""Screenings of one removal: the chain is held for some hundredths of a second, so that a running service goes on."""
_KEPT: dict[Kind, tuple[str, ...]] = {
    "screening": (
        "created_at", "stage", "lane", "outcome", "rule", "random_selection", "selection_probability", "station_id",
        "scanner_id", "key_id", "manifest_sha256", "answer_sha256", "evidence_sha256",
    ),
    "finding": ("screening_id", "created_at", "key_id", "found", "parts", "override_lane"),
}  # fmt: skip
"""What stays of a record: figures of the work done, digests, no words of anybody and no item number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Why records are removed.

    Attributes:
        action: purge (their time is over) or erase (somebody asked for it).
        at: When.
        by: The account that gave the order.
        reason: Why, in words that name nobody.
        criteria: How they were chosen, without personal data.
    """

    action: Action
    at: datetime
    by: str
    reason: str
    criteria: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Removed:
    """What one removal took away; `pictures` are hashes of which some may be needed by other screenings still."""

    id: str
    screenings: int
    findings: int
    pictures: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """What is known of a removed screening or finding."""

    action: Action
    removed_at: datetime
    removal_id: str
    kept: Mapping[str, Any]


def remove(connection: Connection, ids: Sequence[str], order: Order) -> Removed | None:
    """Remove screenings with all that hangs on them, in the caller's transaction; None where none of them is there.

    Args:
        connection: In a transaction that writes.
        ids: Of screenings, at most BATCH.
        order: Why.
    """
    place = chain.lock_head(connection).seq + 1  # nobody appends, so nobody adds to these screenings meanwhile
    screened = connection.execute(select(screening).where(screening.c.id.in_(ids)).order_by(screening.c.seq)).all()
    if not screened:
        return None
    present = [row.id for row in screened]
    found = connection.execute(select(finding).where(finding.c.screening_id.in_(present)).order_by(finding.c.seq)).all()
    shown = _pictures(connection, present)
    stones = [*(_stone("screening", row, place, shown.get(row.id, ())) for row in screened)]
    stones += [_stone("finding", row, place) for row in found]
    identifier = _record(connection, order, stones)
    connection.execute(insert(tombstone), stones)
    _delete(connection, present)
    _forget_keys(connection, sorted({row.item_id for row in screened}))
    pictures = sorted({sha256 for each in shown.values() for sha256 in each})
    return Removed(identifier, len(screened), len(found), tuple(pictures))


def trace_of(connection: Connection, identifier: str) -> Trace | None:
    """Return what is known of a removed screening or finding; None where no such record was removed."""
    columns = (removal.c.action, removal.c.created_at, removal.c.id, tombstone.c.kept)
    statement = select(*columns).join(removal, removal.c.seq == tombstone.c.removal_seq)
    row = connection.execute(statement.where(tombstone.c.id == identifier)).one_or_none()
    return Trace(row.action, row.created_at, row.id, json.loads(row.kept)) if row else None


@dataclass(frozen=True, slots=True)
class OnRecord:
    """A removal as it is listed: what was removed, by identifier."""

    id: str
    action: Action
    at: datetime
    by: str
    reason: str
    criteria: Mapping[str, Any]
    screenings: tuple[str, ...]
    findings: tuple[str, ...]


def on_record(connection: Connection) -> Iterator[OnRecord]:
    """Yield all removals, oldest first."""
    for row in connection.execute(select(removal).order_by(removal.c.seq).execution_options(yield_per=BATCH)):
        by_kind: dict[str, list[str]] = {"screening": [], "finding": []}
        for kind, _, identifier, *_ in json.loads(row.removed):
            by_kind[kind].append(identifier)
        ids = (tuple(by_kind["screening"]), tuple(by_kind["finding"]))
        yield OnRecord(row.id, row.action, row.created_at, row.by, row.reason, json.loads(row.criteria), *ids)


def chained_content(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a removal's hash covers; the reason by digest, because it may turn out to name somebody."""
    kept = {name: value for name, value in row.items() if name not in {"seq", "prev_hash", "hash", "reason"}}
    return {"kind": "removal", **kept, "reason_sha256": chain.sha256_text(row["reason"])}


def listed(stone: Mapping[str, Any]) -> list[Any]:
    """Return how a removal lists a tombstone: kind, number, identifier, hash, and the digest of what is kept."""
    digest = chain.sha256_text(stone["kept"])
    return [stone["kind"], stone["seq"], stone["id"], stone["hash"], digest]


def _pictures(connection: Connection, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    columns = (picture.c.screening_id, picture.c.sha256)
    statement = select(*columns).where(picture.c.screening_id.in_(ids)).order_by(picture.c.screening_id, picture.c.n)
    for row in connection.execute(statement):
        found.setdefault(row.screening_id, []).append(row.sha256)
    return found


def _stone(kind: Kind, row: Row[Any], place: int, pictures: Sequence[str] = ()) -> dict[str, Any]:
    kept = {name: getattr(row, name) for name in _KEPT[kind]} | ({"pictures": list(pictures)} if pictures else {})
    return {
        "kind": kind,
        "seq": row.seq,
        "id": row.id,
        "removal_seq": place,
        "kept": chain.canonical({name: value for name, value in kept.items() if value is not None}),
        "prev_hash": row.prev_hash,
        "hash": row.hash,
    }


def _record(connection: Connection, order: Order, stones: Sequence[Mapping[str, Any]]) -> str:
    row = {
        "id": str(ULID.from_datetime(order.at)),
        "created_at": order.at,
        "action": order.action,
        "by": order.by,
        "reason": order.reason,
        "criteria": chain.canonical(order.criteria),
        "removed": chain.canonical([listed(one) for one in stones]),
    }
    link = chain.append(connection, chained_content(row))
    connection.execute(insert(removal), {**row, "seq": link.seq, "prev_hash": link.prev_hash, "hash": link.hash})
    return str(row["id"])


def _delete(connection: Connection, ids: Sequence[str]) -> None:
    about: tuple[Table, ...] = (shadow, idempotency, picture, finding)
    for table in about:
        connection.execute(delete(table).where(table.c.screening_id.in_(ids)))
    connection.execute(delete(screening).where(screening.c.id.in_(ids)))


def _forget_keys(connection: Connection, items: Sequence[str]) -> None:
    """Leave the items the keys that their remaining screenings give, and none where none remains."""
    connection.execute(delete(entity).where(entity.c.item_id.in_(items)))
    wanted = [(item_id, keys) for item_id, keys in items_with_keys(connection, items) if keys]
    rows = [{"key": key, "item_id": item_id, "at": at} for item_id, keys in wanted for key, at in sorted(keys.items())]
    if rows:
        connection.execute(insert(entity), rows)
