"""What one request writes, prepared in full by its own thread, and how many of them are written in one transaction."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Table, insert

from service.store import chain, idempotency
from service.store.errors import StoreUnavailable, unavailable_when_failing
from service.store.idempotency import Claim, Earlier
from service.store.rows import Row, insert_rows
from service.store.tables import metadata

Outcome = chain.Link | Earlier | None
"""The place of the record in the chain; what was answered the first time where its idempotency key was used before (and
nothing was written); None where the entry holds no record."""
IN_ORDER = tuple(metadata.sorted_tables)
"""What is referred to comes before what refers to it."""
log = logging.getLogger("parcel_screening")


@dataclass(frozen=True, slots=True)
class Chained:
    """A record of the chain that has no place in it yet.

    `row` lacks seq, prev_hash and hash; `content` is the canonical text of what the hash covers.
    """

    table: Table
    row: Row
    content: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What is written together or not at all.

    Attributes:
        record: The record of the chain, if any.
        rows: Rows beside it, by table; rows of `entity` that are there already stay as they are.
        claim: The idempotency key under which the record may be written once; the record is then a screening.
        optional: Rows whose failure is logged, and takes nothing else with it.
    """

    record: Chained | None = None
    rows: tuple[tuple[Table, Row], ...] = ()
    claim: Claim | None = None
    optional: tuple[tuple[Table, Row], ...] = ()


def write_entries(connection: Connection, entries: Sequence[Entry], head: chain.Head | None = None) -> list[Outcome]:
    """Write entries in the caller's transaction, in their order.

    Args:
        connection: In a transaction that writes.
        entries: All that is to be written.
        head: Of the chain, where the transaction holds it already.

    Returns:
        An outcome for each entry.

    Raises:
        sqlalchemy.exc.IntegrityError: One of them cannot be written; so none of them is.
    """
    if head is None and any(one.record for one in entries):
        head = chain.lock_head(connection)
    # Asked under the lock of the head: whoever else claims the same key has to wait for it, or is seen here.
    answered = _answered(connection, entries)
    outcomes: list[Outcome] = list(answered)
    fresh = [place for place, earlier in enumerate(answered) if earlier is None]
    rows: defaultdict[Table, list[Row]] = defaultdict(list)
    for place in fresh:
        if (record := entries[place].record) and head:
            link = chain.link_after(head, record.content)
            rows[record.table].append({**record.row, "seq": link.seq, "prev_hash": link.prev_hash, "hash": link.hash})
            head, outcomes[place] = chain.Head(link.seq, link.hash), link
        for table, row in _rows_of(entries[place]):
            rows[table].append(row)
    if any(outcomes[place] for place in fresh) and head:
        chain.move_head(connection, head)
    for table in IN_ORDER:
        if found := rows.get(table):
            insert_rows(connection, table, found)
    _write_optional(connection, [pair for place in fresh for pair in entries[place].optional])
    return outcomes


def _answered(connection: Connection, entries: Sequence[Entry]) -> list[Earlier | None]:
    """Return for each entry what was answered to its idempotency key before, in the store or earlier in the group."""
    claims = [one.claim for one in entries if one.claim]
    if not claims:
        return [None] * len(entries)
    known = idempotency.earlier_of(connection, claims)
    found: list[Earlier | None] = []
    for one in entries:
        key = (one.claim.key_id, one.claim.idempotency_key) if one.claim else None
        found.append(known.get(key) if key else None)
        if key and key not in known and one.claim and one.record:
            known[key] = Earlier(one.claim.request_sha256, one.record.row["id"], one.record.row["answer"])
    return found


def _rows_of(entry: Entry) -> Sequence[tuple[Table, Row]]:
    if entry.claim is None or entry.record is None:
        return entry.rows
    return (*entry.rows, idempotency.row(entry.claim, entry.record.row["id"], entry.record.row["created_at"]))


def _write_optional(connection: Connection, pairs: Sequence[tuple[Table, Row]]) -> None:
    for table, row in pairs:
        try:
            with unavailable_when_failing(), connection.begin_nested():
                connection.execute(insert(table), [row])
        # An outage ends the whole transaction; any other failure is this row's own.
        except StoreUnavailable:
            raise
        except Exception:
            log.exception("row not stored", extra={"table": table.name})
