"""The procedure's registry over HTTP: who may stop and resume, what each role reads, and a history that is broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sop.active import shipped_policy_path
from sop.findings import POLICY
from sop.package import Package
from sop.reading.packages import load_package, parse_package
from sop.registry.change import Order, activate, approve, switch
from sop.registry.events import HISTORY, By, folder_of

STOP = {"stopped": True, "reason": "the detector sees firearms everywhere"}
RESUME = {"stopped": False, "reason": "mended"}


def order(key: str) -> Order:
    return Order(at=datetime.now(UTC), by=By(key, f"desk {key}", "sop_author"), reason="a reason")


@pytest.fixture
def activated(desk: Any) -> Package:
    """A version that was approved and activated, and another that is to come."""
    home, shipped = desk.service.settings.home, load_package(shipped_policy_path())
    new, later = (version(shipped, number) for number in ("2027.1", "2027.2"))
    for one in (new, later):
        approve(home, one, order("1"), in_force=shipped, examined={"warnings": [], "cases": 1, "boundaries": 2})
    activate(home, new, order("2"), in_force=shipped)
    activate(home, later, order("2"), in_force=new, effective=datetime.now(UTC) + timedelta(days=40))
    return new


def version(shipped: Package, number: str) -> Package:
    policy = shipped.files[POLICY].replace(b'"2026.11-1"', f'"{number}"'.encode())
    return parse_package({**shipped.files, POLICY: policy}, number)


def test_officers_may_stop_and_authors_may_resume(desk: Any) -> None:
    for role in ("station", "analyst"):
        assert desk.with_key(role).client.put("/v1/stop-switch", json=STOP).status_code == 403
    officer = desk.with_key("officer")
    done = officer.client.put("/v1/stop-switch", json=STOP).json
    assert (done["stopped"], done["order"]["by"]["role"], done["order"]["reason"]) == (True, "officer", STOP["reason"])
    again = desk.with_key("admin").client.put("/v1/stop-switch", json={**STOP, "reason": "another"}).json
    assert again["order"] == done["order"]  # what is carried out already changes nothing
    refused = officer.client.put("/v1/stop-switch", json=RESUME)
    assert refused.status_code == 403
    assert refused.json["detail"] == "Role officer may not do this; it takes admin, sop_author."
    assert desk.with_key("station").get("/v1/stop-switch").json["stopped"] is True
    assert desk.with_key("sop_author").client.put("/v1/stop-switch", json=RESUME).json["stopped"] is False


@pytest.mark.parametrize(
    "body", [{"stopped": True}, {"stopped": True, "reason": " \n"}, {"stopped": 1, "reason": "x"}, []]
)
def test_an_order_without_a_reason_is_none(desk: Any, body: Any) -> None:
    answer = desk.with_key("officer").client.put("/v1/stop-switch", json=body)
    assert (answer.status_code, answer.json["code"]) == (422, "invalid")
    assert desk.get("/v1/stop-switch").json["stopped"] is False


def test_what_puts_the_procedure_in_force_can_be_read(desk: Any, activated: Package) -> None:
    """The application of this test uses its own tools, so what it decides with is the shipped procedure."""
    shown = desk.with_key("station").get("/v1/sop").json
    assert (shown["source"], shown["version"], shown["activated"]) == ("registry", "2026.11-1", None)
    assert [one["version"]["version"] for one in shown["pending"]] == ["2027.2"]
    assert shown["pending"][0]["by"]["name"] == "desk 2"


def test_the_history_is_read_in_pages_by_those_who_answer_for_the_procedure(desk: Any, activated: Package) -> None:
    assert desk.with_key("station").get("/v1/sop/history").status_code == 403
    author = desk.with_key("sop_author")
    first = author.get("/v1/sop/history?limit=3&diff=1").json
    assert [one["action"] for one in first["orders"]] == ["activate", "activate", "approve"]
    assert first["orders"][1]["changes"] == [
        {"kind": "changed", "what": "policy", "aspect": "version", "before": "2026.11-1", "after": "2027.1"}
    ]
    rest = author.get(f"/v1/sop/history?before={first['next_before']}").json
    assert ([one["seq"] for one in rest["orders"]], rest["next_before"]) == ([1], None)
    assert rest["orders"][0]["examined"]["boundaries"] == 2
    assert author.get("/v1/sop/history?limit=0").status_code == 422


def test_officers_do_not_hear_of_a_candidate_in_shadow(desk: Any) -> None:
    switch(desk.service.settings.home, "shadow_start", order("1"), shadow={"risk_model": None, "xray_model": None})
    for role, hears in (("officer", False), ("analyst", True)):
        reader = desk.with_key(role)
        assert ("shadow" in reader.get("/v1/sop").json) is hears
        assert bool(reader.get("/v1/sop/history").json["orders"]) is hears


def test_a_broken_history_is_told_and_what_decides_goes_on(desk: Any, activated: Package) -> None:
    path: Path = folder_of(desk.service.settings.home) / HISTORY
    path.write_bytes(path.read_bytes().replace(b"desk 1", b"desk 9"))
    shown = desk.get("/v1/sop").json
    assert (shown["version"], shown["source"], shown["approved"]) == ("2026.11-1", None, [])
    for answer in (
        desk.get("/v1/sop/history"),
        desk.get("/v1/stop-switch"),
        desk.client.put("/v1/stop-switch", json=STOP),
    ):
        assert (answer.status_code, answer.json["code"]) == (503, "history_unusable")
        assert str(path.parent) not in answer.text
