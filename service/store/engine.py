"""Connections: SQLite embedded in WAL mode, PostgreSQL by URL; the same transactions on both."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, PoolProxiedConnection, RootTransaction, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError

from features.errors import UsageError
from service.front.waiting import aside
from service.store.errors import StoreInDoubt
from service.store.patience import Patience, be_patient

BUSY_TIMEOUT_MS = 10_000
"""How long a SQLite writer waits for another before the caller hears 503."""
BUSY_STEP_S = 0.001
CACHE_KIB = 8 * 1024
"""Pages that a connection of SQLite keeps. A group of sixteen records changes more than the 2 MiB it keeps by itself,
and what does not fit is written twice and read again: 206 reads and writes of files a record became 145."""
PRIMARY = 0xFF
"""Of a result code of SQLite the lower eight bits are the kind; above them stands which of its cases it is."""
BROKEN = frozenset(
    {
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_PROTOCOL,
        sqlite3.SQLITE_READONLY,
    }
)
"""After these a connection is not used again."""
CONNECT_TIMEOUT_S = 5
POOL: dict[str, Any] = {"pool_timeout": 10, "pool_size": 10, "max_overflow": 20, "pool_use_lifo": True}
"""Connections are opened as they are needed; of those beyond `pool_size` none is kept. The one that was used last is
used next: it has the pages and statements at hand."""
WRITE = "parcel_screening_write"
_WAITS_MS = "busy_timeout_ms"


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


def open_engine(text: str, patience: Patience | None = None) -> Engine:
    """Open the store's engine; no connection is made yet.

    Args:
        text: The URL.
        patience: How long PostgreSQL is waited for; None: as long as it works, as a long command needs.

    Raises:
        UsageError: The URL cannot be used.
    """
    url = store_url(text)
    return _sqlite(url) if url.get_backend_name() == "sqlite" else _postgresql(url, patience)


@contextlib.contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes: all of it or nothing.

    On SQLite it takes the write lock at once, so that what it read cannot have changed when it writes.

    Raises:
        StoreInDoubt: PostgreSQL was lost during the commit, and only it knows whether that is done.
    """
    try:
        connection, transaction = _opened(engine)
    except DBAPIError as error:
        if not error.connection_invalidated:
            raise
        connection, transaction = _opened(engine)  # the pool has given up what it had: this one is new
    with connection:
        try:
            yield connection
        except BaseException:
            with contextlib.suppress(DBAPIError):  # the first failure is the one to tell
                transaction.rollback()
            raise
        _commit(transaction, engine)


def _commit(transaction: RootTransaction, engine: Engine) -> None:
    """Commit; SQLite knows that it could not, but a line to PostgreSQL can break on the way back."""
    try:
        aside(transaction.commit)  # the one step that waits for the disk
    except DBAPIError as error:
        if engine.dialect.name == "postgresql" and not isinstance(error, IntegrityError):
            raise StoreInDoubt("The database was lost while it committed.") from error
        raise


def _opened(engine: Engine) -> tuple[Connection, RootTransaction]:
    connection = engine.connect().execution_options(**{WRITE: True})
    try:
        return connection, connection.begin()
    except BaseException:
        connection.close()
        raise


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


def checkpoint(engine: Engine) -> bool:
    """Bring the write-ahead log of SQLite into its file and empty it, so that no older state of a page is left in it.

    Returns:
        Whether that was done; False while others read an older state. On PostgreSQL there is nothing to do: True.
    """
    if engine.dialect.name != "sqlite":
        return True
    with contextlib.closing(engine.raw_connection()) as connection:
        _let_wait(connection, BUSY_TIMEOUT_MS)
        busy, *_ = connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return not busy


def vacuum(engine: Engine) -> None:
    """Write the database's files anew without what is unused in them.

    SQLite needs as much room again meanwhile and lets nobody write; PostgreSQL gives the room back to its own use and
    hinders nobody.
    """
    if engine.dialect.name == "sqlite":
        with contextlib.closing(engine.raw_connection()) as connection:
            _let_wait(connection, BUSY_TIMEOUT_MS)
            connection.cursor().execute("VACUUM")
        checkpoint(engine)
    else:
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("VACUUM")


