"""What officers found, and where they overrode the lane: appended to the same chain, never changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from service.store import chain
from service.store.entry import Chained, Entry, Outcome, write_entries
from service.store.tables import finding

FOUND: dict[str, bool | None] = {"illicit": True, "other_offence": False, "nothing": False, "not_opened": None}
"""What each word means for the history of the parcel's entities: firearms found, opened without, not known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding or override about one screening.

    Attributes:
        id: ULID.
        screening_id: The screening it is about.
        item_id: The item of that screening.
        created_at: When it was recorded.
        key_id: Whose key recorded it.
        found: A key of FOUND; None where only the lane was overridden.
        parts: Firearm parts found, by the names of `models.results.PARTS`.
        reference: The seizure's or report's number, if any.
        notes: The officer's own words.
        override_lane: The lane taken instead of the one decided.
        override_reason: Why.
    """

    id: str
    screening_id: str
    item_id: str
    created_at: datetime
    key_id: str | None
    found: str | None = None
    parts: tuple[str, ...] = ()
    reference: str | None = None
    notes: str | None = None
    override_lane: str | None = None
    override_reason: str | None = None


def entry(new: Finding) -> Entry:
    """Return what is written of a finding."""
    row = {name: getattr(new, name) for name in Finding.__slots__} | {"parts": json.dumps(new.parts)}
    return Entry(record=Chained(finding, row, chain.canonical(chained_content(row))))


def append(connection: Connection, new: Finding) -> Outcome:
    """Insert a finding in the caller's transaction; returns its place in the chain."""
    return write_entries(connection, [entry(new)])[0]


def chained_content(row: dict[str, Any]) -> dict[str, Any]:
    """Return what the hash covers; the officer's words by digest, because they may name people."""
    kept = {name: value for name, value in row.items() if name not in {"seq", "prev_hash", "hash", "notes"}}
    notes = row["notes"]
    return {"kind": "finding", **kept, "notes_sha256": chain.sha256_text(notes) if notes is not None else None}


def of_screening(connection: Connection, screening_id: str) -> list[Finding]:
    """Return a screening's findings, oldest first."""
    columns = [finding.c[name] for name in Finding.__slots__]
    statement = select(*columns).where(finding.c.screening_id == screening_id).order_by(finding.c.seq)
    return [_finding(dict(row)) for row in connection.execute(statement).mappings()]


def of_screenings(connection: Connection, ids: Sequence[str]) -> dict[str, list[Finding]]:
    """Return the findings of a page of screenings by screening, each oldest first."""
    found: dict[str, list[Finding]] = {}
    columns = [finding.c[name] for name in Finding.__slots__]
    statement = select(*columns).where(finding.c.screening_id.in_(ids)).order_by(finding.c.seq)
    for row in connection.execute(statement).mappings():
        found.setdefault(row["screening_id"], []).append(_finding(dict(row)))
    return found


def words_by_screening(connection: Connection) -> dict[str, str]:
    """Return by screening what was found, where somebody looked: illicit, other_offence or nothing, the newest word."""
    telling = [word for word, meaning in FOUND.items() if meaning is not None]
    statement = select(finding.c.screening_id, finding.c.found).where(finding.c.found.in_(telling))
    return {row.screening_id: row.found for row in connection.execute(statement.order_by(finding.c.seq))}


def _finding(row: dict[str, Any]) -> Finding:
    return Finding(**{**row, "parts": tuple(json.loads(row["parts"]))})
