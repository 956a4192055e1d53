"""Rows of one table, as many as there are in one statement, in the words that the driver takes.

SQLite's driver takes many rows one by one, and lets other threads go first at each; SQLAlchemy's own insert asks about
every value of every row. Both cost more than the writing itself (benchmarks/group_commit.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any

from sqlalchemy import Column, Connection, Dialect, String, Table

from service.store.tables import UtcDateTime, entity

Row = Mapping[str, Any]
MOST_ROWS = 32
"""Rows in one statement of SQLite: few texts to keep, and for no table more than the 999 values of older builds."""
MOST_VALUES = 50
"""Values that PostgreSQL is told one by one: the driver keeps what it made of a text with so many, but no more."""
_WRITERS: dict[tuple[Table, str], _OnSqlite | _OnPostgresql] = {}


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows in their order in the caller's transaction; rows of `entity` that are there already stay as they are.

    Args:
        connection: In a transaction that writes; where this raises, all of it must be rolled back.
        table: Of the store.
        rows: Each with all columns but the number that the database gives.

    Raises:
        KeyError: A row lacks a column.
        sqlalchemy.exc.IntegrityError: The database refuses one of them.
    """
    dialect = connection.dialect
    writer = _WRITERS.get((table, dialect.name))
    if writer is None:
        kind = _OnPostgresql if dialect.name == "postgresql" else _OnSqlite
        writer = _WRITERS.setdefault((table, dialect.name), kind(table, dialect))
    for text, values in writer.statements([writer.columns.values(row) for row in rows]):
        connection.exec_driver_sql(text, values)


class _Columns:
    """The columns of a table that are told to a database."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        told = [column for column in table.c if column is not table.autoincrement_column]
        quote = dialect.identifier_preparer.quote
        self.into = f"INTO {quote(table.name)} ({', '.join(quote(column.name) for column in told)})"
        # Screened twice, an item is still one parcel: its first moment stays.
        self.unless = " ON CONFLICT DO NOTHING" if table is entity else ""
        self.types = [_type(column, dialect) for column in told]
        self._pick = itemgetter(*(column.name for column in told))
        self._changed = [(place, change) for place, one in enumerate(told) if (change := _change(one, dialect))]

    def values(self, row: Row) -> list[Any]:
        """Return a row's values in the order of the columns, as the driver takes them."""
        values = list(self._pick(row))
        for place, change in self._changed:
            values[place] = change(values[place])
        return values

    def marks(self, mark: str, rows: int) -> str:
        """Return the places of the values of so many rows."""
        one = f"({', '.join([mark] * len(self.types))})"
        return ", ".join([one] * rows)


class _OnSqlite:
    """Statements of some rows each, whose texts are kept by the number of rows."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self.columns = _Columns(table, dialect)
        self._texts: dict[int, str] = {}

    def statements(self, rows: Sequence[Sequence[Any]]) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the statements that insert these rows, each with its values."""
        parts = [rows[start : start + MOST_ROWS] for start in range(0, len(rows), MOST_ROWS)]
        return [(self._text(len(part)), tuple(chain.from_iterable(part))) for part in parts]

    def _text(self, rows: int) -> str:
        if rows not in self._texts:
            # ABORT, what SQLite does otherwise, would undo the statement alone, and copies every page for it that many
            # rows touch. Whoever writes here rolls back all.
            marks = self.columns.marks("?", rows)
            self._texts[rows] = f"INSERT OR FAIL {self.columns.into} VALUES {marks}{self.columns.unless}"
        return self._texts[rows]


class _OnPostgresql:
    """One statement: its values one by one where they are few, which is quickest, and otherwise an array a column."""

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self.columns = _Columns(table, dialect)
        arrays = ", ".join(f"%b::{name}[]" for name in self.columns.types)
        self._arrays = f"INSERT {self.columns.into} SELECT * FROM unnest({arrays}){self.columns.unless}"
        self._few = [
            f"INSERT {self.columns.into} VALUES {self.columns.marks('%s', rows)}{self.columns.unless}"
            for rows in range(MOST_VALUES // len(self.columns.types) + 1)
        ]

    def statements(self, rows: Sequence[Sequence[Any]]) -> list[tuple[str, tuple[Any, ...]]]:
        """Return the statement that inserts these rows, with its values."""
        if len(rows) < len(self._few):
            return [(self._few[len(rows)], tuple(chain.from_iterable(rows)))]
        return [(self._arrays, tuple([list(column) for column in zip(*rows, strict=True)]))]


def _type(column: Column[Any], dialect: Dialect) -> str:
    # A cast to a bounded text cuts off what is too long; the column itself refuses it.
    return "TEXT" if isinstance(column.type, String) else column.type.compile(dialect)


def _change(column: Column[Any], dialect: Dialect) -> Callable[[Any], Any] | None:
    """Return what SQLAlchemy does to a value before the driver gets it."""
    change = column.type.dialect_impl(dialect).bind_processor(dialect)
    # All keys of a parcel have its one moment.
    return lru_cache(maxsize=64)(change) if change and isinstance(column.type, UtcDateTime) else change
