"""What an answer says of the whole procedure: the override that decided, lists that expired, what placed the parcel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from service.screening import Tools
from service.settings import Settings
from sop.active import shipped_policy_path
from sop.reading.packages import parse_package

PARCEL: dict[str, Any] = {
    "item_id": "A",
    "channel": "courier",
    "origin_country": "GB",
    "destination_country": "MX",
    "items": [{"description": "cotton shirts", "hs_code": "610510"}],
}
LIST = b"""
list: high-risk-origins
kind: country
source: A test
issued: 2026-01-01
expires: 2026-06-30
entries: [GB]
"""
OVERRIDE = b"""
extends: ../policy.yaml
version: "2"
applies_to: {station: ["leeds-*"]}
add:
  - id: LE-010
    title: Courier parcels from a listed origin
    when: {origin_country: {list: high-risk-origins}, risk: {at_least: 0.001}}
    lane: documents
    outcome: RFA
    carrier_text: Send the invoice of the goods.
"""


@pytest.fixture
def desk(make_desk: Callable[..., Any], tools: Tools, tmp_path: Path) -> Any:
    files = {
        "policy.yaml": shipped_policy_path().read_bytes(),
        "lists/high-risk-origins.yaml": LIST,
        "overrides/leeds.yaml": OVERRIDE,
    }
    package = parse_package(files, "procedure")
    return make_desk(Settings(home=tmp_path / "home"), tools=replace(tools, package=package))


def test_an_override_decides_about_its_stations_and_is_named(desk: Any) -> None:
    package = desk.service.tools.current().package
    here = desk.screen(PARCEL, query_string={"station_id": "leeds-2"}).json
    there = desk.screen(PARCEL, query_string={"station_id": "york-1"}).json
    assert (here["decision"]["rule"], here["decision"]["outcome"], here["decision"]["placed_by"]) == (
        "LE-010", "RFA", "rule",
    )  # fmt: skip
    assert here["versions"]["sop"] == f"{package.title} + leeds 2"
    assert there["versions"]["sop"] == package.title
    assert here["versions"]["sop_digest"] == there["versions"]["sop_digest"] == package.digest
    assert "LE-010" not in there["decision"]["rule"]


def test_the_carrier_is_told_in_the_words_of_the_rule_and_only_in_advance(desk: Any, scan: bytes) -> None:
    carrier = desk.screen(PARCEL, query_string={"station_id": "leeds-2"}).json["carrier"]
    assert carrier["outcome"] == "RFA"
    assert carrier["text"].endswith("Send the invoice of the goods.")
    assert desk.send(scan, manifest=PARCEL, station_id="leeds-2").json["carrier"] is None


def test_an_expired_list_counts_and_every_answer_says_so(desk: Any) -> None:
    answer = desk.screen(PARCEL, query_string={"station_id": "leeds-2"}).json
    assert answer["decision"]["rule"] == "LE-010"
    (said,) = [one["message"] for one in answer["warnings"] if one["code"] == "list_expired"]
    assert said == "The list high-risk-origins expired on 2026-06-30; it still counts until it is replaced."


def test_figures_tell_what_placed_parcels(desk: Any) -> None:
    desk.screen(PARCEL, query_string={"station_id": "leeds-2"})
    # A broken picture is missing evidence, which decides.
    missing = desk.send(b"none", manifest=PARCEL).json["decision"]
    assert (missing["placed_by"], missing["placement_probability"]) == ("missing_evidence", 1.0)
    figures = desk.get("/metrics").text
    assert 'parcel_screening_placements_total{lane="documents",placed_by="rule"} 1.0' in figures
    assert 'parcel_screening_placements_total{lane="examine",placed_by="missing_evidence"} 1.0' in figures
