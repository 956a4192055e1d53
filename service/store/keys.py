"""API keys in the store: identifier, role and a hash; the secret itself is never kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from service.store.tables import api_key


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key. `secret_hash` is an argon2id string; `revoked_at` None means it is valid."""

    id: str
    name: str
    role: str
    secret_hash: str
    created_at: datetime
    revoked_at: datetime | None = None


def add(connection: Connection, new: KeyRecord) -> None:
    """Insert a key."""
    connection.execute(insert(api_key), {name: getattr(new, name) for name in KeyRecord.__slots__})


def get(connection: Connection, key_id: str) -> KeyRecord | None:
    """Return one key; None where there is none."""
    columns = [api_key.c[name] for name in KeyRecord.__slots__]
    row = connection.execute(select(*columns).where(api_key.c.id == key_id)).one_or_none()
    return KeyRecord(*row) if row else None


def all_keys(connection: Connection) -> list[KeyRecord]:
    """Return every key, oldest first."""
    columns = [api_key.c[name] for name in KeyRecord.__slots__]
    statement = select(*columns).order_by(api_key.c.created_at, api_key.c.id)
    return [KeyRecord(*row) for row in connection.execute(statement)]


def revoke(connection: Connection, key_id: str, at: datetime) -> bool:
    """Mark a key revoked; False where there is none, or it was revoked already."""
    statement = update(api_key).where(api_key.c.id == key_id, api_key.c.revoked_at.is_(None)).values(revoked_at=at)
    return connection.execute(statement).rowcount == 1
