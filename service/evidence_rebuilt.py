"""Rebuilds what a decision rested on for screenings made before that was kept: from their answer and their manifest.

Scores, regions, indicators, contradictions and what was missing stand in the answer, the declared values in the
manifest. Earlier findings are counted again from the store, and watch lists looked up as they are now: these two may
differ from what they were then.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from features.codes import hs_digits
from features.errors import InputError
from features.history import entity_keys
from features.manifest import Manifest
from features.manifest_schema import parse_manifest_json
from features.watchlist import WatchList, matching_lists
from service.store.evidence import OldScreening, Rebuild
from service.store.findings import FOUND
from service.store.tables import entity, finding
from sop.engine import draws_of
from sop.evidence_json import Stored, to_json
from sop.types import Evidence

Finds = Mapping[str, Sequence[tuple[str, datetime]]]
"""By entity key: the items with an illicit find that share it, and when each was found."""


def rebuilder(connection: Connection, secret: bytes, watchlists: Sequence[WatchList]) -> Rebuild:
    """Return what rebuilds evidence.

    Args:
        connection: To the store whose screenings are read; earlier findings are looked up once, here.
        secret: Of the random selection, see `service.composition.selection_secret`.
        watchlists: As they are now.
    """
    finds = _finds(connection)

    def rebuild(old: OldScreening) -> str:
        try:
            manifest, answer = parse_manifest_json(old.manifest), json.loads(old.answer)
            evidence = _evidence(old, manifest, answer, finds, watchlists)
            name = answer["versions"]["sop"].rpartition(" ")[0]
        except (InputError, KeyError, TypeError, AttributeError) as error:
            raise ValueError("its manifest or answer cannot be read by this version") from error
        draws = draws_of(name, evidence.item_id, secret)
        return to_json(Stored(evidence=evidence, at=old.created_at, draw=draws.chance, tie_draw=draws.tie, policy=""))

    return rebuild


def _evidence(
    old: OldScreening,
    manifest: Manifest,
    answer: Mapping[str, Any],
    finds: Finds,
    watchlists: Sequence[WatchList],
) -> Evidence:
    xray = answer["xray"] or {}
    return Evidence(
        item_id=manifest.item_id,
        stage=answer["stage"],
        station=old.station_id,
        channel=manifest.channel,
        mail_class=manifest.mail_class,
        direction=manifest.direction,
        nature=manifest.nature,
        origin_country=manifest.origin_country,
        destination_country=manifest.destination_country,
        transit_countries=manifest.transit_countries or (),
        hs_codes=tuple(code for item in manifest.items if item.hs_code and (code := hs_digits(item.hs_code))),
        risk=_score(answer["risk"]),
        xray=xray.get("score"),
        xray_assessment=xray.get("assessment"),
        combined=_score(answer["combined"]),
        parts=_parts(xray),
        indicators=frozenset(one["code"] for one in answer["indicators"]),
        contradictions=frozenset(one["code"] for one in answer["contradictions"]),
        watchlists=matching_lists(manifest, watchlists, old.created_at.date()),
        finding_history=_earlier(manifest, old.created_at, finds),
        missing=frozenset(answer["decision"]["degraded"]),
    )


def _score(part: Mapping[str, float] | None) -> float | None:
    return part["score"] if part else None


def _parts(xray: Mapping[str, Any]) -> dict[str, float]:
    best: dict[str, float] = {}
    for image in xray.get("images", ()):
        for region in image["regions"]:
            best[region["part"]] = max(region["score"], best.get(region["part"], 0.0))
    return best


def _earlier(manifest: Manifest, at: datetime, finds: Finds) -> int:
    """Return how many other items with a find up to a moment share a person, address or account with this one."""
    keys = entity_keys(manifest) if finds else ()
    items = {item for key in keys for item, found_at in finds.get(key, ()) if found_at <= at}
    return len(items - {manifest.item_id})


def _finds(connection: Connection) -> Finds:
    telling = [word for word, meaning in FOUND.items() if meaning is not None]
    statement = select(finding.c.item_id, finding.c.found, finding.c.created_at).where(finding.c.found.in_(telling))
    # In the order of the chain a later correction takes the place of an earlier word.
    latest = {row.item_id: row for row in connection.execute(statement.order_by(finding.c.seq))}
    illicit = {item: row.created_at for item, row in latest.items() if FOUND[row.found]}
    by_key: dict[str, list[tuple[str, datetime]]] = {}
    for item, found_at in illicit.items():
        for key in connection.execute(select(entity.c.key).where(entity.c.item_id == item)).scalars():
            by_key.setdefault(key, []).append((item, found_at))
    return by_key
