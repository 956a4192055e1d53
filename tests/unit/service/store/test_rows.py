"""Many rows in few statements: all of them, in their order, and refused as one row is."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select
from sqlalchemy.exc import DBAPIError

from service.store import access, screenings
from service.store.entry import write_entries
from service.store.idempotency import Claim
from service.store.rows import MOST_ROWS, insert_rows
from service.store.screenings import NewScreening
from service.store.store import Store
from service.store.tables import entity, screening
from service.store.verify import verify

NewOne = Callable[..., NewScreening]
NOON = datetime(2026, 11, 20, 12, 0, 0, 123456, tzinfo=UTC)


def test_so_many_rows_come_back_as_they_were_given(store: Store) -> None:
    for count in (1, 2, MOST_ROWS, MOST_ROWS + 1, 3 * MOST_ROWS + 5):
        item = f"{count} \\ \"{{}},' ünï"
        rows = [{"key": f"k{n}", "item_id": item, "at": NOON + timedelta(seconds=n)} for n in range(count)]
        with store.writing() as connection:
            insert_rows(connection, entity, rows)
            # There already: the first moment stays.
            insert_rows(connection, entity, [{**row, "at": NOON - timedelta(days=9)} for row in rows])
            statement = select(entity).where(entity.c.item_id == item).order_by(entity.c.at)
            assert [dict(row) for row in connection.execute(statement).mappings()] == rows
    subjects = [f"S{n}" for n in range(60)]
    with store.writing() as connection:
        write_entries(connection, [access.entry("screening.list", subjects, at=NOON, key_id=None)])
        found = access.find(connection, access.Query(limit=100))
    assert [one.subject for one in reversed(found)] == subjects


def test_a_group_is_written_in_the_statements_of_one_record(store: Store, new_screening: NewOne) -> None:
    told: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        told.append(statement)

    def write(made: list[NewScreening]) -> int:
        claims = [Claim("k1", new.id, "a" * 64) if n % 2 else None for n, new in enumerate(made)]
        entries = [screenings.entry(new, claim) for new, claim in zip(made, claims, strict=True)]
        told.clear()
        with store.writing() as connection:
            write_entries(connection, entries)
        return len(told)

    made = [
        new_screening(
            station_id=f"st-{n}" if n % 3 else None,
            declared_at=NOON if n % 2 else None,
            random_selection=n % 2 == 0,
            selection_probability=n / 7,
        )
        for n in range(2 + MOST_ROWS)
    ]
    event.listen(store.engine, "before_cursor_execute", listen)
    assert write(made[:2]) == write(made[2:])
    with store.reading() as connection:
        rows = connection.execute(select(screening).order_by(screening.c.seq)).mappings().all()
    same = ("id", "station_id", "declared_at", "random_selection", "selection_probability", "created_at", "answer")
    assert [[row[name] for name in same] for row in rows] == [[getattr(new, name) for name in same] for new in made]
    assert verify(store).problems == ()


def test_one_row_that_is_refused_leaves_nothing_of_the_others(store: Store) -> None:
    spoilt: list[dict[str, Any]] = [{"item_id": None}]
    if store.engine.dialect.name == "postgresql":  # SQLite knows no bound of a text
        spoilt.append({"key": "k" * 200})
    for changes in spoilt:
        rows: list[dict[str, Any]] = [{"key": f"k{n}", "item_id": "I", "at": NOON} for n in range(60)]
        rows[20] |= changes
        with pytest.raises(DBAPIError), store.writing() as connection:
            insert_rows(connection, entity, rows)
        with store.reading() as connection:
            assert connection.execute(select(entity)).all() == []
