"""Statements of SQLAlchemy in the words of one database, kept: looking them up again costs several times their work."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, CursorResult, Dialect, Select, Update

Statement = Select[Any] | Update
_KEPT: dict[tuple[Statement, str], Prepared] = {}


class Prepared:
    """The words of a statement, and the order in which they name its values.

    Args:
        statement: Without values of types that need a conversion for the driver, as moments do on SQLite.
        dialect: Of the database.
    """

    def __init__(self, statement: Statement, dialect: Dialect) -> None:
        compiled: Any = statement.compile(dialect=dialect)
        self.text = str(compiled)
        self._order, self._fixed = compiled.positiontup, compiled.construct_params(_check=False)

    def values(self, given: Mapping[str, Any]) -> tuple[Any, ...] | dict[str, Any]:
        """Return the values as the driver takes them: in their order, or by name."""
        named = {**self._fixed, **given} if self._fixed else given
        return tuple([named[name] for name in self._order]) if self._order is not None else dict(named)


def prepared(statement: Statement, dialect: Dialect) -> Prepared:
    """Return the words of a statement that is built once; they are kept for good."""
    key = (statement, dialect.name)
    found = _KEPT.get(key)
    return found if found is not None else _KEPT.setdefault(key, Prepared(statement, dialect))


def execute(connection: Connection, statement: Statement, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
    """Run a statement that is built once in the caller's transaction; rows come as the driver gives them."""
    words = prepared(statement, connection.dialect)
    return connection.exec_driver_sql(words.text, words.values(values))
