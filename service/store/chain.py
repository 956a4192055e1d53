"""The hash chain: every record's hash covers the record and the hash before it.

Changing, removing or inserting a record later breaks the chain from there on; `db verify` walks it. Long texts enter
by their SHA-256, so that a text can be erased one day and the chain still be checked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from service.store.prepared import execute
from service.store.tables import chain_head

GENESIS = "0" * 64
HEAD_ID = 1
_LOCK = select(chain_head.c.seq, chain_head.c.hash).where(chain_head.c.id == HEAD_ID).with_for_update()
_MOVE = update(chain_head).where(chain_head.c.id == HEAD_ID).values(seq=bindparam("to_seq"), hash=bindparam("to_hash"))


@dataclass(frozen=True, slots=True)
class Link:
    """A record's place in the chain."""

    seq: int
    prev_hash: str
    hash: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last record's number and hash; 0 and GENESIS in an empty store."""

    seq: int
    hash: str


def lock_head(connection: Connection) -> Head:
    """Read the head and hold it until the transaction ends, so that two workers cannot append to the same one."""
    return Head(*execute(connection, _LOCK, {}).one())


def append(connection: Connection, record: Mapping[str, Any]) -> Link:
    """Give a record its place, and move the head to it; the caller inserts the row in the same transaction."""
    link = link_after(lock_head(connection), canonical(record))
    move_head(connection, Head(link.seq, link.hash))
    return link


def link_after(head: Head, content: str) -> Link:
    """Return the place after a head of a record whose canonical text is given."""
    seq = head.seq + 1
    return Link(seq, head.hash, _hash(head.hash, seq, content))


def move_head(connection: Connection, head: Head) -> None:
    """Make a record the last one; the head is held by this transaction."""
    execute(connection, _MOVE, {"to_seq": head.seq, "to_hash": head.hash})


def record_hash(previous: str, seq: int, record: Mapping[str, Any]) -> str:
    """Return SHA-256 over the hash before, the number and the canonical record, as hex."""
    return _hash(previous, seq, canonical(record))


def _hash(previous: str, seq: int, content: str) -> str:
    # The canonical JSON of [previous, seq, record], put together from the record's own.
    return sha256_text(f'["{previous}",{seq},{content}]')


def canonical(value: Any) -> str:
    """Return JSON with sorted keys and no spaces; moments as RFC 3339 in UTC with microseconds."""
    return _ENCODER.encode(value)


def sha256_text(text: str) -> str:
    """Return the SHA-256 of a text's UTF-8 bytes, as hex."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def _moment(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    raise TypeError(f"{type(value).__name__} has no canonical form")


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_moment)
