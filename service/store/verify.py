"""Walks the hash chain, the entity keys and the pictures, and names every break."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, exists, func, select

from features.errors import Problem
from service.store import chain, findings, removal, screenings
from service.store.engine import snapshot
from service.store.errors import unavailable_when_failing
from service.store.store import Store
from service.store.tables import chain_head, finding, picture, screening, tombstone
from service.store.tables import removal as removal_table
from service.store.verify_entities import entity_problems
from service.store.verify_removals import removal_problems, stray_tombstones

PAGE = 1_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What was walked, and everything that was wrong; `removed` of the records are traces of purged or erased ones."""

    records: int
    pictures: int
    problems: tuple[Problem, ...]
    removed: int = 0


def verify(store: Store) -> Verification:
    """Check every record, link, entity key and picture from one snapshot of the store."""
    problems: list[Problem] = []
    with unavailable_when_failing(), snapshot(store.engine) as connection:
        records = _walk(connection, problems)
        problems.extend(stray_tombstones(connection))
        problems.extend(entity_problems(connection))
        removed = connection.execute(select(func.count()).select_from(tombstone)).scalar_one()
        hashes = list(connection.execute(select(picture.c.sha256).distinct().order_by(picture.c.sha256)).scalars())
    problems.extend(_picture_problems(store, hashes))
    return Verification(records, len(hashes), tuple(problems), removed)


def _picture_problems(store: Store, hashes: Sequence[str]) -> Iterator[Problem]:
    for sha256 in hashes:
        wrong = store.pictures.broken(sha256)
        # A purge that runs beside this may have removed the picture with its record since.
        if wrong and _is_named(store, sha256):
            yield Problem(f"picture {sha256}", "picture_broken", f"The picture {wrong}.")


def _is_named(store: Store, sha256: str) -> bool:
    with store.reading() as connection:
        return bool(connection.execute(select(exists().where(picture.c.sha256 == sha256))).scalar_one())


def _walk(connection: Connection, problems: list[Problem]) -> int:
    previous, expected, count = chain.GENESIS, 1, 0
    for kind, row, pictures in _records(connection):
        place, count = f"{kind} {row['id']}", count + 1
        if row["seq"] != expected:
            text = f"Number {row['seq']} follows {expected - 1}: records are gone."
            problems.append(Problem(place, "chain_gap", text))
        if row["prev_hash"] != previous:
            problems.append(Problem(place, "chain_broken", "It does not continue the record before it."))
        problems.extend(_content_problems(kind, row, pictures, place))
        if kind == "removal":
            problems.extend(removal_problems(connection, row, place))
        previous, expected = row["hash"], row["seq"] + 1
    problems.extend(_head_problems(connection, previous, expected - 1))
    return count


def _content_problems(kind: str, row: dict[str, Any], pictures: list[dict[str, Any]], place: str) -> Iterator[Problem]:
    if kind == "screening":
        content = screenings.chained_content(row, pictures)
        for name in ("manifest", "answer", "evidence"):
            if _digest(row[name]) != row[f"{name}_sha256"]:
                yield Problem(place, "record_changed", f"Its {name} was changed after it was stored.")
    elif kind == "tombstone":
        return  # what stands in it is listed by the removal that left it there
    elif kind == "removal":
        content = removal.chained_content(row)
    else:
        content = findings.chained_content(row)
    if chain.record_hash(row["prev_hash"], row["seq"], content) != row["hash"]:
        yield Problem(place, "record_changed", "Its fields or its pictures were changed after it was stored.")


def _digest(text: str | None) -> str | None:
    return None if text is None else chain.sha256_text(text)


def _head_problems(connection: Connection, last_hash: str, last_seq: int) -> Iterator[Problem]:
    statement = select(chain_head.c.seq, chain_head.c.hash).where(chain_head.c.id == chain.HEAD_ID)
    head = connection.execute(statement).first()
    if head is None:
        yield Problem("chain head", "chain_head_missing", "The chain's head is gone.")
    elif (head.seq, head.hash) != (last_seq, last_hash):
        text = f"The head says record {head.seq} is the last; the last one there is {last_seq}."
        yield Problem("chain head", "chain_head_wrong", text)


def _records(connection: Connection) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    """Yield every chained record with its pictures in the order of the chain, a page at a time."""
    tables = (screening, finding, tombstone, removal_table)
    streams = [_pages(connection, table, table.name) for table in tables]
    yield from heapq.merge(*streams, key=lambda record: int(record[1]["seq"]))


def _pages(
    connection: Connection, table: Table, kind: str
) -> Iterator[tuple[str, dict[str, Any], list[dict[str, Any]]]]:
    after = -1
    while True:
        statement = select(table).where(table.c.seq > after).order_by(table.c.seq).limit(PAGE)
        rows = [dict(row) for row in connection.execute(statement).mappings()]
        pictures = _pictures(connection, [row["id"] for row in rows]) if kind == "screening" else {}
        for row in rows:
            yield kind, row, pictures.get(row["id"], [])
        if len(rows) < PAGE:
            return
        after = rows[-1]["seq"]


def _pictures(connection: Connection, ids: list[str]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    # ULIDs sort as text, so a page's pictures are one range instead of a thousand variables.
    if ids:
        statement = select(picture).where(picture.c.screening_id.between(min(ids), max(ids)))
        for row in connection.execute(statement.order_by(picture.c.screening_id, picture.c.n)).mappings():
            found[row["screening_id"]].append(dict(row))
    return found
