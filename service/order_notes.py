"""Remembers in the store which orders the procedure's history holds, so that lines which are cut off are missed.

The chain of the history shows every line that was changed, but not that its newest lines are gone, nor that somebody
wrote a whole new history. The store is another place, often another machine: the hashes it noted stay there.
"""

from __future__ import annotations

from datetime import UTC
from pathlib import Path

from sqlalchemy import select

from service.store import access
from service.store.store import Store
from service.store.tables import access as access_table
from sop.registry.chain import events, hash_of


def note_orders(store: Store, home: Path) -> None:
    """Note every line of the history that is not noted yet.

    Raises:
        ParcelScreeningError: The store or the history cannot be used.
    """
    history, noted = events(home), noted_orders(store)
    new = [(digest, one) for one in history if (digest := hash_of(one)) not in noted]
    if not new:
        return
    with store.writing() as connection:
        for digest, one in new:
            access.note(connection, "sop.order", digest, at=one.recorded, key_id=one.by.key_id)


def missing_orders(store: Store, home: Path) -> tuple[str, ...]:
    """Return, in words, the orders that were noted once and that the history lacks now, oldest first.

    Raises:
        ParcelScreeningError: The store or the history cannot be used.
    """
    present = {hash_of(one) for one in events(home)}
    gone = {digest: told for digest, told in noted_orders(store).items() if digest not in present}
    return tuple(gone.values())


def noted_orders(store: Store) -> dict[str, str]:
    """Return what is noted: who gave an order and when, by the hash of its line, oldest first.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    rows = select(access_table.c.subject, access_table.c.at, access_table.c.key_id)
    noted = rows.where(access_table.c.action == "sop.order").order_by(access_table.c.at, access_table.c.id)
    with store.reading() as connection:
        found = connection.execute(noted).all()
    return {row.subject: f"key {row.key_id} at {row.at.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" for row in found}
