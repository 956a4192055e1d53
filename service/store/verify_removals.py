"""Compares what removals list with the traces in the chain: each must say what the other says."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, select

from features.errors import Problem
from service.store.removal import listed
from service.store.tables import removal, tombstone


def removal_problems(connection: Connection, row: Mapping[str, Any], place: str) -> Iterator[Problem]:
    """Yield every removed record whose trace is gone or changed, and every trace that the removal does not list.

    Args:
        connection: To the store.
        row: The removal.
        place: Names it in messages.
    """
    try:
        wanted = {one[1]: one for one in json.loads(row["removed"])}
    except (ValueError, TypeError, LookupError):
        yield Problem(place, "record_changed", "The list of what it removed cannot be read.")
        return
    columns = (tombstone.c.kind, tombstone.c.seq, tombstone.c.id, tombstone.c.hash, tombstone.c.kept)
    found = connection.execute(select(*columns).where(tombstone.c.removal_seq == row["seq"])).mappings()
    there = {one["seq"]: listed(dict(one)) for one in found}
    for seq in sorted(wanted.keys() - there.keys()):
        text = f"Its trace of record {seq} ({wanted[seq][0]} {wanted[seq][2]}) is gone, or the record is there again."
        yield Problem(place, "removal_undone", text)
    for seq in sorted(there.keys() - wanted.keys()):
        yield Problem(f"{there[seq][0]} {there[seq][2]}", "removal_unrecorded", f"{place} did not remove it.")
    for seq in sorted(there.keys() & wanted.keys()):
        if there[seq] != wanted[seq]:
            text = "What is left of it was changed after it was removed."
            yield Problem(f"{wanted[seq][0]} {wanted[seq][2]}", "record_changed", text)


def stray_tombstones(connection: Connection) -> Iterator[Problem]:
    """Yield traces that name no removal on record."""
    known = select(removal.c.seq).where(removal.c.seq == tombstone.c.removal_seq).exists()
    for row in connection.execute(select(tombstone.c.kind, tombstone.c.id).where(~known).order_by(tombstone.c.seq)):
        yield Problem(f"{row.kind} {row.id}", "removal_unrecorded", "It was removed by no removal on record.")
