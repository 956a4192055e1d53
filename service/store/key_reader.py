"""Reads one key by its identifier, on every request: the cheapest read that still sees a revocation at once.

Beneath SQLAlchemy, because its transaction costs many times the look-up itself (`benchmarks/key_lookup.py` says how
many). Each look-up is a statement of its own outside any transaction, so it sees what was committed before it began, in
whichever process.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple
from urllib.parse import quote

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from service.store.engine import BUSY_TIMEOUT_MS, refuse_read_only
from service.store.errors import StoreUnavailable


class KeyRow(NamedTuple):
    """What a request needs to know of a key; see `service.store.keys.KeyRecord`. Moments as the driver gives them."""

    id: str
    name: str
    role: str
    secret_hash: str
    revoked_at: Any
    stations: str | None
    expires_at: Any
    requests_per_minute: int | None
    certificate: str | None


_SELECT = f"SELECT {', '.join(KeyRow._fields)} FROM api_key WHERE id = "  # our own names, no input
_FAILURES = (sqlite3.Error, psycopg.Error, SQLAlchemyError, OSError)


class KeyReader:
    """Looks keys up, over a few connections of its own that requests take in turns."""

    def __init__(self, engine: Engine) -> None:
        on_sqlite = engine.dialect.name == "sqlite"
        self._connect: Callable[[], Any] = (lambda: _sqlite(engine)) if on_sqlite else (lambda: _postgresql(engine))
        self._statement = _SELECT + ("?" if on_sqlite else "%s")
        self._idle: deque[Any] = deque()  # its ends may be used by several threads at once without a lock

    def get(self, key_id: str) -> KeyRow | None:
        """Return a key as it is now; None where there is none.

        Raises:
            StoreUnavailable: The store cannot say.
        """
        try:
            return self._with_idle(key_id)
        except _FAILURES:
            self.close()  # after an outage all connections from before it are dead: ask once more on a fresh one
        try:
            return self._asked(self._connect(), key_id)
        except _FAILURES as error:
            raise StoreUnavailable(f"The store cannot be used now ({type(error).__name__}).") from error

    def close(self) -> None:
        """Close the connections that nobody uses now; the next look-up opens another."""
        while self._idle:
            with contextlib.suppress(IndexError, *_FAILURES):
                self._idle.pop().close()

    def _with_idle(self, key_id: str) -> KeyRow | None:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        return self._asked(connection, key_id)

    def _asked(self, connection: Any, key_id: str) -> KeyRow | None:
        try:
            # All rows, although there is one at most: a cursor that is not read to its end would hold SQLite to the
            # state of that moment, and a revocation would go unseen.
            rows = connection.execute(self._statement, (key_id,)).fetchall()
        except BaseException:
            with contextlib.suppress(*_FAILURES):
                connection.close()
            raise
        self._idle.append(connection)
        return KeyRow._make(rows[0]) if rows else None


def moment(value: Any) -> datetime | None:
    """Return a moment of a row: PostgreSQL gives one, SQLite its text in UTC without saying so."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.fromisoformat(value).replace(tzinfo=UTC)


def _sqlite(engine: Engine) -> sqlite3.Connection:
    path = str(engine.url.database)
    refuse_read_only(path)
    # mode=rw: where the file is gone, an empty one in its place would hide that.
    return sqlite3.connect(
        f"file:{quote(path)}?mode=rw",
        uri=True,
        timeout=BUSY_TIMEOUT_MS / 1000,
        isolation_level=None,
        check_same_thread=False,
    )


def _postgresql(engine: Engine) -> psycopg.Connection[Any]:
    # As the engine opens its own, so with its bounds on how long the server is waited for.
    pooled = engine.raw_connection()
    connection: psycopg.Connection[Any] = pooled.driver_connection  # type: ignore[assignment]
    pooled.detach()
    connection.autocommit = True
    return connection
