"""Processor time that the store's writer spends on a record, by the size of its groups, and statements a group.

    python -m benchmarks.group_cpu [--rounds 60] [--bytes 2200] [--keys 12] [--before 1500]

Two ways on the same store, in turns: the store's own (`service.store.rows`: many rows in a statement of the driver),
and beside it SQLAlchemy's insert of the same rows (`connection.execute(insert(table), rows)`), all else the same:
head of the chain, links, one transaction, the wait for the disk. On SQLite (synchronous=FULL) and on a private
PostgreSQL, whose own processor time is not counted. Every record is about people who were never seen before, which is
the dearest case: each of their keys touches a page of its own. Medians of the rounds, of one thread's processor time.
"""

from __future__ import annotations

import argparse
import os
import random
import secrets
import statistics
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

from sqlalchemy import Connection, Table, event, insert
from sqlalchemy.dialects import postgresql, sqlite
from ulid import ULID

from benchmarks.serving.postgres import cluster
from service.settings import Settings
from service.store import screenings
from service.store.entry import Entry, write_entries
from service.store.rows import Row
from service.store.screenings import NewScreening
from service.store.store import Store, open_store
from service.store.tables import entity

GROUPS = (1, 4, 16)
WAYS = ("rows", "sqlalchemy")


def main() -> None:
    """Run all rounds and print a table."""
    options = _options()
    print(f"load average before: {os.getloadavg()[0]:.2f}; {os.cpu_count()} cores")
    print("| store | group | way | CPU ms a record | statements a group |")
    print("|---|---:|---|---:|---:|")
    with cluster() as server, tempfile.TemporaryDirectory() as folder:
        server.execute("CREATE DATABASE one")
        for kind, url in (("SQLite", ""), ("PostgreSQL", server.url("one"))):
            _compare(kind, open_store(Settings(home=Path(folder), database_url=url)), options)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=60, help="Of each way and size.")
    parser.add_argument("--bytes", type=int, default=2200, help="Of an answer; manifest and evidence half each.")
    parser.add_argument("--keys", type=int, default=12, help="Of the people and addresses of a parcel.")
    parser.add_argument("--before", type=int, default=1500, help="Records in the store before it begins.")
    return parser.parse_args()


def _compare(kind: str, store: Store, options: argparse.Namespace) -> None:
    store.upgrade()
    for _ in range(0, options.before, 50):
        _write(store, [_new(options) for _ in range(50)])
    for size in GROUPS:
        spent: defaultdict[str, list[float]] = defaultdict(list)
        told: dict[str, int] = {}
        for _ in range(options.rounds):
            for way in random.sample(WAYS, len(WAYS)):
                with _way(way), _counting(store) as statements:
                    spent[way].append(_write(store, [_new(options) for _ in range(size)]) / size)
                told[way] = len(statements)
        for way in WAYS:
            low, middle, high = statistics.quantiles(spent[way], n=4)
            figures = f"{middle * 1000:.2f} ({low * 1000:.2f} to {high * 1000:.2f})"
            print(f"| {kind} | {size} | {way} | {figures} | {told[way]} |", flush=True)
    store.close()


def _write(store: Store, entries: Sequence[Entry]) -> float:
    started = time.thread_time()
    with store.writing() as connection:
        write_entries(connection, entries)
    return time.thread_time() - started


@contextmanager
def _way(way: str) -> Iterator[None]:
    if way == "rows":
        yield
    else:
        with patch("service.store.entry.insert_rows", _by_sqlalchemy):
            yield


def _by_sqlalchemy(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    own = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = own(table).on_conflict_do_nothing() if table is entity else insert(table)
    connection.execute(statement, rows)


@contextmanager
def _counting(store: Store) -> Iterator[list[str]]:
    told: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        told.extend([statement] * (len(values) if many else 1))

    event.listen(store.engine, "before_cursor_execute", listen)
    yield told
    event.remove(store.engine, "before_cursor_execute", listen)


def _new(options: argparse.Namespace) -> Entry:
    size = options.bytes
    new = NewScreening(
        id=str(ULID()), item_id=secrets.token_hex(8), created_at=datetime.now(UTC), declared_at=None, stage="station",
        lane="release", outcome="AC", rule="DEFAULT", random_selection=False, selection_probability=0.01,
        station_id="belt-1", scanner_id=None, key_id="benchmark", versions={"service": "benchmark"},
        manifest="m" * (size // 2), answer="a" * size, evidence="e" * (size // 2),
        entities=tuple(f"kind_{n}:{secrets.token_hex(12)}" for n in range(options.keys)),
    )  # fmt: skip
    return screenings.entry(new)


if __name__ == "__main__":
    main()
