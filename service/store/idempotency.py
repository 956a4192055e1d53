"""Idempotency keys: the same key and request give the answer that was stored the first time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select

from service.store.tables import idempotency, screening


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
    statement = (
        select(idempotency.c.request_sha256, idempotency.c.screening_id, screening.c.answer)
        .join(screening, screening.c.id == idempotency.c.screening_id)
        .where(idempotency.c.key_id == claim.key_id, idempotency.c.idempotency_key == claim.idempotency_key)
    )
    row = connection.execute(statement).one_or_none()
    return Earlier(*row) if row else None


def record(connection: Connection, claim: Claim, screening_id: str, at: datetime) -> None:
    """Remember the key with its answer, in the transaction that stores the answer.

    Raises:
        sqlalchemy.exc.IntegrityError: Another request with this key was faster.
    """
    connection.execute(
        insert(idempotency),
        {
            "key_id": claim.key_id,
            "idempotency_key": claim.idempotency_key,
            "request_sha256": claim.request_sha256,
            "screening_id": screening_id,
            "created_at": at,
        },
    )
