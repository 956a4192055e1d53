"""Idempotency keys: the same key and request give the answer that was stored the first time."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, Table, and_, bindparam, or_, select

from service.store.direct import DirectReader
from service.store.prepared import execute
from service.store.tables import idempotency, screening

CHUNK = 16
"""Keys in one statement."""


@dataclass(frozen=True, slots=True)
class Claim:
    """A caller's Idempotency-Key with the digest of what was asked; keys of different callers never meet."""

    key_id: str
    idempotency_key: str
    request_sha256: str


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was answered the first time."""

    request_sha256: str
    screening_id: str
    answer: str


def earlier(connection: Connection, claim: Claim) -> Earlier | None:
    """Return the first answer given to this key; None where it is new."""
    return earlier_of(connection, [claim]).get((claim.key_id, claim.idempotency_key))


def earlier_of_store(reader: DirectReader, claim: Claim) -> Earlier | None:
    """Do as `earlier` does, without a transaction.

    Raises:
        StoreUnavailable: The store cannot be read.
    """
    rows = reader.select(_earlier_of(1), {"key_0": claim.key_id, "idempotency_0": claim.idempotency_key})
    return Earlier(*rows[0][2:]) if rows else None


def earlier_of(connection: Connection, claims: Sequence[Claim]) -> dict[tuple[str, str], Earlier]:
    """Return the first answers given to these keys, by caller and key; new keys have none."""
    found: dict[tuple[str, str], Earlier] = {}
    for start in range(0, len(claims), CHUNK):
        part = claims[start : start + CHUNK]
        values = {f"key_{n}": one.key_id for n, one in enumerate(part)}
        values |= {f"idempotency_{n}": one.idempotency_key for n, one in enumerate(part)}
        found |= {(row[0], row[1]): Earlier(*row[2:]) for row in execute(connection, _earlier_of(len(part)), values)}
    return found


def row(claim: Claim, screening_id: str, at: datetime) -> tuple[Table, dict[str, Any]]:
    """Return the row that remembers a key with its answer, for the transaction that stores the answer."""
    return idempotency, {
        "key_id": claim.key_id,
        "idempotency_key": claim.idempotency_key,
        "request_sha256": claim.request_sha256,
        "screening_id": screening_id,
        "created_at": at,
    }


_FIRST = select(
    idempotency.c.key_id,
    idempotency.c.idempotency_key,
    idempotency.c.request_sha256,
    idempotency.c.screening_id,
    screening.c.answer,
).join(screening, screening.c.id == idempotency.c.screening_id)


@functools.cache
def _earlier_of(count: int) -> Select[Any]:
    """Return the statement that asks for so many keys; built once, because building is costly."""
    asked = [
        and_(
            idempotency.c.key_id == bindparam(f"key_{n}"),
            idempotency.c.idempotency_key == bindparam(f"idempotency_{n}"),
        )
        for n in range(count)
    ]
    return _FIRST.where(or_(*asked))