def _postgresql(url: URL, patience: Patience | None) -> Engine:
    # hide_parameters, here and below: an error's text ends in a log, and the parameters are people's declarations.
    options = patience.client_options if patience else {"connect_timeout": CONNECT_TIMEOUT_S}
    engine = create_engine(url, hide_parameters=True, connect_args=options, **POOL)
    if patience:
        be_patient(engine, patience)
    return engine


def _sqlite(url: URL) -> Engine:
    if not url.database or url.database == ":memory:":
        raise UsageError("PARCEL_SCREENING_DATABASE_URL: SQLite needs a file; an answer must survive the process.")
    with contextlib.suppress(OSError):  # the connection itself will say what is wrong, each time it is tried
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, hide_parameters=True, **POOL)
    event.listen(engine, "do_connect", _before_sqlite)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "commit", _commit_sqlite)
    event.listen(engine, "handle_error", _drop_broken)
    return engine


def refuse_read_only(path: str) -> None:
    """Refuse to open a database file of SQLite that is there and cannot be written.

    SQLite would open it for reading alone without a word. What it then shares among all connections of a process stays
    so until the last of them is closed, which under load is never: long after the disk is writable again.

    Raises:
        sqlite3.OperationalError: It cannot be written.
    """
    if os.path.exists(path) and not os.access(path, os.W_OK):
        raise sqlite3.OperationalError("the database cannot be written")


def _before_sqlite(_dialect: Any, _record: Any, arguments: list[Any], _named: dict[str, Any]) -> None:
    refuse_read_only(arguments[0])


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver's own transaction handling begins late and never IMMEDIATE, so it is switched off.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={BUSY_TIMEOUT_MS}",
        f"cache_size=-{CACHE_KIB}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        # What is erased is overwritten with zeros, not only given up.
        "secure_delete=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _drop_broken(context: ExceptionContext) -> None:
    # Opened while the disk was read-only, a connection stays so for ever; after a failure of the disk nobody knows.
    # SQLAlchemy then gives up all connections of that time, and the next request opens a new one.
    code = getattr(context.original_exception, "sqlite_errorcode", 0) & PRIMARY
    context.is_disconnect = context.is_disconnect or code in BROKEN


def _begin_sqlite(connection: Connection) -> None:
    if not connection.get_execution_options().get(WRITE, False):
        _let_wait(connection.connection, BUSY_TIMEOUT_MS)
        connection.exec_driver_sql("BEGIN")
        return
    # SQLite's own waiting sleeps ever longer, up to a tenth of a second, and starves whoever waited longest; asking
    # again in even, short steps gives all processes the same chance (benchmarks/group_commit.py). Whoever has begun to
    # write waits for nobody any more.
    _let_wait(connection.connection, 0)
    driver: Any = connection.connection.driver_connection
    taken = _taken(driver)
    if taken is None:  # on an event loop each step would last as long as whatever else it works on
        taken = aside(lambda: _begun(driver, time.monotonic() + BUSY_TIMEOUT_MS / 1000))
    if not taken:
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # fails as SQLAlchemy's errors do


def _let_wait(connection: PoolProxiedConnection, milliseconds: int) -> None:
    """Say how long SQLite itself waits for others on this connection, if that is not so already."""
    if connection.info.get(_WAITS_MS) != milliseconds:
        driver: Any = connection.driver_connection
        driver.execute(f"PRAGMA busy_timeout={milliseconds}")
        connection.info[_WAITS_MS] = milliseconds


def _begun(driver: sqlite3.Connection, until: float) -> bool:
    """Take SQLite's place for writing; False where that failed, or nobody let go of it in time."""
    while (taken := _taken(driver)) is None and time.monotonic() < until:
        time.sleep(BUSY_STEP_S)
    return bool(taken)


def _taken(driver: sqlite3.Connection) -> bool | None:
    """Take SQLite's place for writing; None where somebody else has it, False where that failed."""
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite3.OperationalError as error:
        return None if error.sqlite_errorcode & PRIMARY == sqlite3.SQLITE_BUSY else False
    return True


def _commit_sqlite(connection: Connection) -> None:
    # A full disk makes SQLite roll back by itself, and the driver's commit then does nothing without a word; asked in
    # plain SQL, SQLite says that there is no transaction to commit.
    connection.exec_driver_sql("COMMIT")
