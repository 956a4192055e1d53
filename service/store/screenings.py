"""Screenings in the store: written once, read back byte for byte."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Select, Table, select
from sqlalchemy import Row as ResultRow

from service.store import chain, history
from service.store.entry import Chained, Entry, Outcome, write_entries
from service.store.idempotency import Claim
from service.store.pictures import StoredPicture
from service.store.rows import Row
from service.store.station_filter import within
from service.store.tables import entity, picture, screening

NOT_HASHED = frozenset({"seq", "prev_hash", "hash", "manifest", "answer", "evidence"})
"""Long texts enter the hash by their digest, so that a text can be erased one day and the chain still be checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewScreening:
    """All of one answer that the store keeps.

    `answer` is the JSON text exactly as it is sent, `manifest` the canonical JSON of the manifest it rests on,
    `evidence` the JSON of `sop.evidence_json` that the decision can be replayed from.
    """

    id: str
    item_id: str
    created_at: datetime
    declared_at: datetime | None
    stage: str
    lane: str
    outcome: str
    rule: str
    random_selection: bool
    selection_probability: float
    station_id: str | None
    scanner_id: str | None
    key_id: str | None
    versions: Mapping[str, str | None]
    manifest: str
    answer: str
    evidence: str | None = None
    entities: tuple[str, ...] = ()
    pictures: tuple[StoredPicture, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredScreening:
    """A screening read back. `seq` is its place in the chain."""

    seq: int
    id: str
    item_id: str
    created_at: datetime
    lane: str
    station_id: str | None
    scanner_id: str | None
    answer: str


@dataclass(frozen=True, slots=True)
class Query:
    """Which screenings to list, newest first.

    `before` is the `seq` after which the last page ended, `stations` whose alone, by the patterns of a key.
    """

    item_id: str | None = None
    lane: str | None = None
    since: datetime | None = None
    before: int | None = None
    limit: int = 50
    stations: tuple[str, ...] | None = None


def entry(new: NewScreening, claim: Claim | None = None, optional: Sequence[tuple[Table, Row]] = ()) -> Entry:
    """Return what is written of a screening: it, its pictures, its entities, and the idempotency key, if any.

    Args:
        new: The screening.
        claim: The idempotency key under which it was asked for.
        optional: Rows about it that may fail.
    """
    row = _row(new)
    pictures = [_picture_row(new.id, one) for one in new.pictures]
    content = chain.canonical(chained_content(row, pictures))
    keys = history.rows(new.item_id, new.entities, history.seen_at(new.declared_at, new.created_at))
    beside = (*((picture, one) for one in pictures), *((entity, one) for one in keys))
    return Entry(record=Chained(screening, row, content), rows=beside, claim=claim, optional=tuple(optional))


def append(connection: Connection, new: NewScreening, claim: Claim | None = None) -> Outcome:
    """Insert a screening in the caller's transaction; returns its place in the chain."""
    return write_entries(connection, [entry(new, claim)])[0]


def chained_content(row: dict[str, Any], pictures: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what the hash covers: the row with its long texts by digest, and the pictures.

    Entity keys are left out: they can be computed again from the manifest, and `db verify` does. Where there is no
    evidence its digest is left out too, so that the hashes of screenings made before it was kept still hold.
    """
    kept = {name: value for name, value in row.items() if name not in NOT_HASHED}
    if kept.get("evidence_sha256") is None:
        kept.pop("evidence_sha256", None)
    shown = [{name: value for name, value in one.items() if name != "screening_id"} for one in pictures]
    return {"kind": "screening", **kept, "pictures": shown}


def get(connection: Connection, screening_id: str) -> StoredScreening | None:
    """Return one screening; None where there is none."""
    row = connection.execute(_selected().where(screening.c.id == screening_id)).one_or_none()
    return _stored(row) if row else None


def find(connection: Connection, query: Query) -> list[StoredScreening]:
    """Return a page, newest first. New records never move those on later pages: they come before the first one."""
    statement = _selected().order_by(screening.c.seq.desc()).limit(query.limit)
    if query.item_id is not None:
        statement = statement.where(screening.c.item_id == query.item_id)
    if query.lane is not None:
        statement = statement.where(screening.c.lane == query.lane)
    if query.since is not None:
        statement = statement.where(screening.c.created_at >= query.since)
    if query.stations is not None:
        statement = statement.where(within(screening.c.station_id, query.stations))
    if query.before is not None:
        statement = statement.where(screening.c.seq < query.before)
    return [_stored(row) for row in connection.execute(statement)]


def manifest_on_file(connection: Connection, item_id: str) -> str | None:
    """Return the JSON of the item's latest manifest; None where the item is not known."""
    statement = select(screening.c.manifest).where(screening.c.item_id == item_id)
    return connection.execute(statement.order_by(screening.c.seq.desc()).limit(1)).scalar_one_or_none()


def pictures_of(connection: Connection, screening_id: str) -> list[StoredPicture]:
    """Return a screening's pictures in the order sent."""
    columns = (picture.c.n, picture.c.view, picture.c.sha256, picture.c.size, picture.c.media_type)
    statement = select(*columns).where(picture.c.screening_id == screening_id).order_by(picture.c.n)
    return [StoredPicture(*row) for row in connection.execute(statement)]


_AS_GIVEN = tuple(name for name in NewScreening.__slots__ if name in screening.c and name != "versions")
_given = attrgetter(*_AS_GIVEN)


def _row(new: NewScreening) -> dict[str, Any]:
    return {
        **dict(zip(_AS_GIVEN, _given(new), strict=True)),
        "versions": _versions(tuple(new.versions.items())),
        "manifest_sha256": chain.sha256_text(new.manifest),
        "answer_sha256": chain.sha256_text(new.answer),
        "evidence_sha256": chain.sha256_text(new.evidence) if new.evidence is not None else None,
    }


@lru_cache(maxsize=64)  # the same for every answer until a model or the procedure is replaced
def _versions(versions: tuple[tuple[str, str | None], ...]) -> str:
    return json.dumps(dict(versions), sort_keys=True)


def _picture_row(screening_id: str, one: StoredPicture) -> dict[str, Any]:
    return {
        "screening_id": screening_id,
        "n": one.n,
        "view": one.view,
        "sha256": one.sha256,
        "size": one.size,
        "media_type": one.media_type,
    }


def _selected() -> Select[Any]:
    return select(*(screening.c[name] for name in StoredScreening.__slots__))


def _stored(row: ResultRow[Any]) -> StoredScreening:
    return StoredScreening(**row._mapping)
