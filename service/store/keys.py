"""API keys in the store: identifier, role, scope and a hash; the secret itself is never kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, update

from service.store.tables import api_key


@dataclass(frozen=True, slots=True)
class KeyRecord:
    """One key.

    Attributes:
        id: The part of the key that may be shown.
        name: Whose key it is.
        role: What it may do.
        secret_hash: An argon2id string.
        created_at: When it was made.
        revoked_at: From when on it is refused; None: it was not revoked.
        stations: JSON list of names and patterns (`service.stations`); None: every station.
        expires_at: From when on it is refused; None: never.
        requests_per_minute: How many requests it may make; None: as many as the settings say.
        certificate: Whose client certificate must come with it (`service.certificates`); None: none.
        replaces: The key that this one took over from.
        last_used_at: When it was last used, to a minute.
    """

    id: str
    name: str
    role: str
    secret_hash: str
    created_at: datetime
    revoked_at: datetime | None = None
    stations: str | None = None
    expires_at: datetime | None = None
    requests_per_minute: int | None = None
    certificate: str | None = None
    replaces: str | None = None
    last_used_at: datetime | None = None


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


def successors(connection: Connection, key_id: str) -> list[KeyRecord]:
    """Return the keys that were made to take over from one."""
    return [one for one in all_keys(connection) if one.replaces == key_id]


def revoke(connection: Connection, key_id: str, at: datetime) -> bool:
    """Mark a key revoked; False where there is none, or it was revoked already."""
    statement = update(api_key).where(api_key.c.id == key_id, api_key.c.revoked_at.is_(None)).values(revoked_at=at)
    return connection.execute(statement).rowcount == 1


def expire(connection: Connection, key_id: str, at: datetime) -> None:
    """Let a key end at a moment, or earlier where it would have."""
    sooner = or_(api_key.c.expires_at.is_(None), api_key.c.expires_at > at)
    connection.execute(update(api_key).where(api_key.c.id == key_id, sooner).values(expires_at=at))


def used(connection: Connection, key_id: str, at: datetime, every: timedelta) -> None:
    """Note that a key was used, unless another process noted it within `every`."""
    stale = or_(api_key.c.last_used_at.is_(None), api_key.c.last_used_at <= at - every)
    connection.execute(update(api_key).where(api_key.c.id == key_id, stale).values(last_used_at=at))
