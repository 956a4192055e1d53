"""The stations of a key as a condition of a query, the same on SQLite and PostgreSQL."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, ColumnElement, and_, func, or_

ANY = "*"


def within(column: Column[Any], patterns: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a station is one of the patterns (`service.stations`); a missing station is none.

    Written with lengths and ends because LIKE takes small letters for capitals on SQLite, and GLOB is SQLite's alone.
    """
    names = [pattern for pattern in patterns if ANY not in pattern]
    parts = [_fits(column, pattern) for pattern in patterns if ANY in pattern]
    return or_(column.in_(names), *parts) if names else or_(*parts)


def _fits(column: Column[Any], pattern: str) -> ColumnElement[bool]:
    start, _, end = pattern.partition(ANY)
    length = func.length(column)
    ends = [func.substr(column, 1, len(start)) == start] if start else []
    ends += [func.substr(column, length - len(end) + 1) == end] if end else []
    return and_(length >= len(start) + len(end), *ends)
