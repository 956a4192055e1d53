"""What a decision rested on is kept with it, read back in columns, and made anew for screenings that never had it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import Any

import pyarrow as pa
import pytest
from sqlalchemy import text

from service.cuts import CutWatch
from service.evidence_rebuilt import rebuilder
from service.replay import Asked, Replayer
from service.screening import Tools
from service.settings import Settings
from service.store.evidence import Tally, tables
from service.store.verify import verify
from sop.active import shipped_policy_path
from sop.bulk.columns import to_stored
from sop.evidence_json import decide_again, from_json
from sop.reading.packages import load_package, parse_package
from sop.registry.versions import keep

SENT: dict[str, Any] = {
    "channel": "courier",
    "declared_at": "2026-11-20T08:15:00Z",
    "origin_country": "GB",
    "destination_country": "MX",
    "sender": {"name": "Ropi Mesafi", "address": ["84 Trizave Square"], "country": "GB", "phone": "+999 516-33836"},
    "items": [{"description": "cotton shirts", "hs_code": "6105.10"}],
}


@pytest.fixture
def any_desk(make_desk: Callable[..., Any], tools: Tools, store_settings: Settings) -> Any:
    """On SQLite, then on PostgreSQL; with the shipped procedure, kept as a running service keeps it."""
    package = load_package(shipped_policy_path())
    keep(store_settings.home, package.files)
    return make_desk(store_settings, tools=replace(tools, package=package))


@pytest.fixture
def screened(any_desk: Any, scan: bytes) -> list[dict[str, Any]]:
    """Five answers: plain, with a picture, with a broken one, without a risk score, and after a find on its sender."""
    desk = any_desk
    first = desk.screen({**SENT, "item_id": "A"}, query_string={"station_id": "leeds-1"}).json
    answers = [
        first,
        desk.send(scan, manifest={**SENT, "item_id": "B"}, station_id="leeds-1").json,
        desk.send(b"none", manifest={**SENT, "item_id": "C", "transit_countries": ["US"]}).json,
        desk.screen({**SENT, "item_id": "D", "extra": {"break": True}}).json,
    ]
    found = {"found": "illicit", "parts": ["barrel"]}
    assert desk.client.post(f"/v1/screenings/{first['screening_id']}/finding", json=found).status_code == 201
    return [*answers, desk.screen({**SENT, "item_id": "E"}).json]


def read(desk: Any, tally: Tally, **more: Any) -> pa.Table:
    with desk.service.store.reading() as connection:
        rebuild = rebuilder(connection, b"test", ()) if more.pop("rebuilt", False) else None
        return pa.concat_tables(tables(connection, tally=tally, rebuild=rebuild, **more))


def of(table: pa.Table, name: str) -> list[Any]:
    values: list[Any] = table.column(name).to_pylist()
    return values


def test_every_decision_can_be_made_again_from_its_evidence(any_desk: Any, screened: Sequence[dict[str, Any]]) -> None:
    tally = Tally()
    table = read(any_desk, tally)
    package = any_desk.service.tools.current().package
    again = [decide_again(package, to_stored(table, row)) for row in range(len(screened))]
    assert [json.loads(json.dumps(asdict(one))) for one in again] == [one["decision"] for one in screened]
    assert (tally.stored, tally.rebuilt, tally.left_out) == (5, 0, {})
    assert of(table, "screening_id") == [one["screening_id"] for one in screened]
    assert of(table, "lane") == [one["decision"]["lane"] for one in screened]
    assert of(table, "found") == ["illicit", None, None, None, None]
    assert of(table, "station") == ["leeds-1", "leeds-1", None, None, None]
    assert of(table, "finding_history")[4] == 1
    assert {one["versions"]["sop_digest"] for one in screened} == set(of(table, "policy")) == {package.digest}
    assert verify(any_desk.service.store).problems == ()


def test_replay_and_cuts_read_the_same_record(any_desk: Any, screened: Sequence[dict[str, Any]]) -> None:
    store = any_desk.service.store
    with store.reading() as connection:
        again = list(Replayer(connection, any_desk.settings.home).run(Asked()))
    assert [(one.screening_id, one.differences, one.hindrance) for one in again] == [
        (one["screening_id"], (), None) for one in screened
    ]
    text = shipped_policy_path().read_text(encoding="utf-8")
    greedy = text.replace("at_least_share: 0.05", "at_least_share: 1.0")
    all_scanned = parse_package({"policy.yaml": greedy.encode()}, "all scanned")
    # Three of the five came before arrival; two of them are scanned anyway, and the third has a rank.
    (cut,) = CutWatch(store, least=3).look([all_scanned]).of(all_scanned.digest, all_scanned.base, "pre_arrival")
    assert (cut.lane, cut.moves, cut.rank, cut.parcels) == ("scan", "in", 0.0021, 3)


def test_a_period_is_read(any_desk: Any, screened: Sequence[dict[str, Any]]) -> None:
    moments = of(read(any_desk, Tally()), "at")
    table = read(any_desk, Tally(), since=moments[1], until=moments[3])
    assert of(table, "item_id") == ["B", "C"]


def test_evidence_of_older_screenings_is_rebuilt(any_desk: Any, screened: Sequence[dict[str, Any]]) -> None:
    store = any_desk.service.store
    with store.writing() as connection:
        kept = [from_json(one) for one in connection.execute(text("SELECT evidence FROM screening")).scalars()]
        connection.execute(text("UPDATE screening SET evidence = NULL, evidence_sha256 = NULL"))
        connection.execute(text("UPDATE screening SET manifest = '{}' WHERE item_id = 'C'"))
    tally = Tally()
    table = read(any_desk, tally, rebuilt=True)
    rebuilt = [to_stored(table, row) for row in range(4)]
    assert rebuilt == [replace(one, policy="") for one in kept if one.evidence.item_id != "C"]
    assert of(table, "rebuilt") == [True] * 4
    assert dict(tally.left_out) == {"its manifest or answer cannot be read by this version": 1}
