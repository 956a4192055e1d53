"""Hands out screenings: pseudonymised for training, or everything about one parcel for whoever may know it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from features.errors import InputError
from features.manifest_schema import manifest_to_dict, parse_manifest_json
from service.answer import timestamp
from service.pseudonyms import Pseudonyms
from service.schemas import finding_answer
from service.store import access, findings, screenings
from service.store.findings import FOUND, Finding
from service.store.tables import entity, screening, shadow

CHUNK = 500
DECIDED = ("stage", "lane", "outcome", "rule", "random_selection", "selection_probability")
ACCESSES = 10_000


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment on, and before another; None: without end."""

    since: datetime | None = None
    until: datetime | None = None


def training_rows(
    connection: Connection, period: Period, pseudonyms: Pseudonyms, extra: frozenset[str] = frozenset()
) -> Iterator[dict[str, Any]]:
    """Yield the screenings of a period as `train risk` reads them, oldest first; unreadable manifests are passed over.

    Each is an object with `manifest`, `screened_at`, `label` (the newest finding that says something: True illicit;
    None where nobody looked), `found`, `finding_at` and `parts`, and what was decided, selection probability included.

    Args:
        connection: To the store; a snapshot, where others write meanwhile.
        period: Which screenings.
        pseudonyms: How people are called.
        extra: Which of the site's own columns are handed out; they may name people.
    """
    names = ("seq", "id", "created_at", "manifest", "answer", *DECIDED)
    statement = select(*(screening.c[name] for name in names)).order_by(screening.c.seq).limit(CHUNK)
    if period.since is not None:
        statement = statement.where(screening.c.created_at >= period.since)
    if period.until is not None:
        statement = statement.where(screening.c.created_at < period.until)
    after = 0
    while rows := connection.execute(statement.where(screening.c.seq > after)).all():
        found = findings.of_screenings(connection, [row.id for row in rows])
        for row in rows:
            try:
                manifest = pseudonyms.manifest(parse_manifest_json(row.manifest), extra)
            except InputError:
                continue
            decision = json.loads(row.answer)["decision"]
            yield {
                "manifest": manifest_to_dict(manifest),
                "screened_at": timestamp(pseudonyms.moment(row.created_at)),
                **_truth(found.get(row.id, []), pseudonyms),
                **{name: getattr(row, name) for name in DECIDED},
                "placement_probability": decision.get("placement_probability"),
            }
        after = rows[-1].seq


def everything_about(connection: Connection, item_id: str) -> dict[str, Any]:
    """Return all that is kept about an item, in the clear: what somebody may ask to see of their own parcel."""
    rows = connection.execute(select(screening).where(screening.c.item_id == item_id).order_by(screening.c.seq))
    keys = select(entity.c.key, entity.c.at).where(entity.c.item_id == item_id).order_by(entity.c.key)
    return {
        "item_id": item_id,
        "screenings": [_screening(connection, dict(row)) for row in rows.mappings()],
        "history_keys": [{"key": row.key, "at": timestamp(row.at)} for row in connection.execute(keys)],
    }


def _screening(connection: Connection, row: dict[str, Any]) -> dict[str, Any]:
    identifier = row["id"]
    candidates = select(shadow.c.trial, shadow.c.state, shadow.c.lane, shadow.c.rule, shadow.c.risk)
    reads = access.find(connection, access.Query(subject=identifier, limit=ACCESSES))
    return {
        "answer": json.loads(row["answer"]),
        "manifest": json.loads(row["manifest"]),
        "evidence": json.loads(row["evidence"]) if row["evidence"] else None,
        "station_id": row["station_id"],
        "scanner_id": row["scanner_id"],
        "key_id": row["key_id"],
        "pictures": [asdict(one) for one in screenings.pictures_of(connection, identifier)],
        "findings": [finding_answer(one) for one in findings.of_screening(connection, identifier)],
        "candidates": [
            dict(one) for one in connection.execute(candidates.where(shadow.c.screening_id == identifier)).mappings()
        ],
        "accesses": [{**asdict(one), "at": timestamp(one.at)} for one in reads],
    }


def _truth(found: list[Finding], pseudonyms: Pseudonyms) -> dict[str, Any]:
    telling = [one for one in found if one.found is not None and FOUND[one.found] is not None]
    if not telling:
        return {"label": None, "found": None, "finding_at": None, "parts": []}
    latest = telling[-1]
    verdict = FOUND[latest.found or ""]
    at = timestamp(pseudonyms.moment(latest.created_at))
    return {"label": verdict, "found": verdict, "finding_at": at, "parts": list(latest.parts)}
