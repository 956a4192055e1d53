"""Connections: SQLite embedded in WAL mode, PostgreSQL by URL; the same transactions on both."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from features.errors import UsageError

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another before the caller hears 503."""
CONNECT_TIMEOUT_S = 5
POOL_TIMEOUT_S = 10
WRITE = "parcel_screening_write"


def store_url(text: str) -> URL:
    """Return the URL with the driver that this product uses filled in.

    Raises:
        UsageError: It is no database URL, or one of another kind of database.
    """
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise UsageError("PARCEL_SCREENING_DATABASE_URL: this is not a database URL.") from error
    kind = url.get_backend_name()
    if kind in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if kind == "sqlite":
        return url.set(drivername="sqlite+pysqlite")
    raise UsageError(f"PARCEL_SCREENING_DATABASE_URL: {kind!r} is not supported; use sqlite:///... or postgresql://...")


def open_engine(text: str) -> Engine:
    """Open the store's engine; no connection is made yet.

    Raises:
        UsageError: The URL cannot be used.
    """
    url = store_url(text)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url)


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it or nothing.

    On SQLite it takes the write lock at once, so that what it read cannot have changed when it writes.
    """
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads."""
    with engine.connect() as connection, connection.begin():
        yield connection


@contextlib.contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One transaction that reads a state of the store that no other writer can change under it."""
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # SQLite's transactions are snapshots anyway
            connection = connection.execution_options(isolation_level="REPEATABLE READ")
        with connection.begin():
            yield connection


def _postgresql(url: URL) -> Engine:
    # hide_parameters, here and below: an error's text ends in a log, and the parameters are people's declarations.
    # pre_ping: after an outage the first request finds out and connects anew, instead of failing once per pooled one.
    return create_engine(
        url,
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=POOL_TIMEOUT_S,
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S},
    )


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise UsageError("PARCEL_SCREENING_DATABASE_URL: SQLite needs a file; an answer must survive the process.")
    with contextlib.suppress(OSError):  # the connection itself will say what is wrong, each time it is tried
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, pool_timeout=POOL_TIMEOUT_S, hide_parameters=True)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "commit", _commit_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling begins late and never IMMEDIATE, so it is switched off.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    write = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if write else "BEGIN")


def _commit_sqlite(connection: Connection) -> None:
    # A full disk makes SQLite roll back by itself, and the driver's commit then does nothing without a word; asked in
    # plain SQL, SQLite says that there is no transaction to commit.
    connection.exec_driver_sql("COMMIT")
