"""Single statements outside any transaction, on connections that requests take in turns: the cheapest way to read.

Beneath SQLAlchemy, because its transaction costs several times a look-up itself, and two more ways to PostgreSQL and
back. Each statement sees what was committed before it began, in whichever process.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from sqlalchemy import Engine, Select
from sqlalchemy.exc import SQLAlchemyError

from service.front.waiting import aside
from service.store.engine import BUSY_TIMEOUT_MS, refuse_read_only
from service.store.errors import StoreUnavailable
from service.store.prepared import prepared

if TYPE_CHECKING:
    import psycopg

MOST_IDLE = 10
"""Connections that wait for their next statement. While a database pauses every thread opens one of its own; kept for
ever, those of a few workers would be all that PostgreSQL gives."""


class DirectReader:
    """Reads rows as the driver gives them, over a few connections of its own."""

    def __init__(self, engine: Engine) -> None:
        self.on_sqlite = engine.dialect.name == "sqlite"
        self._connect: Callable[[], Any] = (
            (lambda: _sqlite(engine)) if self.on_sqlite else (lambda: _postgresql(engine))
        )
        self._engine = engine
        # The driver's own errors, by way of the engine: a service on SQLite does without the driver of PostgreSQL.
        self._failures = (engine.dialect.loaded_dbapi.Error, SQLAlchemyError, OSError)
        self._idle: deque[Any] = deque()  # its ends may be used by several threads at once without a lock

    def select(self, statement: Select[Any], values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Do as `rows` does for a statement that is built once: its words are kept."""
        words = prepared(statement, self._engine.dialect)
        return self.rows(words.text, words.values(values))

    def rows(self, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return all rows of a statement; moments of SQLite are texts, see `moment`.

        Raises:
            StoreUnavailable: The store cannot say.
        """
        # A file on this machine answers at once; over a network the event loop must not be kept waiting.
        return self._rows(statement, values) if self.on_sqlite else aside(lambda: self._rows(statement, values))

    def _rows(self, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
        try:
            return self._with_idle(statement, values)
        except self._failures:
            self.close()  # after an outage all connections from before it are dead: ask once more on a fresh one
        try:
            return self._asked(self._connect(), statement, values)
        except self._failures as error:
            raise StoreUnavailable(f"The store cannot be used now ({type(error).__name__}).") from error

    def close(self) -> None:
        """Close the connections that nobody uses now; the next look-up opens another."""
        while self._idle:
            with contextlib.suppress(IndexError, *self._failures):
                self._idle.pop().close()

    def _with_idle(self, statement: str, values: Sequence[Any] | Mapping[str, Any]) -> list[tuple[Any, ...]]:
        try:
            connection = self._idle.pop()
        except IndexError:
            connection = self._connect()
        return self._asked(connection, statement, values)

    def _asked(
        self, connection: Any, statement: str, values: Sequence[Any] | Mapping[str, Any]
    ) -> list[tuple[Any, ...]]:
        try:
            # All rows: a cursor that is not read to its end would hold SQLite to the state of that moment, and what
            # others write, a revocation for one, would go unseen.
            rows: list[tuple[Any, ...]] = connection.execute(statement, values).fetchall()
        except BaseException:
            with contextlib.suppress(*self._failures):
                connection.close()
            raise
        if len(self._idle) < MOST_IDLE:
            self._idle.append(connection)
        else:
            connection.close()
        return rows


def moment(value: Any) -> datetime | None:
    """Return a moment of a row: PostgreSQL gives one, SQLite its text in UTC without saying so."""
    return None if value is None else known_moment(value)


def known_moment(value: Any) -> datetime:
    """Do as `moment` does, for one that is there; in UTC, whatever zone the server speaks of."""
    if isinstance(value, datetime):
        return value.astimezone(UTC)
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
