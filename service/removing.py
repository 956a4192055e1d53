"""Removes screenings in batches, so that a running service goes on, and their pictures once nobody names them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from service.store import access
from service.store.engine import checkpoint
from service.store.removal import BATCH, Order, Removed, remove
from service.store.store import Store
from service.store.sweep import remove_unneeded

Progress = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class Totals:
    """What was removed; `settled`: SQLite's write-ahead log is empty (on PostgreSQL, `VACUUM` sees to the rest)."""

    removals: tuple[str, ...] = ()
    screenings: int = 0
    findings: int = 0
    pictures: int = 0
    settled: bool = True


def remove_all(store: Store, ids: Iterable[str], order: Order, progress: Progress = lambda done: None) -> Totals:
    """Remove screenings; each batch is whole or not at all, wherever this is cut off.

    Pictures go after the records that named them: a cut in between leaves pictures too many, which the next sweep
    removes, and never one too few.

    Args:
        store: Where they are.
        ids: Of screenings; those that are not there are passed over.
        order: Why.
        progress: Told the number removed so far.

    Raises:
        StoreUnavailable: The store cannot be used; what was removed until then is on record.
    """
    done, pictures, rest = [], 0, iter(ids)
    while batch := list(islice(rest, BATCH)):
        removed = _batch(store, batch, order)
        if removed is None:
            continue
        done.append(removed)
        pictures += remove_unneeded(store, removed.pictures)
        progress(sum(one.screenings for one in done))
    return Totals(
        removals=tuple(one.id for one in done),
        screenings=sum(one.screenings for one in done),
        findings=sum(one.findings for one in done),
        pictures=pictures,
        settled=checkpoint(store.engine) if done else True,
    )


def _batch(store: Store, ids: list[str], order: Order) -> Removed | None:
    with store.writing() as connection:
        removed = remove(connection, ids, order)
        if removed is not None:
            action: access.Action = "db.purge" if order.action == "purge" else "db.erase"
            access.note(connection, action, removed.id, at=order.at, key_id=None, account=order.by)
    return removed
