"""Looks into the store itself, not through the service: is everything there that was promised, and nothing half?"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, Engine, Row, Table, create_engine, exists, func, select

from service.store.engine import store_url
from service.store.tables import entity, finding, idempotency, picture, screening
from tests.soak.ledger import Ledger, Promise

CHUNK = 500
Rows = list[Row[Any]]


@dataclass
class StoreView:
    """A reader of one store that remembers how far it has looked; the whole is for `db verify` and `everything`."""

    url: str
    pictures: Path
    seen_seq: int = 0
    seen_promises: int = 0
    records: int = 0

    def __post_init__(self) -> None:
        self.engine: Engine = create_engine(store_url(self.url), pool_pre_ping=True)

    def close(self) -> None:
        """Give the connections back."""
        self.engine.dispose()

    def news(self, ledger: Ledger) -> list[str]:
        """Return what is wrong among the records and promises added since the last call."""
        promises = ledger.promises[self.seen_promises :]
        with self.engine.connect() as connection:
            problems = [*self._records(connection), *_orphans(connection), *self._kept(connection, promises)]
            problems += _lost_findings(connection, ledger)
        self.seen_promises += len(promises)
        return problems

    def everything(self, ledger: Ledger) -> list[str]:
        """Return what is wrong among all records and promises."""
        self.seen_seq = self.seen_promises = self.records = 0
        return self.news(ledger)

    def answer_of(self, key: str) -> str | None:
        """Return the stored answer of an idempotency key; None where the store does not know it."""
        joined = select(screening.c.answer).join(idempotency, idempotency.c.screening_id == screening.c.id)
        with self.engine.connect() as connection:
            return connection.execute(joined.where(idempotency.c.idempotency_key == key)).scalar_one_or_none()

    def count(self) -> int:
        """Return how many screenings there are."""
        with self.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(screening)).scalar_one())

    def count_of(self, item_id: str) -> int:
        """Return how many screenings an item has."""
        counted = select(func.count()).select_from(screening).where(screening.c.item_id == item_id)
        with self.engine.connect() as connection:
            return int(connection.execute(counted).scalar_one())

    def _records(self, connection: Connection) -> Iterator[str]:
        """Yield every new screening that is not whole."""
        columns = (screening.c.seq, screening.c.id, screening.c.item_id, screening.c.answer, screening.c.evidence)
        statement = select(*columns).where(screening.c.seq > self.seen_seq).order_by(screening.c.seq)
        rows = connection.execute(statement).all()
        for chunk in _chunks(rows):
            ids = [row.id for row in chunk]
            claims = _grouped(connection, idempotency, idempotency.c.screening_id, ids)
            pictures = _grouped(connection, picture, picture.c.screening_id, ids)
            entities = _grouped(connection, entity, entity.c.item_id, [row.item_id for row in chunk])
            for row in chunk:
                parts = (claims[row.id], pictures[row.id], entities[row.item_id])
                yield from (f"screening {row.id}: {text}" for text in self._half(row, *parts))
        self.seen_seq = rows[-1].seq if rows else self.seen_seq
        self.records += len(rows)

    def _half(self, row: Row[Any], claims: Rows, pictures: Rows, entities: Rows) -> list[str]:
        answer = json.loads(row.answer)
        images = answer["xray"]["images"] if answer["xray"] else []
        faults = [
            (answer["screening_id"] != row.id, "its answer is another's"),
            (row.evidence is None, "no evidence"),
            (len(claims) != 1, f"{len(claims)} idempotency keys"),
            (not entities, "no entities"),
            ([one["sha256"] for one in images] != [one.sha256 for one in pictures], "not the pictures of its answer"),
        ]
        broken = [f"picture {one.sha256[:12]} {why}" for one in pictures if (why := self._broken(one.sha256))]
        return [text for wrong, text in faults if wrong] + broken

    def _broken(self, sha256: str) -> str:
        try:
            data = (self.pictures / sha256[:2] / sha256[2:4] / sha256).read_bytes()
        except OSError as error:
            return f"cannot be read ({error.strerror})"
        return "" if hashlib.sha256(data).hexdigest() == sha256 else "has other bytes"

    def _kept(self, connection: Connection, promises: Sequence[Promise]) -> Iterator[str]:
        """Yield every promise that the store does not keep."""
        for chunk in _chunks(promises):
            ids = [one.screening_id for one in chunk]
            answers = _grouped(connection, screening, screening.c.id, ids)
            claims = _grouped(connection, idempotency, idempotency.c.screening_id, ids)
            pictures = _grouped(connection, picture, picture.c.screening_id, ids)
            for one in chunk:
                stored = [row.answer.encode() for row in answers[one.screening_id]]
                if stored != [one.body]:
                    yield f"LOST {one.screening_id}: " + ("other bytes" if stored else "not in the store")
                elif tuple(row.sha256 for row in pictures[one.screening_id]) != one.picture_hashes:
                    yield f"LOST {one.screening_id}: not the pictures that were sent"
                elif [row.idempotency_key for row in claims[one.screening_id]] != [one.key]:
                    yield f"LOST {one.screening_id}: not under its idempotency key"


def lost(problems: Sequence[str]) -> int:
    """Return how many of the problems are promises that were not kept."""
    return sum(problem.startswith("LOST") for problem in problems)


def _lost_findings(connection: Connection, ledger: Ledger) -> Iterator[str]:
    about = {row.id: row.screening_id for row in connection.execute(select(finding.c.id, finding.c.screening_id))}
    for finding_id, screening_id in ledger.findings.items():
        if about.get(finding_id) != screening_id:
            yield f"LOST finding {finding_id} of {screening_id}"


def _orphans(connection: Connection) -> Iterator[str]:
    """Yield rows whose screening is not there."""
    for table, mine, its in (
        (idempotency, idempotency.c.screening_id, screening.c.id),
        (picture, picture.c.screening_id, screening.c.id),
        (entity, entity.c.item_id, screening.c.item_id),
    ):
        statement = select(func.count()).select_from(table).where(~exists().where(its == mine))
        if count := connection.execute(statement).scalar_one():
            yield f"{count} rows of {table.name} without their screening"


def _grouped(connection: Connection, table: Table, column: Column[Any], ids: Sequence[str]) -> dict[str, Rows]:
    found: dict[str, Rows] = defaultdict(list)
    statement = select(table).where(column.in_(ids))
    for row in connection.execute(statement.order_by(*table.primary_key.columns)):
        found[getattr(row, column.name)].append(row)
    return found


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))
